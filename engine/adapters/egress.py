"""Connections to hosts that somebody named over the API, guarded against being led astray.

A name is resolved once, each address is looked at, and that very address is connected to: a second
answer of DNS cannot lead elsewhere.
"""

import asyncio
import socket
from collections.abc import Sequence
from typing import Any, NamedTuple

from engine.rules import egress


class LedAstray(OSError):
    """Nothing was connected to."""


class Egress(NamedTuple):
    """``open``: as ``allow_reserved_addresses`` has it, for tests and demos; nothing is refused."""

    open: bool = False

    async def connected(self, host: str, port: int, within_s: float) -> socket.socket:
        """To the first address that answers.  Raises LedAstray, and OSError as a socket does."""
        async with asyncio.timeout(within_s):
            loop = asyncio.get_running_loop()
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            for *_, place in found:
                self.refuse(host, str(place[0]))
            return await _first([(family, place) for family, *_, place in found])

    def refuse(self, host: str, address: str) -> None:
        """``address``: what ``host`` led to, or itself.  Raises LedAstray."""
        where = egress.address(address)
        if self.open or where is None:
            return
        if why := egress.astray(where):
            raise LedAstray(f"{_led(host, address)}, and is not connected to: {why}")
        if egress.is_own(where) and egress.address(host) is None:
            raise LedAstray(
                f"{_led(host, address)}, which is the engine's own machine, and is not connected"
                f" to: a name may be led there by others. If that is meant, register {address}"
            )


GUARDED = Egress()


def _led(host: str, address: str) -> str:
    return f"{host} leads to {address}" if host != address else address


async def _first(places: Sequence[tuple[int, Any]]) -> socket.socket:
    """``places``: families, and addresses as sockets of them have them."""
    loop = asyncio.get_running_loop()
    failure = OSError("it has no address")
    for family, place in places:
        made = socket.socket(family, socket.SOCK_STREAM)
        made.setblocking(False)
        try:
            await loop.sock_connect(made, place)
        except BaseException as failed:
            made.close()
            if not isinstance(failed, OSError):
                raise
            failure = failed
        else:
            return made
    raise failure
