"""The engine's clock never goes back and never stands still, and says when it was set."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from engine.adapters.system import SystemClock
from engine.events import Event
from engine.events.engine import ClockStepped
from engine.ids import EngineId, EventId
from engine.ports import Step
from engine.runtime import clock_steps
from tests.support.small_pump import AwayLog
from tests.support.spec import DAY_1
from tests.support.world import VirtualClock, virtually

START = datetime(2026, 1, 5, 9, tzinfo=UTC)


class Machine:
    """Its wall clock can be set; what really passes cannot."""

    def __init__(self) -> None:
        self.wall, self.real_s = START, 1_000.0
        self.clock = SystemClock(lambda: self.wall, lambda: self.real_s)

    def passes(self, minutes: float) -> datetime:
        self.wall += timedelta(minutes=minutes)
        self.real_s += minutes * 60
        return self.clock.now()

    def is_set(self, minutes: float) -> datetime:
        self.wall += timedelta(minutes=minutes)
        return self.clock.now()


def test_it_follows_the_wall_clock() -> None:
    machine = Machine()
    assert machine.passes(5) == START + timedelta(minutes=5)
    assert machine.clock.stepped() is None


def test_put_back_it_goes_on_at_half_the_pace_until_the_wall_clock_has_caught_up() -> None:
    machine = Machine()
    assert machine.is_set(-60) == START
    assert machine.passes(40) == START + timedelta(minutes=20)
    assert machine.passes(30) == START + timedelta(minutes=35)
    assert machine.passes(60) == machine.wall == START + timedelta(minutes=70)


@pytest.mark.parametrize("minutes", [-11, 11, 600, -60 * 24 * 400])
def test_a_step_of_more_than_ten_minutes_is_said(minutes: float) -> None:
    machine = Machine()
    machine.passes(30)
    before = machine.clock.now()
    now = machine.is_set(minutes)
    assert machine.clock.stepped() == Step(now, round(minutes * 60))
    assert now >= before
    assert machine.passes(1) > now
    assert machine.clock.stepped() == Step(now, round(minutes * 60)), "once"


@pytest.mark.parametrize("minutes", [-10, 10, 3])
def test_a_smaller_one_is_not(minutes: float) -> None:
    machine = Machine()
    machine.is_set(minutes)
    assert machine.clock.stepped() is None


def test_small_steps_add_up() -> None:
    machine = Machine()
    machine.is_set(6)
    machine.passes(60)
    machine.is_set(5)
    assert machine.clock.stepped() == Step(machine.wall, 660)


def test_a_start_goes_on_from_the_end_of_the_log() -> None:
    machine = Machine()
    machine.clock.not_before(START + timedelta(minutes=9))
    assert machine.clock.now() == START + timedelta(minutes=9)
    assert machine.clock.stepped() is None
    machine.clock.not_before(START + timedelta(hours=3))
    assert machine.clock.stepped() == Step(START + timedelta(hours=3), -171 * 60)


def test_a_start_after_the_end_of_the_log_is_nothing_new() -> None:
    machine = Machine()
    machine.clock.not_before(START - timedelta(days=9))
    assert (machine.clock.now(), machine.clock.stepped()) == (START, None)


def test_it_is_waited_for_as_long_as_it_takes() -> None:
    """A clock that goes at half the pace is not there when the seconds have passed."""

    async def waits() -> tuple[float, float]:
        loop = asyncio.get_running_loop()
        wall = [DAY_1]

        def now() -> datetime:
            return wall[0] + timedelta(seconds=loop.time())

        clock = SystemClock(now, loop.time)
        wall[0] -= timedelta(minutes=30)
        begun = loop.time()
        await clock.wait_until(clock.now() + timedelta(minutes=10))
        return begun, loop.time()

    begun, ended = virtually(waits)
    assert ended - begun == pytest.approx(1_200, abs=1)


def test_each_step_is_written_down_once_and_after_the_log_was_away() -> None:
    async def story() -> list[Event]:
        log, step = AwayLog(VirtualClock()), Step(DAY_1, -3_600)
        ids = (EventId(f"00000000-0000-7000-8000-{n:012x}") for n in range(99))
        seen: list[Step | None] = [None, step, step, step, step, step]

        async def wait(_s: float) -> None:
            seen.pop(0)
            log.away = len(seen) == 4
            if len(seen) == 1:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            await clock_steps.watch(
                lambda: seen[0], log, lambda: next(ids), EngineId("main"), wait=wait
            )
        log.away = False
        return [one.event for one in await log.read_from(0, 99)]  # type: ignore[arg-type]

    assert virtually(story) == [ClockStepped(engine=EngineId("main"), by_s=-3_600, at=DAY_1)]
