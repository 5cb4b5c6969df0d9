"""Files of a node, over SFTP.

What SFTP answers is a NodeRefused; a connection that is lost meanwhile is a NodeSilent.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import NamedTuple, cast

import asyncssh

from engine.events.host import HostRegistered
from engine.ports import NodeRefused, NodeSilent

FILE_MODE, DIRECTORY_MODE = 0o640, 0o750
NO_ATTRS = asyncssh.SFTPAttrs()


class Owner(NamedTuple):
    uid: int
    gid: int


class Files:
    """Files of one node, over SFTP."""

    def __init__(self, host: HostRegistered, sftp: asyncssh.SFTPClient) -> None:
        self._host, self._sftp = host, sftp

    async def read(self, path: str) -> bytes | None:
        """None: there is no such file."""
        with self._asked("read", path), suppress(asyncssh.SFTPNoSuchFile):
            async with self._opened(path, "rb") as file:
                return cast(bytes, await file.read())
        return None

    async def owner(self, path: str) -> Owner:
        with self._asked("look at", path):
            found = await self._sftp.stat(path)
        return Owner(found.uid or 0, found.gid or 0)

    async def is_directory(self, path: str) -> bool:
        with self._asked("look at", path):
            return bool(await self._sftp.isdir(path))

    async def listed(self, path: str) -> list[tuple[int, str]]:
        """Files and when they were written, in seconds since 1970 by the node's clock."""
        with self._asked("list", path):
            found = await self._sftp.readdir(path)
        return sorted((one.attrs.mtime or 0, str(one.filename)) for one in found)

    async def sized(self, path: str) -> list[tuple[int, str, int]]:
        """Regular files: when each was last written, its name, and its bytes."""
        with self._asked("list", path):
            found = await self._sftp.readdir(path)
        return [
            (one.attrs.mtime or 0, str(one.filename), one.attrs.size or 0)
            for one in found
            if one.attrs.type == asyncssh.FILEXFER_TYPE_REGULAR
        ]

    async def part(self, path: str, start: int, most: int) -> bytes:
        """At most so many bytes from there; b"" at the end, or where there is no such file."""
        with self._asked("read", path), suppress(asyncssh.SFTPNoSuchFile):
            async with self._opened(path, "rb") as file:
                return cast(bytes, await file.read(most, start))
        return b""

    async def place(self, path: str, data: bytes, like: Owner) -> None:
        """Written beside, to the disk, then renamed: nobody ever reads half of it."""
        beside = f"{path}.new"
        await self.remove(beside)  # of an attempt that was cut off
        with self._asked("write", path):
            private = asyncssh.SFTPAttrs(permissions=0o600)
            async with self._opened(beside, "xb", private) as file:
                await file.write(data)
                await file.fsync()
            await self._give(beside, FILE_MODE, like)
            await self._sftp.posix_rename(beside, path)

    async def make(self, path: str, like: Owner) -> None:
        """A directory, unless it is there."""
        with self._asked("make", path):
            if not await self._sftp.isdir(path):
                await self._sftp.mkdir(path)
                await self._give(path, DIRECTORY_MODE, like)

    async def remove(self, path: str) -> None:
        with self._asked("remove", path), suppress(asyncssh.SFTPNoSuchFile):
            await self._sftp.remove(path)

    @asynccontextmanager
    async def _opened(
        self, path: str, mode: str, attrs: asyncssh.SFTPAttrs = NO_ATTRS
    ) -> AsyncIterator["asyncssh.SFTPClientFile"]:
        """Closed only if all went well: a host that hangs would not answer that either."""
        file = await self._sftp.open(path, mode, attrs=attrs)
        yield file
        await file.close()

    async def _give(self, path: str, mode: int, like: Owner) -> None:
        """Mode, and owner and group as far as we may."""
        mine = await self._sftp.stat(path)
        for uid in (like.uid, mine.uid):
            with suppress(asyncssh.SFTPPermissionDenied, asyncssh.SFTPFailure):
                await self._sftp.setstat(path, asyncssh.SFTPAttrs(uid=uid, gid=like.gid))
                break
        await self._sftp.setstat(path, asyncssh.SFTPAttrs(permissions=mode))

    @contextmanager
    def _asked(self, what: str, path: str) -> Iterator[None]:
        host = self._host
        try:
            with silence(host):
                yield
        except asyncssh.SFTPError as no:
            why = no.reason or type(no).__name__
            raise NodeRefused(
                f"{host.node}: {host.user} could not {what} {path}: {why};"
                f" see to owner, group and free space there"
            ) from no


@contextmanager
def silence(host: HostRegistered) -> Iterator[None]:
    """What SFTP answers is an answer; all other trouble is none."""
    try:
        yield
    except (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection) as lost:
        raise NodeSilent(f"{host.node}: the connection was lost: {lost}") from lost
    except asyncssh.SFTPError:
        raise
    except (OSError, asyncssh.Error, TimeoutError) as lost:
        what = str(lost) or type(lost).__name__
        raise NodeSilent(f"{host.node}: no answer from {host.host}:{host.port}: {what}") from lost
