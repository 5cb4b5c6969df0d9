"""One c-ares channel, driven by the event loop.

aiodns has a thread of its own wait for answers, so that each crosses from thread to thread: 8,000
to 10,000 answers a second.  The same channel read by the loop gives more than twice that
(docs/decisions/0016).

How long one waits is measured here.  c-ares' own patience shrinks to five times the average answer,
at least 250 ms, and doubles with each try; with so many tries that it outlasts ours, it only says
when a question is sent again.  Once a try is over c-ares hears no more of it (it takes a new
socket), so a name must be found while somebody asks for it again: every recursive resolver answers
repeated questions together when it has found the name.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import NamedTuple

import pycares
from pycares import errno

from engine.adapters.dns_answers import NUMBERS
from engine.rules.resolver_check import Way

TICK_S = 0.05  # how often what is due is looked at
SLOT_S = 0.5  # what is not answered by then waits for somebody's slow server, and fills no buffer
RECEIVE_BUFFER = 4 << 20  # bytes; the kernel gives at most net.core.rmem_max, twice
TRY_S = 0.5  # until the second sending, before c-ares knows the server; then twice that, …
TRIES = 7  # c-ares gives up after 250 ms * (1 + 1 + 2 + … + 32) at the earliest: 16 s


class Heard(NamedTuple):
    """``result`` is None where there is no answer section; ``code`` then says why (ARES_…)."""

    result: pycares.DNSResult | None
    code: int | None


class Asked:
    """One question under way."""

    __slots__ = ("future", "sent", "since")

    def __init__(self, since: float, sent: Callable[[], None]) -> None:
        self.future: asyncio.Future[Heard] = asyncio.get_running_loop().create_future()
        self.since = since
        self.sent: Callable[[], None] | None = sent

    def end(self, heard: Heard) -> None:
        if not self.future.done():
            self.future.set_result(heard)

    def free(self) -> None:
        """Somebody else may send now."""
        if self.sent is not None:
            self.sent()
            self.sent = None


class AresChannel:
    """``nameservers`` none: those of /etc/resolv.conf."""

    def __init__(self, nameservers: Sequence[str], timeout_s: float, way: Way = "udp") -> None:
        self._loop = asyncio.get_running_loop()
        self._timeout_s = timeout_s
        self._open: dict[Asked, None] = {}  # the oldest first
        self._reading: set[int] = set()
        self._writing: set[int] = set()
        self._tick: asyncio.TimerHandle | None = None
        self._closed = False
        self._channel = pycares.Channel(
            servers=list(nameservers) or None,
            flags=_flags(nameservers, way),
            timeout=TRY_S,
            tries=TRIES,
            socket_receive_buffer_size=RECEIVE_BUFFER,
            sock_state_cb=self._watch,
        )

    @property
    def in_flight(self) -> int:
        return len(self._open)

    def ask(self, kind: str, name: str, sent: Callable[[], None]) -> Asked:
        """``sent`` is called once, when the question no longer threatens any buffer."""
        asked = Asked(self._loop.time(), sent)
        self._open[asked] = None
        if self._tick is None:
            self._tick = self._loop.call_later(TICK_S, self._ticked)

        def heard(result: pycares.DNSResult | None, code: int | None) -> None:
            asked.end(Heard(result, code))

        try:
            self._channel.query(name, NUMBERS[kind], callback=heard)
        except pycares.AresError as refused:
            asked.end(Heard(None, refused.args[0]))
        return asked

    def done(self, asked: Asked) -> None:
        """Nobody waits for it any more."""
        self._open.pop(asked, None)
        asked.free()

    def close(self) -> None:
        """Questions under way end with ARES_ECANCELLED."""
        if self._closed:
            return
        self._channel.cancel()
        self._closed = True  # from here on c-ares speaks from a thread of its own
        for fd in self._reading:
            self._loop.remove_reader(fd)
        for fd in self._writing:
            self._loop.remove_writer(fd)
        if self._tick is not None:
            self._tick.cancel()
        self._channel.close()

    # --- what c-ares and the loop say ------------------------------------------------------------

    def _watch(self, fd: int, readable: bool, writable: bool) -> None:
        if self._closed:
            return
        if readable:
            self._loop.add_reader(fd, self._channel.process_read_fd, fd)
            self._reading.add(fd)
        elif fd in self._reading:
            self._loop.remove_reader(fd)
            self._reading.remove(fd)
        if writable:
            self._loop.add_writer(fd, self._channel.process_write_fd, fd)
            self._writing.add(fd)
        elif fd in self._writing:
            self._loop.remove_writer(fd)
            self._writing.remove(fd)

    def _ticked(self) -> None:
        """Whose time is over; whose place another may have; what c-ares should send again."""
        self._channel.process_fd(pycares.ARES_SOCKET_BAD, pycares.ARES_SOCKET_BAD)
        now = self._loop.time()
        for asked in self._open:
            if now - asked.since < SLOT_S and now - asked.since < self._timeout_s:
                break
            asked.free()
            if now - asked.since >= self._timeout_s:
                asked.end(Heard(None, errno.ARES_ETIMEOUT))
        self._tick = self._loop.call_later(TICK_S, self._ticked) if self._open else None


def system_servers() -> tuple[str, ...]:
    """Those of /etc/resolv.conf, each with its port."""
    channel = pycares.Channel()
    try:
        return tuple(channel.servers)
    finally:
        channel.close()


def _flags(nameservers: Sequence[str], way: Way) -> int:
    """A single server that refuses or fails has answered: it is not asked again at once, for each
    question counts.  Of several, another may know better.
    """
    alone = pycares.ARES_FLAG_NOCHECKRESP if len(nameservers) == 1 else 0
    edns = 0 if way == "plain" else pycares.ARES_FLAG_EDNS
    return alone | edns | (pycares.ARES_FLAG_USEVC if way == "tcp" else 0)
