"""When systemd hears that the engine is well, and when it does not."""

import asyncio
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from engine.adapters.systemd import Systemd
from engine.app import watchdog as room
from engine.app.watchdog import Vitals, watchdog
from engine.errors import LogUnavailable
from engine.ids import Position
from tests.support.spec import DAY_1


class Stage:
    """An engine whose parts do as they are told."""

    def __init__(self) -> None:
        self.log_away_since: datetime | None = None
        self.lives = True
        self.wake: datetime | None = None
        self.log: BaseException | None = None
        self.hangs = False
        self.vitals = Vitals(self, self.head, self)

    def alive(self) -> bool:
        return self.lives

    def next_wake(self) -> datetime | None:
        return self.wake

    def now(self) -> datetime:
        return DAY_1

    async def wait_until(self, instant: datetime) -> None:
        raise AssertionError("real seconds only")

    async def head(self) -> Position:
        if self.hangs:
            await asyncio.Event().wait()
        if self.log is not None:
            raise self.log
        return Position(1)

    async def reasons(self) -> str:
        await self.vitals.look()
        return "; ".join(self.vitals.reasons)


@pytest.fixture
def stage() -> Stage:
    return Stage()


async def test_all_is_well(stage: Stage) -> None:
    stage.wake = DAY_1 + timedelta(hours=1)
    assert await stage.reasons() == ""


async def test_a_pump_that_ends_no_pass_is_not_well(stage: Stage) -> None:
    stage.lives = False
    assert "pump has ended no pass" in await stage.reasons()


async def test_a_log_that_is_away_is_nothing_that_a_restart_would_mend(stage: Stage) -> None:
    stage.log = LogUnavailable("away")
    stage.log_away_since = DAY_1
    stage.wake = DAY_1 - timedelta(hours=1)
    assert await stage.reasons() == ""


async def test_a_log_that_does_not_even_fail_is_not_well(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "ANSWER_S", 0.001)
    stage.hangs = True
    assert "neither answers nor fails" in await stage.reasons()


async def test_an_agenda_that_nobody_looks_at_is_not_well(stage: Stage) -> None:
    stage.wake = DAY_1 - room.OVERDUE + timedelta(seconds=1)
    assert await stage.reasons() == ""
    stage.wake = DAY_1 - room.OVERDUE
    assert "by 2026-01-05T08:55:00Z" in await stage.reasons()


class Heard(Systemd):
    def __init__(self) -> None:
        super().__init__("")
        self.lines: list[str] = []

    def tell(self, *lines: str) -> None:
        self.lines += lines


async def _watch(
    stage: Stage, every_s: float, lives: list[bool], times: list[float] | None = None
) -> tuple[list[str], list[float]]:
    """One look for each of ``lives``, in no time."""
    systemd, waits = Heard(), []
    steps, clock = iter(lives), iter(times or [])

    async def wait(seconds: float) -> None:
        waits.append(seconds)
        try:
            stage.lives = next(steps)
        except StopIteration:
            raise asyncio.CancelledError from None

    with pytest.raises(asyncio.CancelledError):
        await watchdog(systemd, every_s, stage.vitals, wait=wait, now=lambda: next(clock, 0.0))
    return systemd.lines, waits


async def test_systemd_hears_twice_within_its_time_as_long_as_all_is_well(stage: Stage) -> None:
    lines, waits = await _watch(stage, 30, [True, True, False, False, True])
    assert lines == ["WATCHDOG=1"] * 3
    assert set(waits) == {15.0}


async def test_where_systemd_does_not_watch_people_can_still_ask(stage: Stage) -> None:
    lines, _ = await _watch(stage, 0, [True, False])
    assert lines == []
    assert stage.vitals.reasons


async def test_what_is_wrong_is_said_once_and_so_is_its_end(stage: Stage) -> None:
    with capture_logs() as said:
        await _watch(stage, 30, [True, False, False, True, True])
    assert [one["event"] for one in said] == ["engine.unwell", "engine.well"]


@pytest.mark.parametrize(("came", "late"), [(117.0, 2.0), (115.0, 0.0), (114.0, 0.0)])
async def test_how_late_the_loop_came_is_kept(stage: Stage, came: float, late: float) -> None:
    await _watch(stage, 30, [True], [100.0, came])
    assert stage.vitals.late_s == late
