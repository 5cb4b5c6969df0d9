"""A resolver that holds literals, in the loop's own time, virtual or real."""

import asyncio
import ipaddress
from collections.abc import Mapping
from typing import TypeVar

from engine.ids import IpAddr, Zone
from engine.ports import DnsFailure
from engine.values.dns import DnsAnswer, Question

T = TypeVar("T")

SERVER_FAILED = DnsFailure("SERVFAIL")
SILENCE = DnsFailure("no answer within 12 s")
REFUSAL = DnsFailure("REFUSED", refused=True)


class FakeResolver:
    """Change the dictionaries at any time.  ``always``, ``fails`` and ``slow`` hold a name or a
    zone, and mean all below it too.  ``records`` are for ``lookup`` alone, as "example.com TXT";
    it finds what ``v4``, ``v6`` and ``names`` hold as well.
    """

    name = "literals"

    def __init__(self, *zones: Zone, takes_s: float = 0.05) -> None:
        self.takes_s = takes_s
        self.v4: dict[str, tuple[str, ...]] = {}
        self.v6: dict[str, tuple[str, ...]] = {}
        self.names: dict[IpAddr, tuple[str, ...]] = {}
        self.records: dict[str, tuple[str, ...]] = {}
        self.always: dict[str, tuple[str, ...]] = {}
        self.fails: dict[str, DnsFailure] = {}
        self.slow: dict[str, float] = {}  # seconds, instead of ``takes_s``
        self.heard: list[str] = []
        self.in_flight = 0
        self.most_in_flight = 0
        for zone in zones:
            self.open(zone)

    def open(self, zone: Zone, *codes: str) -> None:
        """A living block list: it lists its test entry (RFC 5782 5)."""
        self.list(IpAddr("127.0.0.2"), zone, *codes)

    def list(self, ip: IpAddr, zone: Zone, *codes: str) -> None:
        """IPv4 alone; an IPv6 address's name is put into ``v4`` by hand."""
        self.v4[_name(ip, zone)] = codes or ("127.0.0.2",)

    def clear(self, ip: IpAddr, zone: Zone) -> None:
        self.v4.pop(_name(ip, zone), None)

    async def a(self, name: str) -> tuple[str, ...]:
        await self._ask(name)
        if (alike := _of(name, self.always)) is not None:
            return alike
        return tuple(sorted(set(self.v4.get(name, ()))))

    async def aaaa(self, name: str) -> tuple[str, ...]:
        await self._ask(name)
        return tuple(sorted(set(self.v6.get(name, ()))))

    async def ptr(self, ip: IpAddr) -> tuple[str, ...]:
        await self._ask(ip)
        return tuple(sorted({name.rstrip(".").lower() for name in self.names.get(ip, ())}))

    async def lookup(self, question: Question) -> DnsAnswer:
        if failure := await self._wait(question.name):
            if failure.refused:
                return DnsAnswer("refused")
            return DnsAnswer("timeout" if failure is SILENCE else "servfail")
        return self._found(question, ())

    def _found(self, question: Question, aliases: tuple[str, ...]) -> DnsAnswer:
        name, kind = question
        held = self._held()
        if records := held.get(f"{name} {kind}"):
            return DnsAnswer("ok", tuple(sorted(records)), 300, aliases)
        if kind != "CNAME" and (target := held.get(f"{name} CNAME")):
            if target[0] in aliases:
                return DnsAnswer("servfail", aliases=(*aliases, *target))
            return self._found(Question(target[0], kind), (*aliases, *target))
        exists = any(f".{key.split()[0]}".endswith(f".{name}") for key in held)
        return DnsAnswer("nodata", aliases=aliases) if exists else DnsAnswer("nxdomain")

    def _held(self) -> dict[str, tuple[str, ...]]:
        """Everything as "example.com TXT"."""
        return {
            **{f"{name} A": found for name, found in self.v4.items() if found},
            **{f"{name} AAAA": found for name, found in self.v6.items() if found},
            **{f"{_reverse(ip)} PTR": found for ip, found in self.names.items() if found},
            **self.records,
        }

    async def _ask(self, name: str) -> None:
        if failure := await self._wait(name):
            raise DnsFailure(f"{name}: {failure}", refused=failure.refused)

    async def _wait(self, name: str) -> DnsFailure | None:
        self.heard.append(name)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await asyncio.sleep(_of(name, self.slow) or self.takes_s)
        finally:
            self.in_flight -= 1
        return _of(name, self.fails)


def _reverse(ip: IpAddr) -> str:
    return ipaddress.ip_address(ip).reverse_pointer


def _name(ip: IpAddr, zone: Zone) -> str:
    a, b, c, d = ip.split(".")
    return f"{d}.{c}.{b}.{a}.{zone}"


def _of(name: str, held: Mapping[str, T]) -> T | None:
    return next((value for one, value in held.items() if f".{name}".endswith(f".{one}")), None)
