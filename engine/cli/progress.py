"""How far something is, on stderr: a line that moves at a terminal, else a few lines."""

import sys
import time

EVERY_S = 0.2  # at a terminal
QUARTERS = 4  # lines elsewhere
QUIET_S = 2.0  # what takes no longer is not worth a line there


class Progress:
    def __init__(self, *, moves: bool | None = None, quiet_s: float = QUIET_S) -> None:
        self._moves = sys.stderr.isatty() if moves is None else moves
        self._quiet_s = quiet_s
        self._what = ""
        self._began = self._told_at = 0.0
        self._quarter = 0

    def __call__(self, what: str, done: int, of: int) -> None:
        now = time.perf_counter()
        if what != self._what:
            self.end()
            self._what, self._began, self._told_at, self._quarter = what, now, now, 0
        if self._moves and (now - self._told_at >= EVERY_S or done == of):
            self._told_at = now
            sys.stderr.write(f"\r\x1b[K{self._line(done, of, now)}")
            sys.stderr.flush()
        elif not self._moves and done * QUARTERS // max(of, 1) > self._quarter:
            self._quarter = done * QUARTERS // max(of, 1)
            if now - self._began >= self._quiet_s:
                sys.stderr.write(f"{self._line(done, of, now)}\n")

    def end(self) -> None:
        """The next thing that is written begins a line."""
        if self._moves and self._what:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
        self._what = ""

    def _line(self, done: int, of: int, now: float) -> str:
        seconds = now - self._began
        rate = f", {done / seconds:,.0f}/s" if seconds > 0 else ""
        return f"{self._what} {done:,} of {of:,} ({done * 100 // max(of, 1)} %){rate}"
