"""Read models made anew while the engine works: compared, and exchanged all at once."""

import asyncio

import msgspec
import pytest
from structlog.testing import capture_logs

from engine.errors import Deposed, ViewsDiffer
from engine.projections.ips import IPS
from engine.store.memory import MemoryLog
from tests.support.rebuilding import (
    AN_HOUR,
    KEY,
    as_the_log_says,
    at_work,
    end_of,
    rebuilt,
    watched,
    worked,
)
from tests.support.world import World, virtually

pytestmark = pytest.mark.sim


def test_the_same_rows_take_the_place_of_the_rows() -> None:
    async def story() -> None:
        world = await worked()
        async with at_work(world):
            before = await world.models.standing()
            assert world.engine.rebuilds.ask("asked for by key:1")
            last = await rebuilt(world)
            assert await as_the_log_says(world)
            after = await world.models.standing()
        assert after.generation == before.generation + 1
        assert (last.why, last.wrong, last.first) == ("asked for by key:1", 0, "")
        assert last.rows == sum(map(len, world.log.database.rows.values()))
        assert last.position == after.position == len(world.log.database.entries)

    virtually(story)


def test_rows_that_somebody_changed_by_hand_are_mended_counted_and_named() -> None:
    async def story() -> tuple[int, str]:
        world = await worked()
        async with at_work(world):
            del world.log.database.rows["ips"][KEY]
            gone = len(world.log.database.rows["zones"])
            world.log.database.rows["zones"].clear()
            world.engine.rebuilds.ask("a test")
            last = await rebuilt(world)
            assert await as_the_log_says(world)
            return last.wrong - gone, last.first

    with capture_logs() as lines:
        assert virtually(story) == (1, f"ips {KEY} is missing")
    mended = [one for one in lines if one["event"] == "views.mended"]
    assert [(one["log_level"], one["first"]) for one in mended] == [
        ("error", f"ips {KEY} is missing")
    ]


def test_what_happens_meanwhile_is_in_the_rows_too() -> None:
    async def story() -> None:
        world = await worked()
        models = watched(world)

        async def more() -> None:
            """After the first piece: rows that are laid already become old."""
            models.laid = None
            await world.let("observe")
            await world.engine.pump.reached(await world.log.head())

        async with at_work(world):
            before, models.laid = world.engine.pump.position, more
            world.engine.rebuilds.ask("a test")
            last = await rebuilt(world)
            assert last.position > before
            assert (last.wrong, await as_the_log_says(world)) == (0, True)

    virtually(story)


def test_the_pump_stands_still_while_rows_are_compared_and_exchanged() -> None:
    async def story() -> None:
        world = await worked()
        models, stood = watched(world), list[bool]()

        async def more() -> None:
            at = world.engine.pump.position
            await world.let("observe")
            await asyncio.sleep(AN_HOUR.total_seconds())
            stood.append(world.engine.pump.position == at == await models.checkpoint())

        async with at_work(world):
            models.compared = more
            world.engine.rebuilds.ask("a test")
            await asyncio.sleep(AN_HOUR.total_seconds())
            assert (await rebuilt(world)).wrong == 0
            await world.engine.pump.reached(await world.log.head())
            assert stood == [True]
            assert await as_the_log_says(world)

    virtually(story)


def test_there_is_one_at_a_time() -> None:
    async def story() -> list[bool]:
        world = await worked()
        async with at_work(world):
            said = [world.engine.rebuilds.ask("a test"), world.engine.rebuilds.ask("a test")]
            await rebuilt(world)
            return [*said, world.engine.rebuilds.ask("a test")]

    assert virtually(story) == [True, False, True]


def test_views_that_the_log_does_not_give_end_the_process_and_leave_right_rows() -> None:
    """Reactors decide by the views in memory, so there is no going on with them."""
    forgotten = list[bool]()

    async def forget() -> None:
        forgotten.append(True)

    async def story() -> World:
        world = await worked()
        world.engine.rebuilds.forget_images = forget

        async def spoil() -> None:
            views = world.engine.views
            wrong = msgspec.structs.replace(views.get(IPS, KEY), stage=5)
            views.of(IPS)[KEY] = wrong  # type: ignore[index]
            world.log.database.rows["ips"][KEY] = views.row("ips", KEY)

        why = await end_of(world, spoil)
        assert isinstance(why, ViewsDiffer)
        assert f"ips {KEY} is known here with another stage than the log gives" in str(why)
        assert await as_the_log_says(world)
        return world

    last = virtually(story).log.database.rebuilt
    assert last is not None
    assert (last.wrong, "another stage" in last.first) == (1, True)
    assert forgotten


@pytest.mark.parametrize("too_many", [True, False])
def test_a_view_too_many_or_too_few_is_a_difference_too(too_many: bool) -> None:
    async def story() -> BaseException:
        world = await worked()

        async def spoil() -> None:
            views = world.engine.views.of(IPS)
            if too_many:
                views["acme/192.0.2.99"] = views[KEY]  # type: ignore[index]
            else:
                del views[KEY]  # type: ignore[attr-defined]

        return await end_of(world, spoil)

    why = virtually(story)
    assert isinstance(why, ViewsDiffer)
    assert ("does not have it" if too_many else "is not known here") in str(why)


def test_a_log_that_goes_away_ends_the_rebuild_and_nothing_else() -> None:
    async def story() -> str:
        world = await worked()
        models = watched(world)
        async with at_work(world):
            before, models.away = world.log.database.generation, 1
            world.engine.rebuilds.ask("a test")
            await rebuilt(world)
            failed = world.engine.rebuilds.progress.failed
            assert world.log.database.generation == before
            assert await as_the_log_says(world)
            world.engine.rebuilds.ask("again")
            assert (await rebuilt(world)).why == "again"
            assert world.engine.rebuilds.progress.failed == ""
            return failed

    assert virtually(story) == "nobody answers; readers lost nothing, ask again"


def test_who_leads_no_more_rebuilds_nothing() -> None:
    async def story() -> tuple[BaseException, int]:
        world = await worked()
        rival = MemoryLog(world.clock, world.log.database)
        why = await end_of(world, lambda: rival.lead("rival"))
        return why, world.log.database.generation

    why, generation = virtually(story)
    assert isinstance(why, Deposed)
    assert generation == 2, "of the first start"


def test_a_stop_in_the_middle_leaves_the_rows_and_the_next_start_sweeps() -> None:
    async def story() -> tuple[int, int]:
        world = await worked()
        models, under_way = watched(world), asyncio.Event()

        async def stand() -> None:
            under_way.set()
            await asyncio.Event().wait()

        async with at_work(world):
            models.laid = stand
            world.engine.rebuilds.ask("a test")
            await under_way.wait()
        left = sum(map(len, world.log.database.laid.values()))
        assert await as_the_log_says(world)
        world.restart()
        async with at_work(world):
            await asyncio.sleep(1)
        return left, sum(map(len, world.log.database.laid.values()))

    left, after = virtually(story)
    assert left > 0
    assert after == 0
