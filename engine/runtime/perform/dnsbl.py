"""Asking block lists.  Looks that start in one moment share a round, and so its test points."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence

from engine.effects.dnsbl import LookUp
from engine.events.dnsbl import DNSBL, DnsblLooked
from engine.events.zone import ZONE, ZoneHealthChanged
from engine.ids import EventId, IpAddr, Zone
from engine.ports import Ids, Log, New, Resolver, Slice
from engine.rules import dnsbl
from engine.rules.dnsbl_catalogue import CATALOGUE_VERSION, DEFAULT, Catalogue
from engine.rules.dnsbl_health import Finding
from engine.runtime.notes import ENGINE
from engine.runtime.perform.dnsbl_round import Outcome, ZoneRound
from engine.values.verdict import Health

GATHER_S = 0.01  # real seconds; what the pump starts in one pass starts within them
DEAD_S = dnsbl.EVERY.total_seconds() - 300  # looks come every 4 h, give or take

Outcomes = Mapping[Zone, Outcome]


class _Round:
    """Looks that wait for company, and how it ended for them."""

    def __init__(self, first: LookUp) -> None:
        self.looks: dict[IpAddr, LookUp] = {first.ip: first}
        self.full = asyncio.Event()
        self.over = asyncio.Event()
        self.done = False
        self.failure: Exception | None = None

    def takes(self, look: LookUp) -> bool:
        return not self.full.is_set() and look.ip not in self.looks

    def add(self, look: LookUp) -> None:
        self.looks[look.ip] = look
        if len(self.looks) == dnsbl.ROUND_MAX:
            self.full.set()


class Rounds:
    """The performer of all ``LookUp`` effects of this process."""

    def __init__(
        self,
        *,
        resolver: Resolver,
        log: Log,
        ids: Ids,
        health_of: Callable[[Zone], Health | None],  # the last known; None: never tested
        random_ip: Callable[[], IpAddr],  # nobody ever sent from it: dnsbl_health.unused_ip
        catalogue: Catalogue = DEFAULT,
        gather_s: float = GATHER_S,
    ) -> None:
        self._resolver = resolver
        self._log = log
        self._ids = ids
        self._health_of = health_of
        self._random_ip = random_ip
        self._catalogue = catalogue
        self._gather_s = gather_s
        self._open: _Round | None = None
        self._dead: dict[Zone, float] = {}  # when its test points failed, by the loop's clock

    async def look_up(self, effect: LookUp) -> None:
        """Returns once the round's events are in the log; raises what the append raised.  The
        first of a round works for all; if it is cancelled, the others begin another.
        """
        found = self._open
        if found is None or not found.takes(effect):
            self._open = led = _Round(effect)
            await self._lead(led)
            return
        found.add(effect)
        await found.over.wait()
        if found.failure is not None:
            raise found.failure
        if not found.done:
            await self.look_up(effect)

    async def _lead(self, led: _Round) -> None:
        try:
            await self._gather(led)
            await self._look(tuple(led.looks.values()))
            led.done = True
        except Exception as failure:
            led.failure = failure
            raise
        finally:
            led.over.set()

    async def _gather(self, led: _Round) -> None:
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._gather_s):
                    await led.full.wait()
        finally:
            if self._open is led:
                self._open = None

    # --- one round ---------------------------------------------------------------------------

    async def _look(self, looks: Sequence[LookUp]) -> None:
        outcomes = await self._ask(looks)
        number = self._ids()
        slices = [
            *(self._looked(look, outcomes, number) for look in looks),
            *self._health(outcomes),
        ]
        await self._log.append(slices, actor=ENGINE, cause=number)

    async def _ask(self, looks: Sequence[LookUp]) -> Outcomes:
        runs: dict[Zone, asyncio.Task[Outcome]] = {}
        outcomes: dict[Zone, Outcome] = {}
        async with asyncio.TaskGroup() as tasks:
            for zone, ips in self._wanted(looks).items():
                if self._rests(zone, looks):
                    outcomes[zone] = self._passed_over(zone, ips)
                else:
                    runs[zone] = tasks.create_task(self._zone(zone).run(ips))
        return {**outcomes, **{zone: run.result() for zone, run in runs.items()}}

    def _zone(self, zone: Zone) -> ZoneRound:
        return ZoneRound(
            zone,
            resolver=self._resolver,
            catalogue=self._catalogue,
            random_ip=self._random_ip,
        )

    def _wanted(self, looks: Sequence[LookUp]) -> dict[Zone, list[IpAddr]]:
        wanted: dict[Zone, list[IpAddr]] = {}
        for look in looks:
            for zone in dnsbl.to_ask(look.zones, self._catalogue):
                wanted.setdefault(zone, []).append(look.ip)
        return wanted

    def _rests(self, zone: Zone, looks: Sequence[LookUp]) -> bool:
        """A dead zone is tested every 4 h, unless a look names it."""
        if zone not in self._dead:
            return False
        named = (dnsbl.to_ask(one.zones, self._catalogue) for one in looks if one.zones)
        since = asyncio.get_running_loop().time() - self._dead[zone]
        return since < DEAD_S and not any(zone in zones for zones in named)

    def _passed_over(self, zone: Zone, ips: Sequence[IpAddr]) -> Outcome:
        return Outcome(None, dict.fromkeys(ips, dnsbl.unasked(zone, "dead", self._catalogue)))

    # --- what goes into the log --------------------------------------------------------------

    def _looked(self, look: LookUp, outcomes: Outcomes, number: EventId) -> Slice:
        answers = {
            zone: answer
            for outcome in outcomes.values()
            for zone, answer in outcome.said.get(look.ip, {}).items()
        }
        event = DnsblLooked(ip=look.ip, round=number, answers=answers, catalogue=CATALOGUE_VERSION)
        news = [New(self._ids(), event)]
        return Slice(stream=DNSBL.stream(look.ip), tenant=look.tenant, events=news)

    def _health(self, outcomes: Outcomes) -> Iterator[Slice]:
        """News of the zones, and of the parts that are read from their answers."""
        for zone, outcome in outcomes.items():
            if outcome.finding is not None:
                self._mourn(zone, outcome.finding)
                for one in (zone, *dnsbl.parts(zone, self._catalogue)):
                    yield from self._changed(one, outcome.finding)

    def _mourn(self, zone: Zone, finding: Finding) -> None:
        if finding.health == "dead":
            self._dead[zone] = asyncio.get_running_loop().time()
        else:
            self._dead.pop(zone, None)

    def _changed(self, zone: Zone, finding: Finding) -> Iterator[Slice]:
        if self._health_of(zone) != finding.health:
            event = ZoneHealthChanged(zone=zone, health=finding.health, why=finding.why)
            news = [New(self._ids(), event)]
            yield Slice(stream=ZONE.stream(zone), tenant=None, events=news)
