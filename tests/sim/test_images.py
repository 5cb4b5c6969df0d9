"""A start from an image is a start from the first event, only sooner."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

import pytest
from msgspec.structs import replace

from engine.errors import LogUnavailable
from engine.events import Event, Recorded
from engine.events.dns import FcrdnsLooked
from engine.events.dnsbl import DnsblLooked
from engine.events.ip import IpStopped
from engine.events.mailwizz import MailwizzLooked
from engine.events.node import NodeLooked
from engine.ids import Position
from engine.ports import ALL, ImageFailed, Page, Part, Wanted
from engine.projections import PROJECTIONS
from engine.projections.ips import IPS
from engine.projections.shape import codec_of
from engine.runtime.views import Views
from engine.store.memory_images import MemoryImages
from engine.values.tuning import Tuning
from tests.support.spec import IP, PSBL, day
from tests.support.stories import hard_times, hard_times_told
from tests.support.world import HOURLY, World, virtually

pytestmark = pytest.mark.sim
EVERY = 40  # events
OFTEN = replace(HOURLY, image_every=EVERY)
SELDOM = replace(HOURLY, image_every=10 * EVERY)  # of thousands of events
WITHOUT = replace(HOURLY, image_every=10**9)
NAMES = [one.name for one in PROJECTIONS]


async def folded(world: World) -> Views:
    views = Views(PROJECTIONS)
    for recorded in await world.story():
        for _ in views.fold(recorded):
            pass
    return views


async def assert_right(world: World) -> None:
    """Views and rows are what a fold from the first event gives."""
    right = await folded(world)
    for one in PROJECTIONS:
        assert world.last.views.of(one) == right.of(one), one.name
        rows = {key: right.row(one.name, key) for key in right.of(one)}
        assert world.log.database.rows[one.name] == rows, one.name


def lives(world: World) -> dict[str, list[tuple[date, str]]]:
    """What became of each address; the order of what happens in one second is anybody's."""
    found: dict[str, list[tuple[date, str]]] = {}
    for one in world.log_story:
        if one.stream.startswith("ip-"):
            found.setdefault(one.stream, []).append((one.at.date(), type(one.event).__name__))
    return found


def positions(world: World) -> list[int]:
    return sorted({position for _, position in world.images.shelf})


@cache
def hard_times_with_images() -> World:
    async def told() -> World:
        return await hard_times(World(batch_max=7, tuning=SELDOM))

    return virtually(told)


def test_nothing_is_other_than_without_images() -> None:
    with_images, without = hard_times_with_images(), hard_times_told()
    virtually(lambda: assert_right(with_images))
    assert lives(with_images) == lives(without)
    assert not without.images.shelf
    at = positions(with_images)
    assert len(at) > 5
    assert all(after - before >= 10 * EVERY for before, after in pairwise(at))
    for projection, position in with_images.images.shelf:
        assert projection in NAMES
        assert position <= with_images.log.database.checkpoint


def test_an_image_is_what_a_fold_to_its_position_gives() -> None:
    world = hard_times_with_images()

    async def told() -> None:
        story, views, done = await world.story(), Views(PROJECTIONS), Position(0)
        for position in positions(world)[::4]:
            for recorded in story[done:position]:
                for _ in views.fold(recorded):
                    pass
            done = Position(position)
            for one in PROJECTIONS:
                found = await world.engine.past.at(done, [one.name], None)
                held = await found.some(one.name, tenant=None, where={}, limit=10_000)
                right = [(key, views.row(one.name, key).body) for key in sorted(views.of(one))]
                assert held == right

    virtually(told)


class Failing(MemoryImages):
    """Cannot save while there is a reason."""

    why: Exception | None = None
    tried = 0

    async def save(
        self, position: Position, codecs: Mapping[str, str], parts: Mapping[str, Sequence[Part]]
    ) -> None:
        self.tried += 1
        if self.why:
            raise self.why
        await super().save(position, codecs, parts)


async def busy(world: World) -> None:
    """Some hundred events, and an address that is stopped at the end of them."""
    await world.let("act")
    await world.register_node()
    await world.warm_up()
    await world.run(day(9))
    world.lists.list(IP, PSBL)


def reads(world: World) -> list[tuple[Position, Wanted]]:
    """From where the log is read from now on, and what of it."""
    seen: list[tuple[Position, Wanted]] = []
    read_from, pages = world.log.read_from, world.log.pages

    async def watched(after: Position, limit: int, wanted: Wanted = ALL) -> list[Recorded[Event]]:
        seen.append((after, wanted))
        return await read_from(after, limit, wanted)

    async def folded(
        after: Position, until: Position, wanted: Wanted = ALL, size: int = 1_000
    ) -> AsyncGenerator[Page, None]:
        seen.append((after, wanted))
        async for page in pages(after, until, wanted, size):
            yield page

    world.log.read_from, world.log.pages = watched, folded  # type: ignore[method-assign]
    return seen


def pumped(asked: list[tuple[Position, Wanted]]) -> list[Position]:
    """Where the pump read; ``story`` reads the whole log from 0."""
    return [after for after, wanted in asked if wanted == ALL and after]


def test_a_start_reads_only_what_came_after_the_image() -> None:
    async def told() -> None:
        world = World(tuning=OFTEN)
        await busy(world)
        last = positions(world)[-1]
        asked = reads(world)
        await world.run(day(20))
        assert min(pumped(asked)) == last > 0
        await assert_right(world)

    virtually(told)


def test_every_reactor_is_asked_about_what_stood_in_the_image() -> None:
    """The stop was decided before the restart; what is due afterwards happens all the same."""

    async def told(tuning: Tuning) -> World:
        world = World(tuning=tuning)
        await busy(world)
        await world.run(day(40), restarts=[day(9) + timedelta(hours=h) for h in (5, 30, 200)])
        await assert_right(world)
        return world

    assert lives(virtually(lambda: told(OFTEN))) == lives(virtually(lambda: told(WITHOUT)))


def test_a_start_with_nothing_to_fold_goes_on_with_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No event touches a key, so nothing but the image can tell what is due."""
    monkeypatch.setattr("engine.runtime.imaging.AT_STOP", 1)

    async def told() -> World:
        world = World(tuning=OFTEN)
        await busy(world)
        await world.last.imaging.stop(await world.log.head())
        assert positions(world)[-1] == await world.log.head()
        await world.run(day(12))
        return world

    after = [one.event for one in virtually(told).log_story if one.at > day(9)]
    kinds = {type(one) for one in after}
    assert {DnsblLooked, FcrdnsLooked, NodeLooked, MailwizzLooked, IpStopped} <= kinds


def test_an_image_beyond_the_rows_is_not_taken_for_rows_must_be_written() -> None:
    """As after a crash between image and rows, or with rows that were restored."""

    async def told() -> None:
        world = World(tuning=OFTEN)
        await busy(world)
        at = positions(world)
        database = world.log.database
        back = Views(PROJECTIONS)
        database.rows = {name: {} for name in NAMES}
        for recorded in (await world.story())[: at[-2] + 3]:
            for name, key in back.fold(recorded):
                database.rows[name][key] = back.row(name, key)
        database.checkpoint = Position(at[-2] + 3)
        asked = reads(world)
        await world.run(day(10))
        assert min(pumped(asked)) == at[-2]
        await assert_right(world)

    virtually(told)


def test_another_codec_costs_a_fold_of_that_projection_alone() -> None:
    async def told() -> None:
        world = World(tuning=OFTEN)
        await busy(world)
        at = positions(world)
        for (name, position), kept in list(world.images.shelf.items()):
            if name == IPS.name:
                world.images.shelf[name, position] = kept._replace(codec="0-another")
        asked = reads(world)
        await world.run(day(10))
        early = [wanted for after, wanted in asked if after < at[-1] and wanted != ALL]
        assert early
        assert {one.tags for one in early} == {Views([IPS]).tags}
        assert min(pumped(asked)) == at[-1], "the others begin where they stood"
        await assert_right(world)
        fitting = await world.images.newest("ips", codec_of(IPS), Position(at[-2]))
        assert fitting >= EVERY, "the past of it need not be folded from zero again"

    virtually(told)


@pytest.mark.parametrize("what", ["cut off", "part is missing", "codec", "digest"])
def test_an_image_that_cannot_be_used_is_passed_over(what: str) -> None:
    async def told() -> None:
        world = World(tuning=OFTEN)
        await busy(world)
        at = positions(world)
        for name in NAMES:
            kept = world.images.shelf[name, Position(at[-1])]
            torn = tuple(part._replace(body=part.body[:-5]) for part in kept.parts)
            broken = {
                "cut off": kept._replace(parts=torn),
                "part is missing": kept._replace(parts=kept.parts[1:]),
                "codec": kept._replace(codec="0-another"),
                "digest": kept._replace(digest=bytes(32)),
            }
            world.images.shelf[name, Position(at[-1])] = broken[what]
        await world.run(day(20))
        await assert_right(world)

    virtually(told)


@pytest.mark.parametrize("why", [LogUnavailable("disk full"), ImageFailed("no such table")])
def test_an_image_that_cannot_be_saved_harms_nobody(why: Exception) -> None:
    async def told() -> None:
        world = World(tuning=OFTEN)
        images = world.images = Failing(world.log)
        images.why = why
        world.restart()
        await busy(world)
        assert images.tried > 1, "it is tried again"
        assert not images.shelf
        images.why = None
        await world.run(day(20))
        assert world.images.shelf
        await assert_right(world)

    virtually(told)


def test_a_clean_stop_leaves_one_if_it_is_worth_while(monkeypatch: pytest.MonkeyPatch) -> None:
    async def told() -> None:
        world = World(tuning=WITHOUT)
        await busy(world)
        world.restart()
        at = world.log.database.checkpoint
        await world.last.imaging.stop(at)
        assert positions(world) == []
        monkeypatch.setattr("engine.runtime.imaging.AT_STOP", 10)
        await world.last.imaging.stop(at)
        await world.last.imaging.stop(at)
        assert positions(world) == [at]
        await world.run(day(20))
        await assert_right(world)

    virtually(told)


def test_what_was_made_from_wrong_views_is_forgotten() -> None:
    async def told() -> None:
        world = World(tuning=OFTEN)
        await busy(world)
        assert world.images.shelf
        await world.last.imaging.forget()
        assert not world.images.shelf

    virtually(told)
