"""Views as they stood: the same as a fold of the log up to there, whoever asks."""

from collections.abc import AsyncGenerator, Iterable

import msgspec
import pytest

from engine.ids import Position, TenantId
from engine.ports import ALL, Page, Wanted
from engine.projections import PROJECTIONS
from engine.projections.ips import IPS
from engine.projections.shape import codec_of
from engine.runtime.packing import packed
from engine.runtime.past import Past, PastViews
from engine.runtime.views import Views
from engine.store.codec import UPCASTS
from engine.store.memory import MemoryDatabase, MemoryLog
from engine.store.memory_images import MemoryImages
from engine.store.views import PLATFORM_VIEWS
from tests.support.api_world import StandingClock
from tests.support.spec import ACME, RIVAL
from tests.support.stories import hard_times_told

NAMES = [one.name for one in PROJECTIONS]
EVERYBODY: tuple[TenantId | None, ...] = (None, ACME, RIVAL)
CODECS = {one.name: codec_of(one) for one in PROJECTIONS}


def story() -> MemoryDatabase:
    """Nobody writes into it."""
    return hard_times_told().log.database


class CountingLog(MemoryLog):
    """Knows how many events it gave."""

    given = 0

    async def pages(
        self, after: Position, until: Position, wanted: Wanted = ALL, size: int = 1_000
    ) -> AsyncGenerator[Page, None]:
        async for page in super().pages(after, until, wanted, size):
            self.given += len(page.events)
            yield page


@pytest.fixture
def log() -> CountingLog:
    return CountingLog(StandingClock(), story())


@pytest.fixture
def images(log: CountingLog) -> MemoryImages:
    return MemoryImages(log)


async def folded(log: MemoryLog, upto: int) -> Views:
    views = Views(PROJECTIONS)
    for recorded in await log.read_from(Position(0), upto):
        for _ in views.fold(recorded):
            pass
    return views


async def save(images: MemoryImages, log: MemoryLog, *positions: int) -> None:
    for position in positions:
        views = (await folded(log, position)).copy()
        parts = {one.name: await packed(one, views[one.name]) for one in PROJECTIONS}
        await images.save(Position(position), CODECS, parts)


async def rows(reader: PastViews, name: str, tenant: TenantId | None) -> list[tuple[str, bytes]]:
    return await reader.some(name, tenant=tenant, where={}, limit=1_000)


def expected(views: Views, name: str, tenant: TenantId | None) -> list[tuple[str, bytes]]:
    """By the rules for rows: a tenant sees its own, and nobody's of the platform."""
    found = [views.row(*one) for one in sorted(views.all_keys()) if one[0] == name]
    hidden = name in PLATFORM_VIEWS and tenant is not None
    return [(row.key, row.body) for row in found if not hidden and tenant in (None, row.tenant)]


@pytest.mark.parametrize("tenant", EVERYBODY)
@pytest.mark.parametrize("at", [(), (40, 80)], ids=["no images", "images"])
async def test_at_any_position_it_is_what_a_fold_to_there_gives(
    log: CountingLog, images: MemoryImages, tenant: TenantId | None, at: Iterable[int]
) -> None:
    await save(images, log, *at)
    views = Views(PROJECTIONS)
    events = await log.read_from(Position(0), 10_000)
    for recorded in [None, *events[:100]]:
        if recorded is not None:
            for _ in views.fold(recorded):
                pass
        position = Position(recorded.position if recorded else 0)
        reader = await Past(log, images, PROJECTIONS).at(position, NAMES, tenant)
        for name in NAMES:
            assert await rows(reader, name, tenant) == expected(views, name, tenant), position


@pytest.mark.parametrize("tenant", EVERYBODY)
async def test_at_the_end_of_a_long_story_too(
    log: CountingLog, images: MemoryImages, tenant: TenantId | None
) -> None:
    end = await log.head()
    await save(images, log, end - 100)
    views = await folded(log, end)
    reader = await Past(log, images, PROJECTIONS).at(end, NAMES, tenant)
    for name in NAMES:
        assert await rows(reader, name, tenant) == expected(views, name, tenant)
    assert len(await rows(reader, "ips", tenant)) == (2 if tenant is None else 1)


async def test_only_what_came_after_the_nearest_image_is_read(
    log: CountingLog, images: MemoryImages
) -> None:
    await save(images, log, 100, 200)
    log.given = 0
    await Past(log, images, PROJECTIONS).at(Position(230), NAMES, None)
    assert 0 < log.given <= 30


async def test_only_events_that_these_views_fold_are_read(
    log: CountingLog, images: MemoryImages
) -> None:
    await Past(log, images, PROJECTIONS).at(Position(250), ["tenants", "keys"], None)
    assert log.given == 0


async def test_an_image_of_another_codec_costs_that_projection_a_fold_and_no_other(
    log: CountingLog, images: MemoryImages
) -> None:
    await save(images, log, 200)
    newer = [
        msgspec.structs.replace(one, version=2) if one.name == "ips" else one for one in PROJECTIONS
    ]
    views = await folded(log, 230)
    log.given = 0
    reader = await Past(log, images, newer).at(Position(230), NAMES, None)
    for name in NAMES:
        assert await rows(reader, name, None) == expected(views, name, None)
    of_ips = await log.read_from(Position(0), 10_000, Wanted(tags=Views([IPS]).tags))
    assert log.given <= 30 + len([one for one in of_ips if one.position <= 230])


async def test_a_damaged_image_is_passed_over_for_the_one_before(
    log: CountingLog, images: MemoryImages
) -> None:
    await save(images, log, 100, 200)
    kept = images.shelf["ips", Position(200)]
    torn = tuple(part._replace(body=part.body[:-9]) for part in kept.parts)
    images.shelf["ips", Position(200)] = kept._replace(parts=torn)
    views = await folded(log, 230)
    log.given = 0
    reader = await Past(log, images, PROJECTIONS).at(Position(230), NAMES, None)
    for name in NAMES:
        assert await rows(reader, name, None) == expected(views, name, None)
    given = log.given
    of_ips = await log.read_from(Position(100), 10_000, Wanted(tags=Views([IPS]).tags))
    between = [one for one in of_ips if one.position <= 230]
    assert given <= 30 + len(between), "not from the first event"


async def test_a_tenant_is_served_from_its_own_part(log: CountingLog, images: MemoryImages) -> None:
    """Of others' nothing is even read: a damaged part of theirs is no matter."""
    await save(images, log, 200)
    kept = images.shelf["ips", Position(200)]
    torn = tuple(
        part if part.tenant == ACME else part._replace(body=b"torn") for part in kept.parts
    )
    images.shelf["ips", Position(200)] = kept._replace(parts=torn)
    log.given = 0
    reader = await Past(log, images, PROJECTIONS).at(Position(201), ["ips"], ACME)
    assert len(await rows(reader, "ips", ACME)) == 1
    assert log.given <= 1


async def test_a_reader_sees_no_more_than_it_was_made_for(
    log: CountingLog, images: MemoryImages
) -> None:
    ours = await Past(log, images, PROJECTIONS).at(Position(250), NAMES, ACME)
    for name in NAMES:
        for tenant in (None, RIVAL):
            found = await rows(ours, name, tenant)
            assert all(ACME in key for key, _ in found if name == "ips")
            assert not [key for key, _ in found if RIVAL in key]
    everybody = await Past(log, images, PROJECTIONS).at(Position(250), NAMES, None)
    ((key, _),) = await rows(everybody, "ips", RIVAL)
    assert await everybody.one("ips", key, tenant=ACME) is None
    assert await everybody.one("ips", key, tenant=RIVAL)
    assert await ours.one("ips", key, tenant=None) is None


async def test_filters_and_pages_are_those_of_the_rows_of_today(
    log: CountingLog, images: MemoryImages
) -> None:
    end = await log.head()
    reader = await Past(log, images, PROJECTIONS).at(end, ["ips"], None)
    for where in ({"purpose": "marketing"}, {"phase": "RESTING"}, {"phase": "ACTIVE"}):
        for after in ("", f"{ACME}/~"):
            live = [
                (key, row.body)
                for key, row in sorted(story().rows["ips"].items())
                if key > after and where.items() <= dict(row.columns).items()
            ]
            some = await reader.some("ips", tenant=None, where=where, after=after, limit=1)
            assert some == live[:1]
    with pytest.raises(KeyError, match="declares no column"):
        await reader.some("ips", tenant=None, where={"body": "x"})
    with pytest.raises(KeyError):
        await Past(log, images, PROJECTIONS).at(end, ["hats"], None)


async def test_the_next_page_does_not_fold_again(log: CountingLog, images: MemoryImages) -> None:
    past = Past(log, images, PROJECTIONS)
    for tenant in (None, ACME):
        await past.at(Position(250), ["ips"], tenant)
    log.given = 0
    for tenant in (None, ACME):
        await past.at(Position(250), ["ips"], tenant)
    assert log.given == 0


async def test_answers_are_not_kept_for_ever(
    log: CountingLog, images: MemoryImages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.runtime.past.KEPT_MAX", 3)
    past = Past(log, images, PROJECTIONS)
    for position in (250, 251, 252, 250):
        log.given = 0
        await past.at(Position(position), ["ips"], None)
        assert log.given > 0


def test_codecs_tell_shapes_versions_and_tags_apart() -> None:
    replace = msgspec.structs.replace
    others = [
        replace(IPS, version=IPS.version + 1),
        replace(IPS, folds=IPS.folds[1:]),
        replace(IPS, columns=lambda row: {"phase": row.phase.value}),
        *(one for one in PROJECTIONS if one.name != "ips"),
    ]
    codecs = [codec_of(one) for one in [IPS, *others]]
    assert len(set(codecs)) == len(codecs)
    assert codec_of(IPS) == codec_of(replace(IPS, folds=IPS.folds[::-1]))


def test_no_event_is_stored_under_another_tag_than_it_reads_as() -> None:
    """Views fold the events of their tags, and the log finds them by the tags that are stored.  The
    first upcast must teach ``Wanted.tags`` about the tag that is written no more.
    """
    assert not UPCASTS
