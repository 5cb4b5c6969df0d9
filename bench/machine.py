"""What it was measured on."""

import os
import platform
import statistics
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

_PACKAGES = ("asyncpg", "msgspec", "eventsourcing", "psycopg")


class Disk(NamedTuple):
    kind: str  # of the file system
    device: str
    free: int  # bytes

    @property
    def in_memory(self) -> bool:
        return self.kind in ("tmpfs", "ramfs")


def disk(folder: Path) -> Disk:
    """The one that ``folder`` lies on."""
    path, best, kind, device = folder.resolve(), Path(), "unknown", "unknown"
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        fields, _, rest = line.partition(" - ")
        point = Path(fields.split()[4])
        if path.is_relative_to(point) and len(point.parts) >= len(best.parts):
            best, (kind, device) = point, rest.split()[:2]
    room = os.statvfs(path)
    return Disk(kind, device, room.f_bavail * room.f_frsize)


def fsync_ms(folder: Path) -> float:
    """The median of 8 kB written and on the disk: no commit that is alone is faster."""
    file = folder / f"ee-bench-fsync-{os.getpid()}"
    waits: list[float] = []
    with file.open("wb") as out:
        for _ in range(200):
            begin = perf_counter()
            out.write(bytes(8192))
            out.flush()
            os.fdatasync(out.fileno())
            waits.append(perf_counter() - begin)
    file.unlink()
    return 1000 * statistics.median(waits)


def together() -> float:
    """The share of its pace that a busy process keeps while others keep all other processors busy.
    Where two of them are threads of one core it is little more than half, and whatever Postgres
    and Python do at the same moment is paid for twice.
    """
    alone = _pace_s()
    spin = [sys.executable, "-c", "while True: pass"]
    others = [subprocess.Popen(spin) for _ in range((os.cpu_count() or 1) - 1)]
    try:
        return alone / _pace_s()
    finally:
        for other in others:
            other.kill()
            other.wait()


def facts(folder: Path) -> dict[str, str]:
    """By the names under which they are printed."""
    where = disk(folder)
    return {
        "cpu": f"{_field('/proc/cpuinfo', 'model name')}, {os.cpu_count()} cores",
        "all cores at once": f"each at {together():.2f} of its pace alone",
        "memory": f"{int(_field('/proc/meminfo', 'MemTotal').split()[0]) / 2**20:.0f} GB",
        "kernel": platform.release(),
        "disk": f"{where.kind} on {where.device}; 8 kB are on it after {fsync_ms(folder):.2f} ms",
        "python": platform.python_version(),
        **{name: version for name in _PACKAGES if (version := _version(name))},
    }


def load() -> float:
    """Processes that wanted to run, over the last minute."""
    return os.getloadavg()[0]


def _pace_s() -> float:
    """The best of some short turns: another process's share of the processor is in none of it."""
    turns: list[float] = []
    for _ in range(30):
        begin = perf_counter()
        sum(range(300_000))
        turns.append(perf_counter() - begin)
    return min(turns[5:])  # a process that has just begun is not busy yet


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _field(file: str, name: str) -> str:
    for line in Path(file).read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return "unknown"
