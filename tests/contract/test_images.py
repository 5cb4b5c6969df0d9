"""What every store of images must keep: in memory and in Postgres."""

from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest

from engine.errors import Deposed
from engine.ids import Position, TenantId
from engine.ports import ImageFailed, Images, Log, Part
from engine.store.images import PostgresImages
from engine.store.memory import MemoryLog
from engine.store.memory_images import MemoryImages, Shelf
from engine.store.postgres_log import PostgresLog
from engine.store.views import PLATFORM_VIEWS
from tests.support.deposed import IN_BOTH, Two, two
from tests.support.entries import ACME, BOLT, CountingClock, into, write
from tests.support.postgres import Database

NOTHING = Position(0)


@pytest.fixture(params=IN_BOTH)
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Two[Images]]:
    """With a log of eight events."""
    shelf: Shelf = {}

    def in_memory(log: MemoryLog) -> Images:
        return MemoryImages(log, shelf)

    async with two(request, in_memory, PostgresImages) as made:
        await _fill(made.log)
        yield made


async def _fill(log: Log) -> None:
    for number in range(1, 9):
        await write(log, into("a", number))


@pytest.fixture
def images(bench: Two[Images]) -> Images:
    return bench.leads


async def save(
    images: Images, position: int, *parts: Part, projection: str = "ips", codec: str = "1-a"
) -> None:
    await images.save(Position(position), {projection: codec}, {projection: parts})


async def newest(images: Images, upto: int, projection: str = "ips", codec: str = "1-a") -> int:
    return await images.newest(projection, codec, Position(upto))


async def bodies(
    images: Images, position: int, tenant: TenantId | None = None, projection: str = "ips"
) -> set[Part]:
    return set(await images.parts(projection, Position(position), tenant))


OURS, THEIRS, NOBODYS = Part(ACME, b"\x00ours"), Part(BOLT, b"theirs"), Part(None, b"nobody's")


async def test_what_was_saved_is_read_again(images: Images) -> None:
    assert await newest(images, 8) == NOTHING
    await save(images, 3, OURS, THEIRS, NOBODYS)
    assert await newest(images, 8) == 3
    assert await bodies(images, 3) == {OURS, THEIRS, NOBODYS}


async def test_the_nearest_at_or_before_a_position_is_found(images: Images) -> None:
    for position in (2, 5):
        await save(images, position, OURS)
    assert [await newest(images, upto) for upto in range(1, 7)] == [0, 2, 2, 2, 5, 5]


async def test_one_of_another_codec_or_projection_is_none(images: Images) -> None:
    await save(images, 2, OURS)
    await save(images, 4, OURS, codec="2-b")
    await save(images, 5, OURS, projection="alerts")
    assert await newest(images, 8) == 2
    assert await newest(images, 8, codec="2-b") == 4
    assert await newest(images, 8, codec="3-c") == NOTHING


async def test_several_projections_are_saved_together_each_for_itself(images: Images) -> None:
    codecs, parts = {"ips": "1-a", "zones": "7-z"}, {"ips": [OURS], "zones": [NOBODYS]}
    await images.save(Position(3), codecs, parts)
    assert await newest(images, 3) == await newest(images, 3, "zones", "7-z") == 3
    assert await bodies(images, 3) == {OURS}
    assert await bodies(images, 3, projection="zones") == {NOBODYS}


async def test_a_projection_without_views_has_an_image_too(images: Images) -> None:
    await save(images, 3)
    assert await newest(images, 8) == 3
    assert await bodies(images, 3) == set()


async def test_one_at_the_same_position_takes_the_place_of_the_first(images: Images) -> None:
    await save(images, 3, OURS, THEIRS)
    await save(images, 3, NOBODYS, codec="2-b")
    assert await newest(images, 8) == NOTHING
    assert await newest(images, 8, codec="2-b") == 3
    assert await bodies(images, 3) == {NOBODYS}


async def test_a_tenant_reads_its_own_part_alone(images: Images) -> None:
    await save(images, 3, OURS, THEIRS, NOBODYS)
    assert await bodies(images, 3, ACME) == {OURS}
    assert await bodies(images, 3, BOLT) == {THEIRS}
    assert await bodies(images, 3, TenantId("carol")) == set()
    assert await bodies(images, 3, TenantId("")) == set()


@pytest.mark.parametrize("projection", sorted(PLATFORM_VIEWS))
async def test_no_tenant_reads_an_image_of_the_platform(images: Images, projection: str) -> None:
    await save(images, 3, OURS, projection=projection)
    assert await bodies(images, 3, ACME, projection) == set()
    assert await bodies(images, 3, None, projection) == {OURS}


async def test_who_leads_no_more_saves_and_forgets_nothing(bench: Two[Images]) -> None:
    await save(bench.leads, 3, OURS)
    with pytest.raises(Deposed, match="second"):
        await save(bench.led, 5, OURS)
    with pytest.raises(Deposed, match="second"):
        await bench.led.forget()
    assert await newest(bench.led, 8) == 3, "but it may read"


async def test_all_of_them_can_be_forgotten(images: Images) -> None:
    await save(images, 3, OURS)
    await save(images, 5, OURS, projection="zones")
    await images.forget()
    assert await newest(images, 8) == await newest(images, 8, "zones") == NOTHING
    await save(images, 3, THEIRS)
    assert await bodies(images, 3) == {THEIRS}


async def test_an_image_beyond_the_log_is_none(images: Images) -> None:
    """Its event is not there, so nobody can say that it is of this log."""
    await save(images, 9, OURS)
    assert await newest(images, 100) == NOTHING


async def test_an_image_that_was_never_saved_has_failed(images: Images) -> None:
    with pytest.raises(ImageFailed):
        await bodies(images, 3)


# --- in Postgres alone ---------------------------------------------------------------------------


class Real(NamedTuple):
    images: PostgresImages
    database: Database


@pytest.fixture
async def real(database: Database) -> AsyncIterator[Real]:
    log = PostgresLog(database.dsn, CountingClock())
    await log.lead("main")
    await _fill(log)
    images = PostgresImages(database.dsn, log.fence)
    yield Real(images, database)
    await images.close()
    await log.close()


@pytest.mark.real
async def test_one_whose_event_was_rewritten_is_of_another_log(real: Real) -> None:
    for position in (3, 5):
        await save(real.images, position, OURS)
    await real.database.run(
        "SET session_replication_role = replica;"
        "UPDATE engine.event SET digest = sha256('forged') WHERE position = 5"
    )
    assert await newest(real.images, 8) == 3


@pytest.mark.real
async def test_one_that_lost_a_part_has_failed(real: Real) -> None:
    await save(real.images, 3, OURS, THEIRS)
    await real.database.run("DELETE FROM engine.image WHERE tenant = 'acme'")
    with pytest.raises(ImageFailed, match="1 parts of 2"):
        await bodies(real.images, 3)


@pytest.mark.real
async def test_a_table_that_was_dropped_by_hand_fails_and_is_no_bug(real: Real) -> None:
    await real.database.run("DROP TABLE engine.image_set")
    with pytest.raises(ImageFailed, match="does not exist"):
        await newest(real.images, 8)
    with pytest.raises(ImageFailed, match="does not exist"):
        await save(real.images, 3, OURS)


@pytest.mark.real
async def test_large_parts_are_kept_byte_for_byte(real: Real) -> None:
    parts = [Part(TenantId(f"t{n}"), bytes(range(256)) * 3_000) for n in range(5)]
    await save(real.images, 3, *parts)
    assert await bodies(real.images, 3) == set(parts)


@pytest.mark.real
@pytest.mark.parametrize(
    "cheat",
    [
        "UPDATE engine.image SET body = ''",
        "UPDATE engine.image_set SET parts = 0",
        "TRUNCATE engine.image",
    ],
)
@pytest.mark.parametrize("role", ["ee_engine", "ee_api", "ee_audit", "ee_backup"])
async def test_nobody_changes_one(real: Real, role: str, cheat: str) -> None:
    with pytest.raises(Exception, match="permission denied"):
        await real.database.ask(cheat, role=role)


@pytest.mark.real
async def test_a_tenants_role_reads_no_part_without_a_tenant(real: Real) -> None:
    await save(real.images, 3, OURS, NOBODYS)
    assert await real.database.ask("SELECT body FROM engine.image", role="ee_api") == []
    with pytest.raises(Exception, match="permission denied"):
        await real.database.ask("SELECT position FROM engine.image_set", role="ee_api")
