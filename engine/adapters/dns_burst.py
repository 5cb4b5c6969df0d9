"""Many A questions to one name server, sent and heard by a socket of our own.

c-ares costs some 60 µs a question, and a round of block lists asks thousands.  Here a question is a
packet and an entry in a table, and what the socket holds is read until it is empty.  Whatever is
not a plain answer (SERVFAIL, REFUSED, truncated, malformed, silence) is left to c-ares, which knows
what to do about it: so this is faster, and never knows less.

RFC 5452: an answer is ours by its socket, connected and with a port of its own, its id, and its
question.
"""

import asyncio
import ipaddress
import secrets
import socket
from collections.abc import Sequence

from engine.adapters import dns_packet

TRIES_S = (0.5, 1.0, 2.0)  # until it is sent again; after the last it is left to others
SLOT_S = 0.5  # what is not answered by then keeps nobody else from being sent
TICK_S = 0.05
RECEIVE_BUFFER = 4 << 20  # bytes; the kernel gives at most net.core.rmem_max, twice
READ_MAX = 64  # datagrams; then others in the loop have their turn
DATAGRAM_MAX = 4096
SLOTS = 120  # of all bursts together; a buffer as it comes holds some 250 questions
NAMES_MAX = 10_000  # of one burst: ids are two bytes

Found = tuple[str, ...] | None  # addresses, sorted; (): there are none; None: ask otherwise


class _Asked:
    __slots__ = ("at", "name", "packet", "slot", "tries")

    def __init__(self, name: str, packet: bytes, at: float) -> None:
        self.name = name
        self.packet = packet
        self.at = at  # sent last
        self.tries = 1
        self.slot = True  # nobody else is sent instead


class Slots:
    """How many questions all bursts together have under way: more overflow the buffer of a name
    server, and what is lost there costs half a second.
    """

    def __init__(self, number: int = SLOTS) -> None:
        self._free = number
        self._starved: dict[_Burst, None] = {}

    def take(self, burst: "_Burst") -> bool:
        if not self._free:
            self._starved[burst] = None
            return False
        self._free -= 1
        return True

    def give(self) -> None:
        """To whoever has waited for longest."""
        self._free += 1
        if self._starved:
            first = next(iter(self._starved))
            del self._starved[first]
            first.send()

    def leave(self, burst: "_Burst") -> None:
        self._starved.pop(burst, None)


async def burst(
    server: str, names: Sequence[str], in_flight: int, slots: Slots | None = None
) -> dict[str, Found]:
    """``server`` is "127.0.0.1:53" or "[::1]:53"; at most NAMES_MAX different names, of which
    ``in_flight`` are asked at once, as far as ``slots`` allow.  A name that nobody answers takes
    3.5 s.
    """
    try:
        line = _connected(server)
    except OSError:
        return dict.fromkeys(names)
    with line:
        return await _Burst(line, names, in_flight, slots or Slots(in_flight)).answers()


class _Burst:
    def __init__(
        self, line: socket.socket, names: Sequence[str], in_flight: int, slots: Slots
    ) -> None:
        self._slots = slots
        self._loop = asyncio.get_running_loop()
        self._line = line
        asked = ((name, dns_packet.question(name)) for name in reversed(names))
        self._waiting = [(name, packet) for name, packet in asked if packet is not None]
        self._free = in_flight
        self._ids = iter(secrets.SystemRandom().sample(range(1 << 16), len(names)))
        self._open: dict[int, _Asked] = {}  # by id
        self._found: dict[str, Found] = dict.fromkeys(names)
        self._over: asyncio.Future[None] = self._loop.create_future()
        self._tick: asyncio.TimerHandle | None = None

    async def answers(self) -> dict[str, Found]:
        self._loop.add_reader(self._line.fileno(), self._read)
        self._ticked()
        try:
            await self._over
        finally:
            self._loop.remove_reader(self._line.fileno())
            if self._tick is not None:
                self._tick.cancel()
            self._waiting.clear()
            self._slots.leave(self)
            for asked in self._open.values():
                self._leave_slot(asked)
        return self._found

    # --- sending ---------------------------------------------------------------------------------

    def send(self) -> None:
        """As many as may be under way; it is over when none is, and none waits."""
        while self._waiting and self._free > 0 and self._slots.take(self):
            name, packet = self._waiting.pop()
            number = next(self._ids)
            asked = _Asked(name, dns_packet.with_id(packet, number), self._loop.time())
            self._open[number] = asked
            self._free -= 1
            self._give(asked)
        if not self._open and not self._waiting and not self._over.done():
            self._over.set_result(None)

    def _give(self, asked: _Asked) -> None:
        """What the kernel does not take, or the other side refuses, is sent again when due."""
        try:
            self._line.send(asked.packet)
        except OSError:
            return

    def _ticked(self) -> None:
        now = self._loop.time()
        for number, asked in list(self._open.items()):
            if asked.slot and now - asked.at >= SLOT_S:
                self._leave_slot(asked)
            if now - asked.at >= TRIES_S[asked.tries - 1]:
                self._again(number, asked, now)
        self.send()
        if not self._over.done():
            self._tick = self._loop.call_later(TICK_S, self._ticked)

    def _again(self, number: int, asked: _Asked, now: float) -> None:
        if asked.tries == len(TRIES_S):
            del self._open[number]
            return
        asked.tries += 1
        asked.at = now
        self._give(asked)

    def _leave_slot(self, asked: _Asked) -> None:
        if asked.slot:
            asked.slot = False
            self._free += 1
            self._slots.give()

    # --- hearing ---------------------------------------------------------------------------------

    def _read(self) -> None:
        for _ in range(READ_MAX):
            try:
                packet = self._line.recv(DATAGRAM_MAX)
            except BlockingIOError:
                break
            except OSError:  # "connection refused", by ICMP, for one that was sent before
                continue
            self._heard(packet)
        self.send()

    def _heard(self, packet: bytes) -> None:
        number = int.from_bytes(packet[:2], "big")
        asked = self._open.get(number)
        if asked is None:
            return
        read = dns_packet.read(packet, asked.packet)
        if read == "foreign":
            return
        del self._open[number]
        self._leave_slot(asked)
        if read != "odd":
            self._found[asked.name] = read


def _connected(server: str) -> socket.socket:
    host, _, port = server.rpartition(":")
    address = host.strip("[]")
    v6 = ipaddress.ip_address(address).version == 6
    line = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        line.setblocking(False)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        line.connect((address, int(port)))
    except OSError:
        line.close()
        raise
    return line
