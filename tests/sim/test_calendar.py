"""Warm-ups through the odd days of a calendar, and of an engine that was off for a while."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.app import whatif
from engine.app.whatif.fleet_file import read
from engine.events.ip import StageEntered
from engine.ids import IpAddr
from tests.support.spec import DAY_1, day
from tests.support.world import World, virtually

pytestmark = pytest.mark.sim

A = IpAddr("198.51.100.1")


def begun(start: str, day_tz: str, **more: Any) -> list[tuple[int, datetime]]:
    """Each stage, and when it began by the tenant's clock."""
    given = {
        "start": date.fromisoformat(start),
        "tenants": [{"slug": "acme", "day_tz": day_tz}],
        "ips": [{"address": A, "tenant": "acme", "volume": "20000/day", **more}],
    }
    result = whatif.simulate(read(given, "a test"), weeks=4, seed=1)
    return [
        (one.event.stage, one.at.astimezone(ZoneInfo(day_tz)))
        for one in result.story
        if isinstance(one.event, StageEntered)
    ]


@pytest.mark.parametrize(
    ("start", "day_tz"),
    [
        ("2026-03-16", "Europe/Paris"),  # 23 hours on the 29th
        ("2026-10-19", "Europe/Paris"),  # 25 hours on the 25th
        ("2026-03-02", "America/New_York"),
        ("2026-03-30", "Australia/Lord_Howe"),  # half an hour, on 5 April
        ("2026-04-20", "Africa/Cairo"),  # the 24th has no midnight: it begins at 1
    ],
)
def test_a_stage_has_its_seven_days_though_one_of_them_is_longer_or_shorter(
    start: str, day_tz: str
) -> None:
    found = begun(start, day_tz)
    first = date.fromisoformat(start)
    weeks = [(n + 1, first + timedelta(days=7 * n)) for n in range(4)]
    assert [(stage, at.date()) for stage, at in found] == weeks
    assert {at.hour for stage, at in found if stage > 1} <= {0, 1}


def test_the_leap_day_is_one_of_the_seven() -> None:
    found = begun("2028-02-21", "Europe/Paris")
    assert [at.date().isoformat() for _, at in found] == [
        "2028-02-21", "2028-02-28", "2028-03-06", "2028-03-13",
    ]  # fmt: skip


def test_an_engine_that_was_off_for_ten_days_enters_one_stage_and_not_the_calendars() -> None:
    """Stages 2 and 3 were due meanwhile; the second has not had one day yet."""

    async def story() -> list[tuple[int, int]]:
        world = World()
        await world.let("act")
        await world.register_node()
        await world.warm_up()
        await world.run(day(5))
        await asyncio.sleep((day(15) - world.clock.now()).total_seconds())
        await world.run(day(23))
        return [
            ((one.at.date() - DAY_1.date()).days + 1, one.event.stage)
            for one in await world.story()
            if isinstance(one.event, StageEntered)
        ]

    assert virtually(story) == [(1, 1), (15, 2), (22, 3)]
