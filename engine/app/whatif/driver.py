"""Folds, asks the reactors, lets the performer work, and jumps to the next wake-up.

It is the pump without what a simulation has no use for: it writes no rows, saves no images, and
never naps.  Where nothing is under way any more, time goes on.
"""

import asyncio
import heapq
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from engine.app.whatif.clock import VirtualClock
from engine.app.whatif.log import UnwrittenLog
from engine.events import Event, Recorded
from engine.ids import Position
from engine.reactors.reactor import Reactor
from engine.runtime.performer import Owner, Performer
from engine.runtime.views import Views

PASSES_MAX = 1_000  # at one moment: whatever needs more never comes to rest
_NONE: frozenset[str] = frozenset()


class Driver:
    def __init__(
        self,
        *,
        log: UnwrittenLog,
        clock: VirtualClock,
        views: Views,
        reactors: Sequence[Reactor[Any]],
        performer: Performer,
        heard: Callable[[Recorded[Event]], None],
    ) -> None:
        self._log, self._clock, self._views = log, clock, views
        self._reactors, self._performer = reactors, performer
        self._heard = heard  # the modelled world learns what it was told
        self._position = Position(0)
        self._wakes: dict[Owner, datetime] = {}
        self._soonest: list[tuple[datetime, Owner]] = []
        self._wishing: set[Owner] = set()

    async def run(self, until: datetime, tasks: asyncio.TaskGroup) -> None:
        """All that happens up to and at ``until``; at rest when it returns."""
        await self._come_to_rest(tasks)
        while (at := self._next()) is not None and at <= until:
            self._clock.jump(at)
            await self._come_to_rest(tasks)
        self._clock.jump(until)

    def _next(self) -> datetime | None:
        while self._soonest and self._wakes.get(self._soonest[0][1]) != self._soonest[0][0]:
            heapq.heappop(self._soonest)
        return self._soonest[0][0] if self._soonest else None

    async def _come_to_rest(self, tasks: asyncio.TaskGroup) -> None:
        for _ in range(PASSES_MAX):
            self._ask(self._fold())
            self._performer.start(self._position, tasks)
            if self._performer.idle:
                return
            await self._performer.settled()
            self._performer.ended.clear()
        raise RuntimeError(f"no rest at {self._clock.now()}: {self._performer.wishes()[:3]}")

    def _fold(self) -> set[tuple[str, str]]:
        touched: set[tuple[str, str]] = set()
        for recorded in self._log.after(self._position):
            touched.update(self._views.fold(recorded))
            self._heard(recorded)
            self._position = recorded.position
        return touched

    def _ask(self, touched: set[tuple[str, str]]) -> None:
        now, due = self._clock.now(), set[Owner]()
        while self._soonest and self._soonest[0][0] <= now:
            at, owner = heapq.heappop(self._soonest)
            if self._wakes.get(owner) == at:
                due.add(owner)
        views, reactors = dict[str, set[str]](), dict[str, set[str]]()
        for found, into in ((touched, views), (due, reactors)):
            for name, key in found:
                into.setdefault(name, set()).add(key)
        for reactor in self._reactors:
            keys = views.get(reactor.reads.name, _NONE) | reactors.get(reactor.name, _NONE)
            for key in sorted(keys):
                self._react(reactor, key, now)

    def _react(self, reactor: Reactor[Any], key: str, now: datetime) -> None:
        owner = (reactor.name, key)
        agenda = reactor.react(self._views.get(reactor.reads, key), now)
        if agenda.effects or owner in self._wishing:
            self._performer.ask(owner, agenda.effects)
            (self._wishing.add if agenda.effects else self._wishing.discard)(owner)
        self._wakes.pop(owner, None)
        if agenda.wake_at:
            self._wakes[owner] = agenda.wake_at
            heapq.heappush(self._soonest, (agenda.wake_at, owner))
