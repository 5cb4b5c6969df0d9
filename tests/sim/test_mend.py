"""A start makes rows anew that are not of its own code and log, before anything acts on them."""

import asyncio

import msgspec
import pytest

from engine.projections import PROJECTIONS
from engine.runtime.laying import codecs_of
from tests.support.rebuilding import (
    AN_HOUR,
    KEY,
    as_the_log_says,
    at_work,
    restored,
    watched,
    worked,
)
from tests.support.spec import ACME
from tests.support.world import World, virtually

pytestmark = pytest.mark.sim


async def forever() -> None:
    await asyncio.Event().wait()


def test_rows_of_its_own_code_and_log_are_left_alone() -> None:
    async def story() -> int:
        world = await worked()
        await world.run(world.clock.now() + AN_HOUR, restarts=[world.clock.now()])
        return world.log.database.generation

    assert virtually(story) == 2, "the first start of all made it"


def test_rows_that_another_version_made_are_made_anew_before_the_first_effect() -> None:
    async def story() -> World:
        world = await worked()
        database = world.log.database
        database.codecs["ips"] = "0-ffffffffffff"
        strange = msgspec.structs.replace(database.rows["ips"][KEY], body=b'"an older shape"')
        database.rows["ips"][KEY] = strange
        before = len(database.entries)
        async with at_work(world):
            assert await as_the_log_says(world)
            assert await world.models.one("ips", KEY, tenant=ACME) != strange.body
        assert database.rebuilt is not None
        assert database.rebuilt.position == before
        return world

    database = virtually(story).log.database
    assert database.rebuilt is not None
    assert database.rebuilt.why == "lost, or made by another version: ips"
    assert database.codecs == codecs_of(PROJECTIONS)


def test_a_view_that_was_lost_is_made_anew() -> None:
    async def story() -> bool:
        world = await worked()
        world.log.database.rows["nodes"].clear()
        del world.log.database.codecs["nodes"]
        async with at_work(world):
            return await as_the_log_says(world)

    assert virtually(story)


def test_nobody_is_told_that_rows_stand_anywhere_before_they_are_mended() -> None:
    async def story() -> list[int]:
        world = await worked()
        world.log.database.codecs.clear()
        models, seen = watched(world), list[int]()

        async def look() -> None:
            seen.append(world.engine.pump.position)

        models.laid = look
        async with at_work(world):
            return [*seen, world.engine.pump.position]

    *meanwhile, after = virtually(story)
    assert set(meanwhile) == {0}
    assert after > 0


def test_rows_beyond_the_end_of_a_restored_log_go_and_what_happens_next_is_written() -> None:
    async def story() -> str:
        world = await worked()
        await restored(world, events=5)
        assert await world.models.checkpoint() > await world.log.head()
        async with at_work(world):
            await world.let("observe")
            await world.engine.pump.reached(await world.log.head())
            assert await as_the_log_says(world)
        assert world.log.database.rebuilt is not None
        return world.log.database.rebuilt.why

    assert "an older log was restored" in virtually(story)


def test_rows_that_a_dead_rebuild_left_do_not_come_back() -> None:
    async def story() -> bool:
        world = await worked()
        world.engine.rebuilds.run = forever  # type: ignore[method-assign]
        dead = msgspec.structs.replace(world.log.database.rows["ips"][KEY], key="acme/192.0.2.99")
        await world.models.lay([dead])
        world.log.database.codecs.clear()
        async with at_work(world):
            return await as_the_log_says(world)

    assert virtually(story)


def test_what_a_start_lays_is_not_swept_away_while_it_lays() -> None:
    """Sweeping is another task's, and all that is laid looks dead until it is exchanged."""

    async def story() -> bool:
        world = await worked()
        world.log.database.codecs.clear()
        models = watched(world)
        await models.lay([world.log.database.rows["ips"][KEY]])

        async def rest() -> None:
            await asyncio.sleep(2)

        models.laid, models.sweeping_s = rest, 1.0
        async with at_work(world):
            return await as_the_log_says(world)

    assert virtually(story)


def test_postgres_away_in_the_middle_of_it_only_puts_it_off() -> None:
    async def story() -> bool:
        world = await worked()
        world.log.database.codecs.clear()
        watched(world).away = 2
        async with at_work(world):
            return await as_the_log_says(world)

    assert virtually(story)


def test_what_was_read_before_postgres_went_away_is_acted_on_all_the_same() -> None:
    """The reactors are asked of all that was folded since they were last asked."""

    async def story() -> tuple[int, int]:
        counts = list[int]()
        for away in (0, 1):
            world = World()
            await world.register_node()
            await world.let("act")
            await world.warm_up()
            watched(world).away = away
            await world.run(world.clock.now() + AN_HOUR)
            counts.append(len({one.stream for one in world.log_story}))
        return counts[0], counts[1]

    well, ill = virtually(story)
    assert well == ill
