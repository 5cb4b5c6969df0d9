"""DNS through c-ares, driven by the loop (ares_channel.py), and by plain packets (dns_burst.py).

Two habits of c-ares are kept away from the trade:

* It caches: an answer by its TTL, "no such name" by the zone's SOA, "no data" for up to an hour
  (c-ares#1293), and no option of pycares turns that off.  A second look would confirm the first
  without sending a packet.  So no channel answers the same question twice: the repetition opens a
  new one, and the old one closes with its last question.
* It shortens its patience to five times the average answer (at least 250 ms), so that beside fast
  answers a slow one is lost.  The channel keeps a time of its own (ares_channel.py).
"""

import asyncio
import ipaddress
from collections.abc import Sequence

import pycares
from pycares import errno

from engine.adapters import dns_answers
from engine.adapters.ares_channel import AresChannel, Heard, system_servers
from engine.adapters.dns_burst import Found, Slots, burst
from engine.adapters.open_questions import OpenQuestions
from engine.ids import IpAddr, parse_ip
from engine.ports import DnsFailure
from engine.rules.nameserver import parse_nameserver
from engine.values.dns import DnsAnswer, Question

TIMEOUT_S = 12.0  # one question, however often it is sent
IN_FLIGHT = 200  # more overflows default UDP buffers, and answers are lost
CHANNEL_MAX = 10_000  # questions; a channel keeps what it was told, and so do we

_Asked = tuple[str, str]  # record type, name


class _Channel(AresChannel):
    """And what it may not be asked again."""

    def __init__(self, nameservers: Sequence[str], timeout_s: float) -> None:
        super().__init__(nameservers, timeout_s)
        self.answered: set[_Asked] = set()


class AiodnsResolver:
    """Implements ports.Resolver.  ``nameservers`` are addresses, with a port if it is not 53:
    "127.0.0.1:5353", "[::1]:5353"; none means those of /etc/resolv.conf.  Raises ValueError.
    """

    def __init__(self, nameservers: Sequence[str] = (), *, timeout_s: float = TIMEOUT_S) -> None:
        self._nameservers = tuple(parse_nameserver(one) for one in nameservers)
        self._timeout_s = timeout_s
        self._slots = asyncio.Semaphore(IN_FLIGHT)
        self._bursts = Slots()
        self._channel: _Channel | None = None
        self._open = OpenQuestions(self._look_up)

    async def a(self, name: str) -> tuple[str, ...]:
        found = await self._ask("A", name)
        return tuple(
            sorted({r.data.addr for r in found if isinstance(r.data, pycares.ARecordData)})
        )

    async def aaaa(self, name: str) -> tuple[str, ...]:
        found = await self._ask("AAAA", name)
        texts = {r.data.addr for r in found if isinstance(r.data, pycares.AAAARecordData)}
        return tuple(sorted(parse_ip(text) for text in texts))

    async def ptr(self, ip: IpAddr) -> tuple[str, ...]:
        found = await self._ask("PTR", ipaddress.ip_address(ip).reverse_pointer)
        names = {r.data.dname for r in found if isinstance(r.data, pycares.PTRRecordData)}
        return tuple(sorted({name.rstrip(".").lower() for name in names}))

    async def many(self, names: Sequence[str], in_flight: int) -> dict[str, Found]:
        """The A records of different names, ``in_flight`` of which are asked at once; always by
        packets of now.  None where the first name server gave no plain answer: ask ``a``.
        """
        servers = self._nameservers or system_servers()
        return await burst(servers[0], names, in_flight, self._bursts)

    @property
    def nameservers(self) -> tuple[str, ...]:
        """Each with its port; none: those of /etc/resolv.conf."""
        return self._nameservers

    @property
    def name(self) -> str:
        return ", ".join(self._nameservers) or "/etc/resolv.conf"

    async def lookup(self, question: Question) -> DnsAnswer:
        return await self._open.answer(question)

    async def _look_up(self, question: Question) -> DnsAnswer:
        name, kind = question
        if not dns_answers.askable(name):
            return DnsAnswer("nxdomain")
        heard = await self._asked(kind, name)
        if heard.result is None:
            return dns_answers.failed(heard.code)
        return dns_answers.read(question, heard.result)

    async def close(self) -> None:
        """Questions under way end as failures."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    async def _ask(self, kind: str, name: str) -> list[pycares.DNSRecord]:
        """The answer section, in which a CNAME may come before what was asked for."""
        heard = await self._asked(kind, name)
        if heard.result is not None:
            return heard.result.answer
        if heard.code in dns_answers.NOTHING:
            return []
        raise self._failure(kind, name, heard.code)

    def _failure(self, kind: str, name: str, code: int | None) -> DnsFailure:
        if code == errno.ARES_ETIMEOUT:
            return DnsFailure(f"{kind} {name}: no answer within {self._timeout_s:g} s")
        why = dns_answers.explained(code)
        return DnsFailure(f"{kind} {name}: {why}", refused=code == errno.ARES_EREFUSED)

    async def _asked(self, kind: str, name: str) -> Heard:
        question = kind, name.lower()  # c-ares' cache knows no case
        await self._slots.acquire()
        channel = self._fresh(question)
        asked = channel.ask(kind, name, self._slots.release)
        try:
            return await asked.future
        finally:
            channel.done(asked)
            channel.answered.add(question)
            self._leave(channel)

    def _fresh(self, question: _Asked) -> _Channel:
        """A channel that holds no answer to this question."""
        old = self._channel
        if old and question not in old.answered and len(old.answered) < CHANNEL_MAX:
            return old
        self._channel = new = _Channel(self._nameservers, self._timeout_s)
        if old:
            self._leave(old)
        return new

    def _leave(self, channel: _Channel) -> None:
        if channel is not self._channel and not channel.in_flight:
            channel.close()
