"""A way to a name server on which answers take their time.

``python -m bench.relay PORT MS [slow]``, in a process of its own, so that it takes nothing from
whoever is measured; it says its own port.  ``slow``: a name in ten is found only 0.3 to 1.5 s after
somebody first asked for it, as by a resolver that has to look for it.
"""

import asyncio
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple, cast

Address = tuple[str, int]
_IDS = 1 << 16


class _Asked(NamedTuple):
    id: bytes  # of the question as it came
    sender: Address
    due: float  # by the loop's clock


class _Front(asyncio.DatagramProtocol):
    """Hears whoever asks; ``back`` is the way to the server, on which numbers are our own."""

    def __init__(self, delay_s: float, slow_share: float) -> None:
        self._delay_s = delay_s
        self._slow_share = slow_share
        self._chance = random.Random(3)
        self._found_at: dict[bytes, float] = {}  # by question
        self._under_way: dict[bytes, _Asked] = {}
        self._asked = 0
        self._transport: asyncio.DatagramTransport | None = None
        self.back: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, packet: bytes, sender: Address) -> None:
        self._asked += 1
        number = (self._asked % _IDS).to_bytes(2)
        due = self._due(packet[12:])
        self._under_way[number] = _Asked(packet[:2], sender, due)
        if self.back is not None:
            self.back.sendto(number + packet[2:])

    def _due(self, question: bytes) -> float:
        now = asyncio.get_running_loop().time()
        if not self._slow_share:
            return now + self._delay_s
        if question not in self._found_at:
            slow = self._chance.random() < self._slow_share
            self._found_at[question] = now + (self._chance.uniform(0.3, 1.5) if slow else 0.0)
        return max(now, self._found_at[question]) + self._delay_s

    def answered(self, packet: bytes) -> None:
        asked = self._under_way.pop(packet[:2], None)
        if asked is not None and self._transport is not None:
            answer = asked.id + packet[2:]
            loop = asyncio.get_running_loop()
            loop.call_at(asked.due, self._transport.sendto, answer, asked.sender)


class _Back(asyncio.DatagramProtocol):
    def __init__(self, front: _Front) -> None:
        self._front = front

    def datagram_received(self, packet: bytes, _: Address) -> None:
        self._front.answered(packet)


@contextmanager
def delayed(port: int, milliseconds: float, *more: str) -> Iterator[int]:
    """The port of a relay to this one."""
    relay = subprocess.Popen(
        [sys.executable, "-m", "bench.relay", str(port), str(milliseconds), *more],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert relay.stdout is not None
        yield int(relay.stdout.readline())
    finally:
        relay.terminate()
        relay.wait()


async def run(port: int, delay_ms: float, slow_share: float) -> None:
    loop = asyncio.get_running_loop()
    transport, front = await loop.create_datagram_endpoint(
        lambda: _Front(delay_ms / 1000, slow_share), local_addr=("127.0.0.1", 0)
    )
    front.back, _ = await loop.create_datagram_endpoint(
        lambda: _Back(front), remote_addr=("127.0.0.1", port)
    )
    for one in (transport, front.back):  # a burst waits here for its turn
        one.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    print(transport.get_extra_info("sockname")[1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1]), float(sys.argv[2]), 0.1 if "slow" in sys.argv else 0.0))
