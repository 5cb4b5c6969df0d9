"""The reading loop by itself: whom it asks, when, and when it is at rest."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from engine.effects import Effect
from engine.errors import LogUnavailable
from engine.events.effect import EFFECT, EffectStuck
from engine.ids import Actor, EffectKey, EventId, Position
from engine.ports import New, Slice
from engine.projections.effects import EFFECTS, Wish
from engine.reactors.reactor import Agenda, Reactor
from engine.runtime.imaging import Imaging
from engine.runtime.pump import Pace, Pump
from engine.runtime.views import Views
from engine.store.memory import MemoryDatabase
from engine.store.memory_images import MemoryImages
from engine.store.memory_models import MemoryReadModels
from tests.support.small_pump import AwayLog
from tests.support.spec import DAY_1
from tests.support.world import VirtualClock, virtually

MINUTE = timedelta(minutes=1)


def after(minutes: float) -> datetime:
    return DAY_1 + minutes * MINUTE


class Idle:
    """A performer that has nothing to do."""

    def __init__(self) -> None:
        self.ended, self.idle = asyncio.Event(), True
        self.started: list[Position] = []

    def ask(self, owner: object, effects: Sequence[Effect]) -> None:
        del owner, effects

    def start(self, at: Position, tasks: asyncio.TaskGroup) -> None:
        del tasks
        self.started.append(at)


class Bench:
    """``wakes``: of each key, when its reactor wants to look again."""

    def __init__(self, *, batch_max: int = 1_000, nap_max: timedelta = timedelta(hours=9)) -> None:
        self.clock, self.database = VirtualClock(), MemoryDatabase()
        self.log = AwayLog(self.clock, self.database)
        self.views, self.performer = Views([EFFECTS]), Idle()
        self.asked: list[tuple[str, datetime, Position]] = []  # key, when, how far it had read
        self.wakes: dict[str, datetime | None] = {}
        self._ids = count(1)
        watched = Reactor(name="watched", reads=EFFECTS, react=self._react)
        images = MemoryImages(self.log)
        performer: Any = self.performer
        self.pump = Pump(
            log=self.log,
            clock=self.clock,
            views=self.views,
            models=MemoryReadModels(self.log),
            reactors=[watched],
            performer=performer,
            mend=self._mend,
            imaging=Imaging(
                log=self.log,
                images=images,
                views=self.views,
                projections=[EFFECTS],
                every=1_000_000,
            ),
            pace=Pace(batch_max, nap_max),
        )

    def _react(self, view: Wish, now: datetime) -> Agenda:
        read = max(one.since for one in self.views.of(EFFECTS).values())
        self.asked.append((view.key, now, read))
        wake_at = self.wakes.get(view.key)
        return Agenda(wake_at=wake_at if wake_at and wake_at > now else None)

    async def _mend(self, views: Views, position: Position) -> None:
        del views, position

    async def happen(self, *keys: str) -> None:
        for key in keys:
            event = EffectStuck(key=EffectKey(key), effect="x")
            new = New(EventId(f"00000000-0000-7000-8000-{next(self._ids):012x}"), event)
            news = Slice(stream=EFFECT.stream(key), tenant=None, events=[new])
            await self.log.append([news], actor=Actor("test"), cause="test")

    async def until(self, minutes: float) -> None:
        await self.clock.wait_until(after(minutes))

    def keys_at(self) -> list[tuple[str, float]]:
        """Who was asked, and at which minute."""
        return [(key, round((at - DAY_1) / MINUTE, 2)) for key, at, _ in self.asked]


@asynccontextmanager
async def running(bench: Bench) -> AsyncIterator[None]:
    task = asyncio.ensure_future(bench.pump.run())
    try:
        yield
        assert not task.done()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def played(story: Callable[[Bench], Coroutine[Any, Any, None]], **how: Any) -> Bench:
    async def whole() -> Bench:
        bench = Bench(**how)
        await story(bench)
        return bench

    return virtually(whole)


def test_nobody_is_asked_before_the_head_and_then_each_key_once() -> None:
    async def story(bench: Bench) -> None:
        await bench.happen("a", "b", "a", "c", "a")
        async with running(bench):
            await bench.until(1)

    for size in (1, 2, 1_000):
        bench = played(story, batch_max=size)
        assert [(key, read) for key, _, read in bench.asked] == [("a", 5), ("b", 5), ("c", 5)]
        assert bench.performer.started[0] == 5


def test_who_has_a_time_is_asked_then_once_though_nothing_happened() -> None:
    async def story(bench: Bench) -> None:
        await bench.happen("a", "b")
        bench.wakes = {"a": after(30), "b": after(10)}
        async with running(bench):
            await bench.until(60)

    assert played(story).keys_at() == [("a", 0), ("b", 0), ("b", 10), ("a", 30)]


def test_a_time_that_was_moved_counts_as_it_was_said_last() -> None:
    async def story(bench: Bench) -> None:
        bench.wakes = {"later": after(10), "sooner": after(30), "back": after(20), "gone": after(5)}
        await bench.happen(*bench.wakes)
        async with running(bench):
            await bench.until(1)
            bench.wakes = {"later": after(40), "sooner": after(3), "back": after(50)}
            await bench.happen("later", "sooner", "back", "gone")
            await bench.until(2)
            bench.wakes["back"] = after(20)
            await bench.happen("back")
            await bench.until(60)

    woken = [one for one in played(story).keys_at() if one[1] not in (0, 1, 2)]
    assert woken == [("sooner", 3), ("back", 20), ("later", 40)]


def test_a_nap_is_no_longer_than_its_limit() -> None:
    async def story(bench: Bench) -> None:
        bench.wakes = {"a": after(60)}
        await bench.happen("a")
        async with running(bench):
            await bench.until(4.5)
            assert bench.pump.alive()

    assert len(played(story, nap_max=MINUTE).performer.started) == 5
    assert len(played(story).performer.started) == 1


def test_the_end_of_an_effect_ends_a_nap() -> None:
    async def story(bench: Bench) -> None:
        async with running(bench):
            await bench.until(1)
            bench.performer.ended.set()
            await bench.until(2)
            assert not bench.performer.ended.is_set()

    assert len(played(story).performer.started) == 2


def test_at_rest_is_at_the_head_napping_and_nothing_under_way() -> None:
    async def story(bench: Bench) -> None:
        await bench.happen("a")
        assert not await bench.pump.at_rest(), "nothing was read yet"
        async with running(bench):
            await bench.until(1)
            assert await bench.pump.at_rest()
            bench.performer.idle = False
            assert not await bench.pump.at_rest()
            bench.performer.idle = True
            await bench.happen("a")
            assert not await bench.pump.at_rest(), "what was just written is not read yet"
            await bench.until(2)
            assert await bench.pump.at_rest()

    played(story)


def test_while_the_log_is_away_nobody_is_asked_and_it_is_said_since_when() -> None:
    async def story(bench: Bench) -> None:
        await bench.happen("a")
        async with running(bench):
            await bench.until(1)
            await bench.happen("b")
            bench.log.away = True
            await bench.until(2)
            assert bench.pump.log_away_since == after(1)
            assert bench.pump.alive()
            bench.log.away = False
            await bench.until(3)
            assert bench.pump.log_away_since is None

    assert [key for key, _ in played(story).keys_at()] == ["a", "b"]


def test_rows_that_could_not_be_written_are_written_before_anybody_is_asked() -> None:
    async def story(bench: Bench) -> None:
        models: Any = bench.pump._models
        write, fails = models.write, [1, 2, 3]

        async def failing(rows: Any, *, was: Position, now: Position) -> None:
            if fails:
                fails.pop()
                raise LogUnavailable
            await write(rows, was=was, now=now)

        models.write = failing
        await bench.happen("a")
        async with running(bench):
            await bench.until(1)
            assert list(bench.database.rows["effects"]) == ["a"]
            assert bench.pump.position == 1

    assert played(story).keys_at() == [("a", 0.05)]
