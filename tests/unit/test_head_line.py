"""The head of the log in the process's own log."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from engine.app import head_line
from tests.support import samples
from tests.support.api_world import SOS, ApiWorld, api_world
from tests.support.happenings import happens
from tests.support.spec import IP


class _Enough(Exception):
    pass


async def lines(world: ApiWorld, steps: list[timedelta]) -> list[int]:
    """The positions that are said while the engine's clock makes these steps."""

    async def wait(seconds: float) -> None:
        assert seconds == head_line.LOOK_S
        if not steps:
            raise _Enough
        world.clock.at += steps.pop(0)

    with capture_logs() as said, pytest.raises(_Enough):
        await head_line.hourly(world.log, world.clock, wait=wait)
    return [line["position"] for line in said if line["event"] == "log.head"]


async def test_the_head_is_said_once_an_hour_by_the_engines_clock() -> None:
    async with api_world() as world:
        end = await happens(world, SOS, f"ip-{IP}", samples.registered())
        minutes = [timedelta(minutes=20)] * 7
        assert await lines(world, minutes) == [end, end]
        assert await lines(world, [timedelta(days=3)] * 2) == [end, end]


async def test_a_log_that_is_away_is_said_once_it_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with api_world() as world:
        end = await happens(world, SOS, f"ip-{IP}", samples.registered())
        steps = [timedelta(hours=1), timedelta(minutes=1), timedelta(minutes=1)]
        tip, asked = world.log.tip, [False, True]

        async def away() -> object:
            world.log.away = asked.pop(0) if asked else False
            world.log._there()
            return await tip()

        asked.reverse()
        monkeypatch.setattr(world.log, "tip", away)
        assert await lines(world, steps) == [end]


async def test_the_line_holds_the_digest_that_can_be_kept() -> None:
    async with api_world() as world:
        await happens(world, SOS, f"ip-{IP}", samples.registered())
        with capture_logs() as said:
            assert await head_line.say(world.log)
        assert said[0]["digest"] == world.log.database.entries[-1].digest.hex()
