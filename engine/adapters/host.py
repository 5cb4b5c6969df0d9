"""The machine that the engine runs on, as Linux shows it (proc(5), statvfs(3))."""

import shutil
from pathlib import Path
from typing import NamedTuple


class Room(NamedTuple):
    """Bytes."""

    size: int
    free: int


class Host:
    """``data_dir``: the disk of interest.  What the system does not show is None: there is no
    /proc outside of Linux.
    """

    def __init__(self, data_dir: Path, proc: Path = Path("/proc")) -> None:
        self._data_dir = data_dir
        self._proc = proc
        self._before = self._ticks()
        self._percent: float | None = None

    def cpu_percent(self) -> float | None:
        """Since the last time somebody asked, 0 to 100 over all processors; the same again where
        no time has passed.
        """
        before, now = self._before, self._ticks()
        if before is None or now is None or now.size <= before.size:
            return self._percent
        passed, idle = now.size - before.size, max(0, now.free - before.free)
        self._before, self._percent = now, 100 * (1 - min(idle, passed) / passed)
        return self._percent

    def memory(self) -> Room | None:
        """``free``: what programs can still get without swapping."""
        found = {}
        for line in self._lines("meminfo"):
            name, _, rest = line.partition(":")
            if name in ("MemTotal", "MemAvailable"):
                found[name] = 1024 * int(rest.split()[0])
        if len(found) < 2:
            return None
        return Room(found["MemTotal"], found["MemAvailable"])

    def disk(self) -> Room | None:
        """``free``: what the engine may still write; some is kept for root."""
        try:
            found = shutil.disk_usage(self._data_dir)
        except OSError:
            return None
        return Room(found.total, found.free)

    def _ticks(self) -> Room | None:
        """All and idle ones since the machine's start.  The first eight columns are disjoint; what
        guests used is in them.  Waiting for a disk is idling.
        """
        for line in self._lines("stat"):
            if line.startswith("cpu "):
                ticks = [int(word) for word in line.split()[1:9]]
                return Room(sum(ticks), sum(ticks[3:5]))
        return None

    def _lines(self, name: str) -> list[str]:
        try:
            return (self._proc / name).read_text().splitlines()
        except OSError:
            return []
