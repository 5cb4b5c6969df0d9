"""Rounds of looks over a resolver of the tests, and a log that keeps what they append."""

import asyncio
import functools
import itertools
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar, cast

from engine.effects.dnsbl import LookUp
from engine.errors import LogUnavailable
from engine.events import Event
from engine.events.dnsbl import DnsblLooked
from engine.events.zone import ZoneAsked, ZoneHealthChanged
from engine.ids import Actor, EventId, IpAddr, Position, TenantId, Zone
from engine.ports import Log, Resolver, Slice
from engine.projections import PROJECTIONS
from engine.rules.dnsbl_catalogue import (
    BARRACUDA,
    DEFAULT,
    PSBL,
    SPAMCOP,
    UCEPROTECT,
    ZEN,
    Catalogue,
)
from engine.rules.dnsbl_health import unused_ip
from engine.runtime.perform.dnsbl import Rounds
from engine.runtime.perform.dnsbl_plan import Known
from engine.runtime.views import Views
from engine.values.verdict import Answer, Health
from tests.support import simloop
from tests.support.api_world import StandingClock
from tests.support.samples import registered
from tests.support.spec import record

P = ParamSpec("P")
N = TypeVar("N")
IP, OTHER, V6 = IpAddr("203.0.113.7"), IpAddr("203.0.113.8"), IpAddr("2001:db8::7")
ACME, GLOBEX = TenantId("acme"), TenantId("globex")
LIVING = (ZEN, SPAMCOP, BARRACUDA, UCEPROTECT, PSBL)
CLEAN, HIT = Answer("clean"), Answer("listed", codes=("127.0.0.2",))
UNPROVED = Answer("unanswered", proof="unproved")


class Appends:
    """A log that keeps what it was given, folds it at once, and may be away."""

    def __init__(self, clock: StandingClock) -> None:
        self.made: list[tuple[Sequence[Slice], Actor, str]] = []
        self.away = False
        self.views = Views(PROJECTIONS)
        self._clock = clock
        self._position = 0

    async def append(self, slices: Sequence[Slice], *, actor: Actor, cause: str) -> Position:
        if self.away:
            raise LogUnavailable("no route to host")
        self.made.append((slices, actor, cause))
        for one in slices:
            for new in one.events:
                self.happened(new.event, one.tenant)
        return Position(len(self.made))

    def happened(self, event: Event, tenant: TenantId | None = ACME) -> None:
        self._position += 1
        recorded = record(self._position, event, at=self._clock.at, tenant=tenant)
        list(self.views.fold(recorded))

    def looks(self) -> dict[IpAddr, DnsblLooked]:
        """The last of each address."""
        events = [new.event for slices, _, _ in self.made for one in slices for new in one.events]
        return {event.ip: event for event in events if isinstance(event, DnsblLooked)}

    def health(self) -> dict[Zone, Health]:
        return {zone: event.health for zone, event in self.changes().items()}

    def news(self) -> dict[Zone, Health]:
        """Of the last append."""
        events = [new.event for one in self.made[-1][0] for new in one.events]
        return {one.zone: one.health for one in events if isinstance(one, ZoneHealthChanged)}

    def zone_news(self, kind: type[N]) -> list[N]:
        """Of all appends."""
        events = [new.event for slices, _, _ in self.made for one in slices for new in one.events]
        return [one for one in events if isinstance(one, kind)]

    def asked(self) -> dict[Zone, ZoneAsked]:
        """Of the last append."""
        events = [new.event for one in self.made[-1][0] for new in one.events]
        return {one.zone: one for one in events if isinstance(one, ZoneAsked)}

    def changes(self) -> dict[Zone, ZoneHealthChanged]:
        events = [new.event for slices, _, _ in self.made for one in slices for new in one.events]
        return {event.zone: event for event in events if isinstance(event, ZoneHealthChanged)}


class Bench:
    """Rounds over a resolver, at a time that stands until it is moved."""

    def __init__(self, resolver: Resolver, catalogue: Catalogue = DEFAULT) -> None:
        self.clock = StandingClock()
        self.log = Appends(self.clock)
        numbers, addresses = itertools.count(1), itertools.count()
        self.rounds = Rounds(
            resolver=resolver,
            log=cast(Log, self.log),
            ids=lambda: EventId(f"e{next(numbers)}"),
            known=Known(self.log.views, catalogue),
            clock=self.clock,
            random_ip=lambda: unused_ip(next(addresses)),
        )

    def registers(self, *ips: IpAddr, tenant: TenantId = ACME) -> None:
        for ip in ips:
            self.log.happened(registered(ip=ip), tenant)

    async def later(self, span: timedelta, *looks: LookUp) -> dict[IpAddr, DnsblLooked]:
        self.clock.at += span
        return await self.look(*looks)

    async def look(self, *looks: LookUp) -> dict[IpAddr, DnsblLooked]:
        await asyncio.gather(*(self.rounds.look_up(look) for look in looks))
        return self.log.looks()

    async def answers(self, ip: IpAddr = IP, *zones: Zone) -> dict[Zone, Answer]:
        return (await self.look(look_up(ip, zones)))[ip].answers


def virtual(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Runs the test on a loop whose clock jumps to the next timer."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        simloop.run(lambda: test(*args, **kwargs))

    return run


def look_up(
    ip: IpAddr = IP, zones: tuple[Zone, ...] = (), tenant: TenantId = ACME, cycle: int = 1
) -> LookUp:
    return LookUp(tenant=tenant, ip=ip, zones=zones, cycle=Position(cycle))


def addresses(count: int) -> list[IpAddr]:
    return [IpAddr(f"203.0.{113 + n // 250}.{n % 250}") for n in range(count)]
