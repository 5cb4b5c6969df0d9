"""The one reading loop of the process.

A pass reads to the head it saw when it began, folding each event into every view it concerns and
writing the changed rows with the checkpoint.  Only there, and never before, it asks the reactors
of the touched and due keys, and hands their agendas to the performer.  So a start folds the whole
log before anything acts, and a batch boundary can never be mistaken for the present.
"""

import asyncio
import heapq
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from engine.errors import LogUnavailable
from engine.ids import Position
from engine.ports import Clock, Log, Page, ReadModels
from engine.reactors.reactor import Reactor
from engine.runtime.imaging import Imaging
from engine.runtime.performer import LOG_AWAY_S, Owner, Performer
from engine.runtime.real import pause
from engine.runtime.sharing import share
from engine.runtime.views import Views

BATCH_MAX = 1_000  # events
NAP_MAX = timedelta(minutes=1)  # wall clocks get stepped; look again at least this often


class Pace(NamedTuple):
    batch_max: int
    nap_max: timedelta


Mend = Callable[[Views, Position], Awaitable[None]]


class Pump:
    def __init__(  # noqa: PLR0913 - here all of it meets
        self,
        *,
        log: Log,
        clock: Clock,
        views: Views,
        models: ReadModels,
        reactors: Sequence[Reactor[Any]],
        performer: Performer,
        mend: Mend,
        imaging: Imaging,
        pace: Pace,
    ) -> None:
        self._log = log
        self._clock = clock
        self._views = views
        self._models = models
        self._reactors = reactors
        self._performer = performer
        self._mend = mend  # the rows, once, before anything acts
        self.mended = asyncio.Event()
        self._imaging = imaging
        self._begun = False
        self._pace = pace
        self._position = Position(0)  # folded
        self._written = Position(0)  # rows stand there
        self._napping = False
        self._advanced = asyncio.Event()
        self._touched: set[tuple[str, str]] = set()  # since the reactors were last asked
        self._between = asyncio.Lock()
        self._wakes: dict[Owner, datetime] = {}
        self._soonest: list[tuple[datetime, Owner]] = []  # a heap; stale ones are passed over
        self._passed = False
        self.log_away_since: datetime | None = None

    async def run(self) -> None:
        """Never returns.  An effect that raises is a bug, and ends the process with it."""
        async with asyncio.TaskGroup() as effects:
            while True:
                try:
                    async with self._between:
                        await self._begin()
                        await self._pass(effects)
                except LogUnavailable:
                    self.log_away_since = self.log_away_since or self._clock.now()
                    await pause(LOG_AWAY_S)
                else:
                    self.log_away_since = None
                    await self._nap()

    @property
    def position(self) -> Position:
        """How far rows and views stand."""
        return min(self._position, self._written) if self.mended.is_set() else Position(0)

    def held(self) -> AbstractAsyncContextManager[None]:
        """Between two passes, as long as it lasts: views and rows stand still at ``position``."""
        return self._between

    async def reached(self, position: Position) -> None:
        """Return once every reader sees what stands at ``position``."""
        while self.position < position:
            await self._advanced.wait()

    async def at_rest(self) -> bool:
        """At the head and nothing under way: a simulated clock may jump."""
        read = self._position == await self._log.head()
        return read and self._napping and self._performer.idle

    def alive(self) -> bool:
        """Has a pass ended since the last time somebody asked, or does a log that is away explain
        why not?  A nap is no longer than its limit, so a pump that is well always answers yes.
        """
        passed, self._passed = self._passed, False
        return passed or self._napping or self.log_away_since is not None

    def next_wake(self) -> datetime | None:
        return min(self._wakes.values(), default=None)

    async def _begin(self) -> None:
        """From an image, once.  None beyond the rows is taken: what lies between must be written.
        All its views count as touched, for no reactor was asked about them yet.
        """
        if self._begun:
            return
        self._written = await self._models.checkpoint()
        upto = min(self._written, await self._log.head())
        self._position = await self._imaging.begin(Position(upto))
        self._touched, self._begun = set(self._views.all_keys()), True

    async def _pass(self, effects: asyncio.TaskGroup) -> None:
        head = await self._log.head()
        self._performer.ended.clear()
        size = self._pace.batch_max
        async with aclosing(self._log.pages(self._position, head, size=size)) as pages:
            async for page in pages:
                await self._fold(page)
                await self._imaging.soon(self._position, effects)
        if not self.mended.is_set():
            await self._mend(self._views, self._position)
            self._written = self._position
            self.mended.set()
            self._advance()
        now = self._clock.now()
        touched, due = _by_name(self._touched), _by_name(self._pop_due(now))
        self._touched = set()
        for reactor in self._reactors:
            for key in sorted(touched[reactor.reads.name] | due[reactor.name]):
                self._ask(reactor, key, now)
        self._performer.start(self._position, effects)
        self._passed = True

    async def _fold(self, page: Page) -> None:
        """What a start folds again is in the rows already."""
        changed: set[tuple[str, str]] = set()
        known: dict[Any, Any] = {}
        for recorded in page.events:
            share(recorded.event, known)
            of_it = list(self._views.fold(recorded))
            self._touched.update(of_it)
            if recorded.position > self._written:
                changed.update(of_it)
        self._position = end = page.end
        if end > self._written:
            rows = [self._views.row(*one) for one in sorted(changed)]
            await self._write(rows, end)
        self._advance()

    async def _write(self, rows: Sequence[Any], now: Position) -> None:
        """The views have moved on, so this batch is written again until it is."""
        while True:
            try:
                await self._models.write(rows, was=self._written, now=now)
            except LogUnavailable:
                self.log_away_since = self.log_away_since or self._clock.now()
                await pause(LOG_AWAY_S)
            else:
                self._written = now
                return

    def _advance(self) -> None:
        self._advanced.set()
        self._advanced = asyncio.Event()

    def _pop_due(self, now: datetime) -> set[Owner]:
        """Whose time has come.  What was asked meanwhile has another time, or none."""
        due: set[Owner] = set()
        while self._soonest and self._soonest[0][0] <= now:
            at, owner = heapq.heappop(self._soonest)
            if self._wakes.get(owner) == at:
                del self._wakes[owner]
                due.add(owner)
        return due

    def _ask(self, reactor: Reactor[Any], key: str, now: datetime) -> None:
        owner = (reactor.name, key)
        agenda = reactor.react(self._views.get(reactor.reads, key), now)
        self._performer.ask(owner, agenda.effects)
        before = self._wakes.pop(owner, None)
        if agenda.wake_at:
            self._wakes[owner] = agenda.wake_at
            if agenda.wake_at != before:
                heapq.heappush(self._soonest, (agenda.wake_at, owner))

    async def _nap(self) -> None:
        self._napping = True
        while self._soonest and self._wakes.get(self._soonest[0][1]) != self._soonest[0][0]:
            heapq.heappop(self._soonest)
        latest = self._clock.now() + self._pace.nap_max
        wake_at = min(self._soonest[0][0], latest) if self._soonest else latest
        await _first(
            self._log.wait_beyond(self._position),
            self._clock.wait_until(wake_at),
            self._ended(),
        )
        self._napping = False

    async def _ended(self) -> None:
        await self._performer.ended.wait()


def _by_name(keys: Iterable[tuple[str, str]]) -> defaultdict[str, set[str]]:
    named: defaultdict[str, set[str]] = defaultdict(set)
    for name, key in keys:
        named[name].add(key)
    return named


async def _first(*waits: Coroutine[Any, Any, None]) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(wait) for wait in waits]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
