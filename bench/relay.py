"""A way to a name server on which every answer takes its time: ``python -m bench.relay PORT MS``.

In a process of its own, so that it takes nothing from whoever is measured.  It says its own port.
"""

import asyncio
import sys
from typing import NamedTuple, cast

Address = tuple[str, int]
_IDS = 1 << 16


class _Asked(NamedTuple):
    id: bytes  # of the question as it came
    sender: Address
    due: float  # by the loop's clock


class _Front(asyncio.DatagramProtocol):
    """Hears whoever asks; ``back`` is the way to the server, on which numbers are our own."""

    def __init__(self, delay_s: float) -> None:
        self._delay_s = delay_s
        self._under_way: dict[bytes, _Asked] = {}
        self._asked = 0
        self._transport: asyncio.DatagramTransport | None = None
        self.back: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, packet: bytes, sender: Address) -> None:
        self._asked += 1
        number = (self._asked % _IDS).to_bytes(2)
        due = asyncio.get_running_loop().time() + self._delay_s
        self._under_way[number] = _Asked(packet[:2], sender, due)
        if self.back is not None:
            self.back.sendto(number + packet[2:])

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


async def run(port: int, delay_ms: float) -> None:
    loop = asyncio.get_running_loop()
    transport, front = await loop.create_datagram_endpoint(
        lambda: _Front(delay_ms / 1000), local_addr=("127.0.0.1", 0)
    )
    front.back, _ = await loop.create_datagram_endpoint(
        lambda: _Back(front), remote_addr=("127.0.0.1", port)
    )
    print(transport.get_extra_info("sockname")[1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1]), float(sys.argv[2])))
