"""Who runs the embedded Postgres: we ourselves, or, as it refuses root, a user of its own."""

import asyncio
import os
import pwd
import shutil
from pathlib import Path
from typing import NamedTuple

from engine.errors import StartRefused

USER = "email-engine"
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}  # no PG* of anybody's


class Account(NamedTuple):
    name: str
    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        return self.uid != os.geteuid()

    async def run(self, *command: str | Path, seconds: float) -> tuple[int, str]:
        """Exit status and all output of a program that runs as this user."""
        process = await asyncio.create_subprocess_exec(
            *map(str, command),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd="/",
            env=_ENVIRONMENT,
            user=self.uid if self.is_other else None,
            group=self.gid if self.is_other else None,
            extra_groups=[] if self.is_other else None,
        )
        try:
            output, _ = await asyncio.wait_for(process.communicate(), seconds)
        except TimeoutError:
            process.kill()
            await process.wait()
            return -1, f"no end after {seconds:.0f} s"
        return process.returncode or 0, output.decode(errors="replace").strip()

    async def can(self, right: str, path: Path) -> bool:
        """``right``: "-r", "-w" or "-x", as test(1) has it; parents count too."""
        if not self.is_other:
            return os.access(path, {"-r": os.R_OK, "-w": os.W_OK, "-x": os.X_OK}[right])
        status, _ = await self.run("/bin/sh", "-c", 'test "$1" "$2"', "sh", right, path, seconds=5)
        return status == 0

    def own(self, folder: Path) -> Path:
        """Make a directory of this user's alone; its parents stay as they are."""
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            found = folder.lstat()
            if self.is_other and found.st_uid == 0:
                os.chown(folder, self.uid, self.gid)
                found = folder.lstat()
        except OSError as error:
            raise StartRefused(
                f"cannot make {folder} for the embedded Postgres: {error}. Make room for it, or"
                " give the engine a DSN"
            ) from error
        if not folder.is_dir() or folder.is_symlink() or found.st_uid != self.uid:
            raise StartRefused(
                f"{folder} is no directory of user {self.name!r}: start the engine as its owner,"
                " move it away, or choose another data directory"
            )
        if found.st_mode & 0o077:
            raise StartRefused(f"others can enter {folder}: chmod 700 {folder}")
        return folder


def shared(folder: Path) -> Path:
    """Make a directory that all may enter, whatever our umask; one that is there stays as it is."""
    if not folder.is_dir():
        try:
            folder.mkdir(parents=True)
            folder.chmod(0o755)
        except OSError as error:
            raise StartRefused(
                f"{folder} cannot be made: {error}. Choose a data directory that can be written,"
                " or give the engine a DSN"
            ) from error
    return folder


async def account(user: str = USER) -> Account:
    """We ourselves, unless we are root: then ``user``, which is made where it is missing."""
    if os.geteuid() != 0:
        # A container may run us under a number that has no name.
        return Account(str(os.geteuid()), os.geteuid(), os.getegid())
    try:
        found = pwd.getpwnam(user)
    except KeyError:
        await _add(user)
        found = pwd.getpwnam(user)
    return Account(user, found.pw_uid, found.pw_gid)


async def _add(user: str) -> None:
    command = ("useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", user)
    program = shutil.which("useradd", path=_ENVIRONMENT["PATH"])
    root = Account("root", 0, 0)
    status, output = (
        (127, "useradd is not installed")
        if program is None
        else await root.run(program, *command[1:], seconds=30)
    )
    # Somebody else may have made it at the same moment.
    if status != 0 and user not in {one.pw_name for one in pwd.getpwall()}:
        raise StartRefused(
            f"Postgres refuses to run as root, and its own user {user!r} cannot be made: {output}."
            f" Run `{' '.join(command)}` as root, or start the engine as another user"
        )
