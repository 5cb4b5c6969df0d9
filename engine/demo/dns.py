"""The demo's name server, on loopback UDP: what ``DnsZones`` holds, as packets."""

import asyncio
from collections.abc import Iterable
from typing import cast

from engine.demo.dns_zones import DnsZones
from engine.ids import Zone


class DemoDns(DnsZones):
    """Authoritative for everything: what it does not hold does not exist."""

    def __init__(self, zones: Iterable[Zone] = ()) -> None:
        super().__init__(zones)
        self._transport: asyncio.DatagramTransport | None = None

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; port 0 takes a free one."""
        self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Endpoint(self), local_addr=("127.0.0.1", port)
        )

    async def stop(self) -> None:
        if self._transport is not None:
            self._transport.close()
            self._transport = None
            await asyncio.sleep(0)  # the socket is closed in the loop's next turn

    @property
    def port(self) -> int:
        if self._transport is None:
            raise RuntimeError("the demo's name server is not running: call start() first")
        name: tuple[str, int] = self._transport.get_extra_info("sockname")
        return name[1]

    @property
    def address(self) -> str:
        """As a resolver's nameserver, e.g. "127.0.0.1:5353"."""
        return f"127.0.0.1:{self.port}"


class _Endpoint(asyncio.DatagramProtocol):
    def __init__(self, zones: DnsZones) -> None:
        self._zones = zones
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, packet: bytes, sender: tuple[str, int]) -> None:
        reply = self._zones.reply(packet)
        if reply is not None:
            loop = asyncio.get_running_loop()
            loop.call_later(reply.after_s, self._send, reply.packet, sender)

    def _send(self, packet: bytes, sender: tuple[str, int]) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(packet, sender)
