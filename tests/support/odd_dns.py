"""A name server on loopback UDP that is slow, wrong or forged, as a test wants it.

On TCP nobody listens.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple, cast

from engine.demo import dns_packets
from engine.demo.dns_packets import Found, Query

Address = tuple[str, int]


class Sent(NamedTuple):
    packet: bytes
    after_s: float = 0.0
    elsewhere: bool = False  # from another port than the one that was asked


Answers = Callable[[Query, int], Sequence[Sent]]  # to the n-th asking of this name, from 1


class OddDns(asyncio.DatagramProtocol):
    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self.asked: Counter[str] = Counter()
        self.port = 0
        self._own: asyncio.DatagramTransport | None = None
        self._other: asyncio.DatagramTransport | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        here = ("127.0.0.1", 0)
        self._own, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=here)
        self._other, _ = await loop.create_datagram_endpoint(
            asyncio.DatagramProtocol, local_addr=here
        )
        name: Address = self._own.get_extra_info("sockname")
        self.port = name[1]

    def stop(self) -> None:
        for transport in (self._own, self._other):
            if transport is not None:
                transport.close()
        self._own = self._other = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._own = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, packet: bytes, sender: Address) -> None:
        query = dns_packets.parse(packet)
        self.asked[query.name] += 1
        for sent in self._answers(query, self.asked[query.name]):
            asyncio.get_running_loop().call_later(sent.after_s, self._send, sent, sender)

    def _send(self, sent: Sent, to: Address) -> None:
        transport = self._other if sent.elsewhere else self._own
        if transport is not None:
            transport.sendto(sent.packet, to)


class Counting:
    """Answers that take a while, and the most questions that were under way at once."""

    def __init__(self, answer: Callable[[Query], bytes], after_s: float) -> None:
        self._answer = answer
        self._after_s = after_s
        self._under_way = 0
        self.most = 0

    def __call__(self, query: Query, asking: int) -> Sequence[Sent]:
        """On a machine that stands still a while questions are sent again, and are no others."""
        if asking == 1:
            self._under_way += 1
            self.most = max(self.most, self._under_way)
            asyncio.get_running_loop().call_later(self._after_s, self._ended)
        return [Sent(self._answer(query), self._after_s)]

    def _ended(self) -> None:
        self._under_way -= 1


@asynccontextmanager
async def odd_dns(answers: Answers) -> AsyncIterator[OddDns]:
    server = OddDns(answers)
    await server.start()
    try:
        yield server
    finally:
        server.stop()
        await asyncio.sleep(0)  # the sockets are closed in the loop's next turn


def listed(query: Query, *codes: str, name: str | None = None) -> bytes:
    found = [
        Found(dns_packets.A, dns_packets.data(dns_packets.A, code), 60, name) for code in codes
    ]
    return dns_packets.answer(query, dns_packets.NOERROR, found)


def clean(query: Query) -> bytes:
    return dns_packets.answer(query, dns_packets.NXDOMAIN, ())


def failed(query: Query, rcode: int) -> bytes:
    return dns_packets.answer(query, rcode, ())
