"""DNS through aiodns (c-ares).

Two habits of c-ares are kept away from the trade:

* It caches: an answer by its TTL, "no such name" by the zone's SOA, "no data" for up to an hour
  (c-ares#1293), and no option of pycares turns that off.  A second look would confirm the first
  without sending a packet.  So no channel answers the same question twice: the repetition opens a
  new one, and the old one closes with its last question.
* It shortens its patience to five times the average answer (at least 250 ms), so that beside fast
  answers a slow one is lost.  Six tries instead of three lose none (measured, facts/dnsbl.md 4.3).
"""

import asyncio
import ipaddress
from collections.abc import Sequence

import aiodns
import pycares
from aiodns.error import ARES_ENODATA, ARES_ENOTFOUND, ARES_EREFUSED, DNSError

from engine.adapters import dns_answers
from engine.adapters.open_questions import OpenQuestions
from engine.ids import IpAddr, parse_ip
from engine.ports import DnsFailure
from engine.values.dns import DnsAnswer, Question

TIMEOUT_S = 12.0  # one question with all its tries
TRIES = 6
IN_FLIGHT = 200  # more overflows default UDP buffers, and answers are lost (facts/dnsbl.md 0.7)
CHANNEL_MAX = 10_000  # questions; a channel keeps what it was told, and so do we

_Asked = tuple[str, str]  # record type, name


class _Channel:
    """One c-ares channel, and what it may not be asked again."""

    def __init__(self, nameservers: Sequence[str], try_s: float, tries: int) -> None:
        self.resolver = aiodns.DNSResolver(nameservers=nameservers, timeout=try_s, tries=tries)
        self.answered: set[_Asked] = set()
        self.in_flight = 0


class AiodnsResolver:
    """Implements ports.Resolver.  ``nameservers`` are addresses, with a port if it is not 53:
    "127.0.0.1:5353", "[::1]:5353"; none means those of /etc/resolv.conf.  Raises ValueError.
    """

    def __init__(
        self,
        nameservers: Sequence[str] = (),
        *,
        timeout_s: float = TIMEOUT_S,
        tries: int = TRIES,
    ) -> None:
        self._nameservers = tuple(_server(one) for one in nameservers)
        self._timeout_s = timeout_s
        self._tries = tries
        self._limit = asyncio.Semaphore(IN_FLIGHT)
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

    @property
    def name(self) -> str:
        return ", ".join(self._nameservers) or "/etc/resolv.conf"

    async def lookup(self, question: Question) -> DnsAnswer:
        return await self._open.answer(question)

    async def _look_up(self, question: Question) -> DnsAnswer:
        name, kind = question
        if not dns_answers.askable(name):
            return DnsAnswer("nxdomain")
        try:
            return dns_answers.read(question, await self._asked(kind, name))
        except DNSError as error:
            return dns_answers.failed(error.args[0])
        except TimeoutError:
            return DnsAnswer("timeout")

    async def close(self) -> None:
        """Questions under way end as failures."""
        if self._channel is not None:
            await self._channel.resolver.close()
            self._channel = None

    async def _ask(self, kind: str, name: str) -> list[pycares.DNSRecord]:
        """The answer section, in which a CNAME may come before what was asked for."""
        try:
            return (await self._asked(kind, name)).answer
        except DNSError as error:
            return _nothing(kind, name, error)
        except TimeoutError:
            raise DnsFailure(f"{kind} {name}: no answer within {self._timeout_s:g} s") from None

    async def _asked(self, kind: str, name: str) -> pycares.DNSResult:
        """Raises DNSError and TimeoutError."""
        question = kind, name.lower()  # c-ares' cache knows no case
        async with self._limit:
            channel = await self._fresh(question)
            channel.in_flight += 1
            try:
                async with asyncio.timeout(self._timeout_s):
                    return await channel.resolver.query_dns(name, kind)
            finally:
                channel.in_flight -= 1
                channel.answered.add(question)
                await self._leave(channel)

    async def _fresh(self, question: _Asked) -> _Channel:
        """A channel that holds no answer to this question."""
        old = self._channel
        if old and question not in old.answered and len(old.answered) < CHANNEL_MAX:
            return old
        try_s = self._timeout_s / self._tries
        self._channel = new = _Channel(self._nameservers, try_s, self._tries)
        if old:
            await self._leave(old)
        return new

    async def _leave(self, channel: _Channel) -> None:
        if channel is not self._channel and not channel.in_flight:
            await channel.resolver.close()


def _nothing(kind: str, name: str, error: DNSError) -> list[pycares.DNSRecord]:
    """No such name and no such record are answers; everything else is none."""
    code, text = error.args
    if code in (ARES_ENOTFOUND, ARES_ENODATA):
        return []
    raise DnsFailure(f"{kind} {name}: {text}", refused=code == ARES_EREFUSED) from None


def _server(text: str) -> str:
    """As c-ares reads it, with its port; a host name would have to be resolved first."""
    address, port = (text, "53") if text.count(":") != 1 else text.split(":")
    if text.startswith("[") and "]" in text:
        address, _, port = text[1:].partition("]")
        port = port.removeprefix(":") or "53"
    try:
        found, number = ipaddress.ip_address(address), int(port)
    except ValueError:
        raise _not_a_server(text) from None
    if not 0 < number < 65536:
        raise _not_a_server(text)
    return f"[{found}]:{number}" if found.version == 6 else f"{found}:{number}"


def _not_a_server(text: str) -> ValueError:
    return ValueError(
        f"nameserver {text!r} is no address: write an IP address, with a port if it is not 53,"
        ' like "127.0.0.1:5353" or "[::1]:5353"'
    )
