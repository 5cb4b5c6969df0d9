"""What the demo shows: lines of the story, and a bar of days below them."""

import sys
from datetime import datetime
from typing import TextIO

WIDTH = 42


class Screen:
    """The bar is drawn only for a person: anywhere else the lines alone are written."""

    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._bar = ""

    def say(self, text: str = "") -> None:
        self._wipe()
        print(text, file=self._stream, flush=not self._live)
        self._draw()

    def told(self, at: datetime, day: int, text: str) -> None:
        self.say(f"  day {day:>2}  {at:%H:%M}  {text}")

    def days(self, day: int, last: int) -> None:
        """The bar: so many of the story's days are over."""
        done = min(WIDTH, WIDTH * day // last)
        self._wipe()
        self._bar = f"  [{'#' * done}{'.' * (WIDTH - done)}] day {day} of {last}"
        self._draw()

    def end(self) -> None:
        self._wipe()
        self._bar = ""

    def _wipe(self) -> None:
        if self._live and self._bar:
            self._stream.write("\r\x1b[K")

    def _draw(self) -> None:
        if self._live and self._bar:
            self._stream.write(self._bar)
            self._stream.flush()
