"""The socket of the API: where it may listen, and how many may be connected at a time."""

import asyncio
import ipaddress
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from engine.api import problems
from engine.api.app import KEEPALIVE_S
from engine.api.connection import Connection
from engine.api.problems import Problem
from engine.api.source import Network, parse_network
from engine.config import Api
from engine.errors import StartRefused

SHUTDOWN_S = 5
LINGERING_S = 2.0  # for the rest of a body that nobody reads, once it is answered
_PROBLEM = problems.encoded(
    Problem("too-many", "too many connections are open, and this one is closed; try again in 5 s"),
    "/",
)
_TOO_MANY = (
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n"
    f"Content-Type: {problems.CONTENT_TYPE}\r\nContent-Length: {len(_PROBLEM)}\r\n\r\n"
).encode() + _PROBLEM


class TooMany(asyncio.Protocol):
    """Says so, and hangs up: whoever holds connections open shall not take the engine's memory."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.WriteTransport):
            transport.write(_TOO_MANY)
        transport.close()


def proxies(api: Api) -> tuple[Network, ...]:
    """Raises StartRefused."""
    try:
        return tuple(ipaddress.ip_network(parse_network(one)) for one in api.proxies)
    except ValueError as wrong:
        raise StartRefused(f"[api] proxies: {wrong}") from wrong


def refuse_exposed(api: Api) -> None:
    """Keys are sent in each request, so that without TLS nobody else may be on the way."""
    if is_exposed(api):
        raise StartRefused(
            f"[api] host = {api.host!r} can be reached from other machines, and the engine speaks"
            " plain HTTP: keys would be read on the way. Listen on 127.0.0.1, or put a proxy that"
            " brings TLS before it and name its address in [api] proxies"
        )


def is_exposed(api: Api) -> bool:
    return not api.proxies and not _is_loopback(api.host)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@asynccontextmanager
async def listening(app: web.Application, api: Api) -> AsyncIterator[int]:
    """The port.  A connection that is idle, or half-way through its headers, is closed after
    KEEPALIVE_S, however they trickle.  Raises StartRefused.
    """
    runner = web.AppRunner(app, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    server = await _bound(runner, api)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await runner.cleanup()


async def _bound(runner: web.AppRunner, api: Api) -> asyncio.Server:
    server = runner.server
    assert server is not None, "it was set up"
    loop = asyncio.get_running_loop()

    def connection() -> asyncio.Protocol:
        if len(server.connections) >= api.connections:
            return TooMany()
        return Connection(
            server, loop=loop, keepalive_timeout=KEEPALIVE_S, lingering_time=LINGERING_S
        )

    try:
        return await loop.create_server(connection, api.host, api.port, reuse_address=True)
    except OSError as taken:
        await runner.cleanup()
        raise StartRefused(
            f"cannot listen on {api.host}:{api.port}: {taken.strerror};"
            " is another engine running? [api] port (or --port of the demo) sets another"
        ) from taken
