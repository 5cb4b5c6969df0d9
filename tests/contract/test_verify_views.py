"""Rows and images that are not what the log gives, and what `verify` says of them."""

import json
import zlib

import pytest

from engine.projections import PROJECTIONS
from engine.store.postgres_log import PostgresLog
from tests.support.entries import CountingClock, into, write
from tests.support.forgery import EVENTS, IMAGE_AT, audited, lived, one_wrong
from tests.support.postgres import Database

pytestmark = pytest.mark.real


@pytest.fixture
async def kept(database: Database) -> Database:
    """A log that an engine wrote, with its views and an image."""
    await lived(database)
    return database


@pytest.mark.parametrize(
    ("forgery", "why"),
    [
        ("UPDATE engine.view_ips SET body = '{}'", "another body"),
        ("UPDATE engine.view_ips SET body = 'no json'", "another body"),
        ("UPDATE engine.view_ips SET phase = 'ACTIVE'", "another phase"),
        ("UPDATE engine.view_ips SET node = NULL", "another node"),
        ("UPDATE engine.view_ips SET tenant = 'bolt'", "another tenant"),
        ("DELETE FROM engine.view_ips", "its row is missing"),
        (
            "INSERT INTO engine.view_ips (generation, key, body)"
            " SELECT generation, '0', '{}' FROM engine.checkpoint",
            "view ips, 0: the log gives no such row",
        ),
        (
            "INSERT INTO engine.view_ips (generation, key, body)"
            " SELECT generation, 'z', '{}' FROM engine.checkpoint",
            "view ips, z: the log gives no such row",
        ),
    ],
)
async def test_a_row_that_was_changed_by_hand_is_named(
    kept: Database, forgery: str, why: str
) -> None:
    await kept.run(forgery)
    found = await one_wrong(kept)
    assert "view ips, " in found
    assert why in found


async def test_a_body_that_says_the_same_in_another_order_is_no_difference(kept: Database) -> None:
    await kept.run(
        "UPDATE engine.view_zones SET body ="
        " convert_to(convert_from(body, 'UTF8')::jsonb::text, 'UTF8')"
    )
    assert (await audited(kept)).wrong == []


async def test_rows_of_another_version_are_not_compared_and_this_is_said(kept: Database) -> None:
    await kept.run("UPDATE engine.view_ips SET body = '{}'")
    await kept.run('UPDATE engine.checkpoint SET codecs = codecs || \'{"ips": "0-old"}\'')
    report = await audited(kept)
    assert report.wrong == []
    assert report.notes == ["not compared, for another version folded them: views ips"]


async def test_views_beyond_the_log_are_wrong(kept: Database) -> None:
    """A log that was restored from an older backup than its views."""
    await kept.run("UPDATE engine.checkpoint SET position = position + 5")
    assert f"the log ends at {EVENTS}" in await one_wrong(kept)


async def test_views_that_stand_before_the_head_are_compared_there(kept: Database) -> None:
    log = PostgresLog(kept.dsn, CountingClock())
    await log.lead("main")
    await write(log, into("b", 990))
    await log.close()
    report = await audited(kept)
    assert (report.wrong, report.events) == ([], EVENTS + 1)
    assert report.rows > 20


async def test_a_dropped_view_is_wrong(kept: Database) -> None:
    await kept.run("DROP TABLE engine.view_ips")
    found = await one_wrong(kept)
    assert "view_ips" in found
    assert "at its next start" in found


# --- images --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("forgery", "why"),
    [
        ("UPDATE engine.image SET body = set_byte(body, 9, get_byte(body, 9) # 255)", "read"),
        ("UPDATE engine.image SET tenant = 'bolt' WHERE tenant IS NULL", "its part of bolt holds"),
        ("DELETE FROM engine.image WHERE projection = 'ips'", "of view ips: it cannot be read"),
    ],
)
async def test_an_image_that_is_not_what_the_log_gives_is_wrong(
    kept: Database, forgery: str, why: str
) -> None:
    await kept.run(forgery)
    found = await one_wrong(kept)
    assert f"image {IMAGE_AT} of view " in found
    assert why in found


async def test_an_image_that_lacks_a_view_is_wrong(kept: Database) -> None:
    """It is sound in itself."""
    where = "WHERE projection = 'zones' AND tenant IS NULL"
    ((body,),) = await kept.ask(f"SELECT body FROM engine.image {where}")
    first, *others = zlib.decompress(body).splitlines(keepends=True)
    less = zlib.compress(b"".join(others)).hex()
    await kept.run(f"UPDATE engine.image SET body = '\\x{less}' {where}")
    found = await one_wrong(kept)
    assert f"image {IMAGE_AT} of view zones" in found
    assert json.loads(first)[0] in found


async def test_images_of_another_log_are_told_and_not_wrong(kept: Database) -> None:
    await kept.run("UPDATE engine.image_set SET digest = sha256(digest) WHERE projection = 'ips'")
    report = await audited(kept)
    assert (report.wrong, report.images) == ([], len(PROJECTIONS) - 1)
    assert report.notes == ["1 images of another version or log, which no start uses"]
