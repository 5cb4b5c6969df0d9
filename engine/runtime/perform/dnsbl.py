"""Asking block lists.  Looks that start in one moment share a round, and so its test points."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import timedelta

from engine.effects.dnsbl import LookUp
from engine.ids import IpAddr, Zone
from engine.ports import Clock, Ids, Log, Resolver
from engine.rules import dnsbl
from engine.runtime.notes import ENGINE
from engine.runtime.perform import dnsbl_plan, dnsbl_record
from engine.runtime.perform.dnsbl_plan import Known, Plan
from engine.runtime.perform.dnsbl_record import Outcomes
from engine.runtime.perform.dnsbl_round import Bulk, Outcome, ZoneRound

SOONER = timedelta(hours=1)
GATHER_S = 0.01  # real seconds; what the pump starts in one pass starts within them


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
        known: Known,  # the fleet and the lists
        clock: Clock,
        random_ip: Callable[[], IpAddr],  # nobody ever sent from it: dnsbl_health.unused_ip
        bulk: Bulk | None = None,  # the same name server, much faster
        sooner: timedelta = SOONER,  # between two looks at who deserves it
    ) -> None:
        self._resolver = resolver
        self._log = log
        self._ids = ids
        self._clock = clock
        self._known = known
        self._random_ip = random_ip
        self._sooner = sooner
        self._bulk = bulk
        self._open: _Round | None = None

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
                async with asyncio.timeout(GATHER_S):
                    await led.full.wait()
        finally:
            if self._open is led:
                self._open = None

    # --- one round ---------------------------------------------------------------------------

    async def _look(self, looks: Sequence[LookUp]) -> None:
        number = self._ids()
        plan = dnsbl_plan.plan(self._known, looks, number, self._clock.now())
        outcomes = await self._ask(plan)
        slices = dnsbl_record.slices(self._known, plan, outcomes, number, self._ids, self._sooner)
        await self._log.append(slices, actor=ENGINE, cause=number)

    async def _ask(self, plan: Plan) -> Outcomes:
        runs: dict[Zone, asyncio.Task[Outcome]] = {}
        async with asyncio.TaskGroup() as tasks:
            for zone, ips in plan.asks.items():
                runs[zone] = tasks.create_task(self._zone(zone).run(ips))
        return {zone: run.result() for zone, run in runs.items()}

    def _zone(self, zone: Zone) -> ZoneRound:
        return ZoneRound(
            zone,
            resolver=self._resolver,
            catalogue=self._known.catalogue,
            random_ip=self._random_ip,
            bulk=self._bulk,
        )
