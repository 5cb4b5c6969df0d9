"""Stands between the engine and Postgres, on unix sockets, and loses what it is told to lose."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

_SOCKET = ".s.PGSQL.5432"


class FaultProxy:
    """Faults strike once, at the first message that holds the given bytes.

    ``lose_request``: what the client sends never arrives.  ``lose_reply``: it arrives, and what
    Postgres answers does not.  Both end that connection.  ``mute_reply``: the same, but the
    connection stays, silent.  ``spare``: so many such messages go through unharmed first.

    ``refuse``: nobody gets in.  ``swallow``: nothing goes through any more, in either direction,
    and every connection stays.  ``forge_pid``: answers name another server process, for ever.
    """

    def __init__(self, upstream: Path) -> None:
        self.lose_request = b""
        self.lose_reply = b""
        self.mute_reply = b""
        self.spare = 0
        self.swallow = False
        self.refuse = False
        self.forge_pid = False
        self.struck = asyncio.Event()
        self._upstream = upstream
        self._tasks: set[asyncio.Task[None]] = set()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """No coroutine: one that is cancelled before it began would leave its connection open."""
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(lambda _: writer.transport.abort())
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.CancelledError):
            if not self.refuse:
                await self._carry(reader, writer)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await asyncio.open_unix_connection(str(self._upstream / _SOCKET))
        fate = _Fate()
        up = asyncio.ensure_future(self._up(reader, up_writer, fate))
        down = asyncio.ensure_future(self._down(up_reader, writer, fate))
        try:
            await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            up_writer.transport.abort()
            for one in (up, down):
                one.cancel()
            await asyncio.gather(up, down, return_exceptions=True)

    async def _up(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fate: "_Fate"
    ) -> None:
        while data := await reader.read(65536):
            if self.swallow:
                continue
            if self._strikes("lose_request", data):
                return
            fate.lose = fate.lose or self._strikes("lose_reply", data)
            fate.mute = fate.mute or self._strikes("mute_reply", data)
            writer.write(data)
            await writer.drain()

    async def _down(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fate: "_Fate"
    ) -> None:
        while data := await reader.read(65536):
            if fate.lose:
                return
            if fate.mute or self.swallow:
                continue
            writer.write(_with_another_pid(data) if self.forge_pid else data)
            await writer.drain()

    def _strikes(self, fault: str, data: bytes) -> bool:
        mark: bytes = getattr(self, fault)
        if not mark or mark not in data:
            return False
        if self.spare:
            self.spare -= 1
            return False
        setattr(self, fault, b"")
        self.struck.set()
        return True

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class _Fate:
    lose = False
    mute = False


def _with_another_pid(data: bytes) -> bytes:
    """As a pooler does it: BackendKeyData is "K", length 12, process number, secret."""
    at = data.find(b"K\x00\x00\x00\x0c")
    if at < 0:
        return data
    return data[: at + 5] + b"\x00\x01\x02\x03" + data[at + 9 :]


@asynccontextmanager
async def fault_proxy(upstream: Path) -> AsyncIterator[tuple[FaultProxy, Path]]:
    """The proxy, and the directory of its socket."""
    with tempfile.TemporaryDirectory(prefix="ee-proxy-") as home:
        proxy = FaultProxy(upstream)
        server = await asyncio.start_unix_server(proxy.accept, f"{home}/{_SOCKET}")
        try:
            yield proxy, Path(home)
        finally:
            server.close()
            await proxy.close()
