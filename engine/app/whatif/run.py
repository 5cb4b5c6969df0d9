"""A fleet through its weeks."""

import asyncio
import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from engine.app.whatif.draws import Draws
from engine.app.whatif.driver import Driver
from engine.app.whatif.engine_of import NODE, Engine, engine_of
from engine.app.whatif.fleet import Fleet, Ip
from engine.app.whatif.listings import Listed, check
from engine.app.whatif.mail import ByProvider, Sender, Sent
from engine.app.whatif.result import Day, Result, cap, why
from engine.commands import By, Command
from engine.commands.authority import SetAuthority
from engine.commands.host import RegisterHost
from engine.commands.ip import RegisterIp, RequestWarmup
from engine.commands.tenant import CreateTenant, SetCapacity
from engine.events import Event, Recorded
from engine.events.node import QueuesPaused, QueuesResumed
from engine.events.rollout import RolloutEnded
from engine.events.traffic import TRAFFIC, FilesLooked, TrafficCounted
from engine.ids import Actor, IpAddr, TenantId
from engine.ports import New, Slice
from engine.projections.ips import IPS
from engine.rules import days
from engine.rules.warmup.plans import DEFAULT_PLAN
from engine.runtime.command_handler import Asked
from engine.runtime.notes import ENGINE

WEEKS_MAX = 104
_BEFORE = timedelta(microseconds=1)  # what a midnight brings is counted before anybody wakes at it
_OPERATOR = Actor("key:what-if")

Told = Callable[[int, int], None]  # days done, of how many


def simulate(
    fleet: Fleet,
    *,
    weeks: int,
    listings: Sequence[Listed] = (),
    seed: int = 0,
    told: Told | None = None,
) -> Result:
    """Raises ValueError for a listing that cannot be."""
    if not 1 <= weeks <= WEEKS_MAX:
        raise ValueError(f"a simulation lasts 1 to {WEEKS_MAX} weeks, not {weeks}")
    for one in listings:
        check(one, [ip.ip for ip in fleet.ips], 7 * weeks)
    course = _Course(fleet, listings, seed)
    with _uncollected():
        asyncio.run(course.run(weeks, told))
    return course.result(weeks)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Events and views hold no cycles, and looking for some is a tenth of the work."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


class _Midnight(NamedTuple):
    at: datetime
    day: int  # that it ends, from 1
    tenant: TenantId


class _Course:
    def __init__(self, fleet: Fleet, listings: Sequence[Listed], seed: int) -> None:
        self._fleet, self._seed = fleet, seed
        zones = fleet.tenants.values()
        start = max(days.midnight(fleet.start, day_tz) for day_tz in zones)
        self._engine = engine_of(fleet, listings, start)
        draws = Draws(seed)
        self._senders = {
            one.ip: Sender(one, fleet.providers, draws, fleet.tenants[one.tenant], start)
            for one in fleet.ips
        }
        self._days: list[Day] = []
        self._story: list[Recorded[Event]] = []

    async def run(self, weeks: int, told: Told | None) -> None:
        driver = _driver(self._engine, self._heard)
        await self._begin()
        async with asyncio.TaskGroup() as tasks:
            for at, together in groupby(self._midnights(7 * weeks), key=lambda one: one.at):
                await driver.run(at - _BEFORE, tasks)
                ended = list(together)
                for one in ended:
                    await self._ended(one)
                if told is not None:
                    told(ended[0].day, 7 * weeks)

    def result(self, weeks: int) -> Result:
        order = {one.ip: number for number, one in enumerate(self._fleet.ips)}
        self._days.sort(key=lambda one: (one.day, order[one.ip]))
        return Result(self._fleet, weeks, self._seed, self._days, self._story)

    def _midnights(self, number: int) -> list[_Midnight]:
        return sorted(
            _Midnight(days.midnight(self._fleet.start + timedelta(days=n), day_tz), n, tenant)
            for tenant, day_tz in self._fleet.tenants.items()
            for n in range(1, number + 1)
        )

    def _heard(self, recorded: Recorded[Event]) -> None:
        """What the node was told moves the mail."""
        self._story.append(recorded)
        match recorded.event:
            case RolloutEnded(ending="done", changed=changed):
                for ip, levers in changed.items():
                    self._senders[ip].told(levers, recorded.at)
            case QueuesPaused(ip=ip):
                self._senders[ip].paused(True, recorded.at)
            case QueuesResumed(ip=ip):
                self._senders[ip].paused(False, recorded.at)

    # --- the beginning -----------------------------------------------------------------------

    async def _begin(self) -> None:
        host = RegisterHost(
            node=NODE,
            host="mta-1.example",
            port=22,
            user="email-engine",
            host_key="",
            config_dir="/etc/pmta",
            pmta="/usr/sbin/pmta",
        )
        acts = ["engine", f"node-{NODE}", *(f"tenant-{slug}" for slug in self._fleet.tenants)]
        lets = [SetAuthority(over=over, mode="act", why="what if") for over in acts]
        await self._ask([host, *lets], None)
        for slug in self._fleet.rotation:
            await self._ask(list(self._judging(slug)), slug)
        for one in self._fleet.ips:
            await self._ask(list(self._registering(one)), one.tenant)

    def _judging(self, slug: TenantId) -> Iterator[Command]:
        """A tenant is made only where it is to be judged: reviews and pools go with it."""
        yield CreateTenant(
            slug=slug,
            name=slug,
            brand_domain=f"{slug}.example",
            sending_domain_base=f"mail.{slug}.example",
            day_tz=self._fleet.tenants[slug],
        )
        yield SetCapacity(slug=slug, rotation=self._fleet.rotation[slug])

    def _registering(self, one: Ip) -> Iterator[Command]:
        day_tz = self._fleet.tenants[one.tenant]
        yield RegisterIp(
            ip=one.ip, node=NODE, purpose=one.purpose, day_tz=day_tz, warmup=one.warmup
        )
        if one.plan != DEFAULT_PLAN and one.warmup == "auto":
            yield RequestWarmup(ip=one.ip, plan=one.plan)

    async def _ask(self, commands: Sequence[Command], tenant: TenantId | None) -> None:
        by = By(tenant=tenant, actor=_OPERATOR, cause="what-if")
        await self._engine.handler.handle([Asked(one, tenant) for one in commands], by)

    # --- the end of a day --------------------------------------------------------------------

    async def _ended(self, night: _Midnight) -> None:
        """How its addresses stand, and then what accounting says of the day."""
        engine, date = self._engine, self._fleet.start + timedelta(days=night.day - 1)
        hours: dict[datetime, dict[IpAddr, ByProvider]] = {}
        for one in self._fleet.ips:
            if one.tenant == night.tenant:
                sent, of_ip = self._senders[one.ip].ended(night.at)
                self._days.append(self._day(one, night.day, sent))
                for hour, found in of_ip.items():
                    hours.setdefault(hour, {})[one.ip] = found
        engine.clock.jump(night.at)
        looked = New(engine.ids(), FilesLooked(node=NODE, files=1))
        read = Slice(stream=TRAFFIC.stream(NODE), tenant=None, events=[looked])
        if not hours:
            await engine.log.append([read], actor=ENGINE, cause="what-if")
            return
        counted = TrafficCounted(
            node=NODE,
            file=f"acct-{date:%Y-%m-%d}.csv",
            end=0,
            day_tz=self._fleet.tenants[night.tenant],
            hours=hours,
        )
        new = New(engine.ids(), counted)
        rows = Slice(stream=TRAFFIC.stream(NODE), tenant=night.tenant, events=[new])
        await engine.log.append([rows, read], actor=ENGINE, cause="what-if")

    def _day(self, one: Ip, day: int, sent: Sent) -> Day:
        row = self._engine.views.get(IPS, f"{one.tenant}/{one.ip}")
        return Day(
            ip=one.ip,
            tenant=one.tenant,
            day=day,
            date=self._fleet.start + timedelta(days=day - 1),
            phase=row.phase,
            reason=row.reason,
            stage=row.stage if row.phase.value == "WARMING" else 0,
            cap=cap(row),
            sent=sent,
            why=why(row),
        )


def _driver(engine: Engine, heard: Callable[[Recorded[Event]], None]) -> Driver:
    return Driver(
        log=engine.log,
        clock=engine.clock,
        views=engine.views,
        reactors=engine.reactors,
        performer=engine.performer,
        heard=heard,
    )
