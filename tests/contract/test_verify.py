"""A log in Postgres that was tampered with, and what `verify` says of it."""

import asyncio
from itertools import count

import pytest

from engine.app.audit import Asked
from engine.errors import StartRefused
from engine.ids import Position
from engine.projections import PROJECTIONS
from engine.store.anchors import Anchor
from engine.store.copy_out import COLUMNS, Rows, copy_out
from engine.store.digest import digest_of
from engine.store.link import Link, entry_of, link_of
from engine.store.postgres_log import PostgresLog
from engine.store.readers import Readers
from engine.store.verify import Fenced
from tests.support.entries import CountingClock, into, write
from tests.support.forgery import (
    EVENTS,
    audited,
    forge,
    forge_chain,
    forge_event,
    lived,
    one_wrong,
)
from tests.support.log_bench import entries
from tests.support.postgres import Database, PostgresServer

pytestmark = pytest.mark.real

NOT_WRITTEN = "it is not what was written"


@pytest.fixture
async def kept(database: Database) -> Database:
    """A log that an engine wrote, with its views and an image."""
    await lived(database)
    return database


# --- a log that is whole -------------------------------------------------------------------------


async def test_a_log_that_nobody_touched_is_whole(kept: Database) -> None:
    report = await audited(kept)
    assert (report.wrong, report.notes, report.unknown_tags) == ([], [], {})
    assert report.events == report.position == EVENTS
    last = (await entries(kept))[-1]
    assert report.digest == last.digest.hex()
    assert report.rows > 20
    assert report.images == len(PROJECTIONS)


async def test_an_empty_log_is_whole(database: Database) -> None:
    report = await audited(database)
    assert report.wrong == []
    assert (report.events, report.digest) == (0, "00" * 32)


async def test_what_is_no_log_was_not_verified(postgres: PostgresServer) -> None:
    made = await postgres.create(template="template1")
    try:
        with pytest.raises(StartRefused, match="there is no log that this version can read"):
            await audited(made)
    finally:
        await postgres.drop(made)


async def test_postgres_sends_the_very_bytes_that_the_digests_cover(kept: Database) -> None:
    readers = Readers(kept.dsn, name="a test", epoch=lambda: 0)
    links: list[Link] = []
    try:
        async with readers.reading(None) as connection:
            await copy_out(connection, Position(0), Position(EVENTS), links.extend)
    finally:
        await readers.close()
    written = await entries(kept)
    assert links == [link_of(one) for one in written]
    assert [entry_of(one) for one in links] == written


@pytest.mark.parametrize("size", [1, 2, 35, 36, 143, 4_096])
async def test_rows_may_be_cut_anywhere_on_their_way(kept: Database, size: int) -> None:
    readers = Readers(kept.dsn, name="a test", epoch=lambda: 0)
    whole, pieces, data = list[Link](), list[Link](), bytearray()

    async def sink(chunk: bytes) -> None:
        data.extend(chunk)

    try:
        async with readers.reading(None) as connection:
            await copy_out(connection, Position(0), Position(8), whole.extend)
            await connection.copy_from_query(
                f"SELECT {COLUMNS} FROM engine.event WHERE position <= 8 ORDER BY position",
                output=sink,
                format="binary",
            )
    finally:
        await readers.close()
    rows = Rows()
    for start in range(0, len(data), size):
        pieces += rows.take(bytes(data[start : start + size]))
    assert pieces == whole
    assert rows.whole


# --- events --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        "body = set_byte(body, 20, get_byte(body, 20) # 1)",
        "stream = stream || 'x'",
        "version = version + 70",
        "id = gen_random_uuid()",
        "tag = 'ip.rested'",
        "at = at + interval '1 microsecond'",
        "at = 'infinity'",
        "at = '-infinity'",
        "tenant = NULL",
        "tenant = 'bolt'",
        "actor = 'key:2'",
        "cause = ''",
        "digest = sha256(digest)",
    ],
)
async def test_a_changed_column_is_found_where_it_is(kept: Database, change: str) -> None:
    await forge(kept, f"UPDATE engine.event SET {change} WHERE position = 7")
    report = await audited(kept)
    (found,) = report.wrong
    assert (found.about, found.position) == ("log", 7)
    assert NOT_WRITTEN in found.why
    assert report.position == 6, "as far as all is well"
    assert "a wrong log gives wrong views" in report.notes[0]


async def test_a_changed_event_with_a_digest_made_to_fit_is_found_behind_it(kept: Database) -> None:
    await forge(kept, "UPDATE engine.event SET cause = '' WHERE position = 7")
    *_, before, forged = (await entries(kept))[:7]
    digest = digest_of(forged, before.digest).hex()
    await forge(kept, f"UPDATE engine.event SET digest = '\\x{digest}' WHERE position = 7")
    found = await one_wrong(kept)
    assert found.startswith("event 8, ")
    assert found.endswith("or event 7 was changed with its digest")


async def test_a_missing_event_is_named(kept: Database) -> None:
    await forge(kept, "DELETE FROM engine.event WHERE position = 7")
    assert await one_wrong(kept) == "event 7: an event is missing: 8 comes after 6"


async def test_missing_events_at_the_end_are_told_by_the_fence(kept: Database) -> None:
    await forge(kept, f"DELETE FROM engine.event WHERE position > {EVENTS - 2}")
    assert "its end is missing" in await one_wrong(kept)


async def test_swapped_versions_are_found_though_the_chain_was_made_to_fit(kept: Database) -> None:
    first, second = [one for one in await entries(kept) if one.stream == "effect-ü"][:2]
    swap = [(first.position, 99), (second.position, 1), (first.position, 2)]
    await forge(
        kept,
        *(f"UPDATE engine.event SET version = {n} WHERE position = {at}" for at, n in swap),
    )
    await forge_chain(kept)
    found = await one_wrong(kept)
    assert found == f"event {first.position}, effect-ü: its version is 2, after 0"


async def test_a_time_before_the_one_before_it_is_found(kept: Database) -> None:
    await forge(kept, "UPDATE engine.event SET at = at - interval '3 seconds' WHERE position = 7")
    await forge_chain(kept)
    assert "event 7, " in await one_wrong(kept)
    assert "its time is before that of the event before it" in await one_wrong(kept)


async def test_a_clock_that_was_wrong_by_much_and_set_back_is_told_and_not_wrong(
    kept: Database,
) -> None:
    """The writer does not wait an hour for a clock that ran ahead."""
    await forge(kept, "UPDATE engine.event SET at = at + interval '1 hour' WHERE position = 7")
    await forge_chain(kept)
    report = await audited(kept, Asked(views=False))
    assert report.wrong == []
    assert report.notes == ["event 8: the clock had been wrong, and was set back"]


async def test_an_event_of_a_tag_of_the_future_is_counted_and_not_wrong(kept: Database) -> None:
    await forge_event(kept, "ip.teleported", '{"type":"ip.teleported","to":[1]}')
    report = await audited(kept)
    assert report.wrong == []
    assert report.unknown_tags == {"ip.teleported": 1}


@pytest.mark.parametrize(
    ("tag", "body", "why"),
    [
        ("effect.stuck", '{"type":"effect.stuck","key":7}', "Expected `str`, got `int`"),
        ("effect.stuck", '{"type":"effect.stuck","key":', "truncated"),
        ("effect.stuck", "{}", "type"),
        ("effect.stuck", '{"type":"ip.teleported"}', "calls itself 'ip.teleported'"),
        ("ip.teleported", '{"type":"effect.stuck","key":"k","effect":"e"}', "calls itself"),
        ("ip.tele", '{"type":"ip.teleported"}', "calls itself 'ip.teleported'"),
    ],
)
async def test_a_body_that_does_not_fit_its_tag_is_wrong(
    kept: Database, tag: str, body: str, why: str
) -> None:
    await forge_event(kept, tag, body)
    found = await one_wrong(kept)
    assert f"event {EVENTS + 1}, effect-ü: its body is no '{tag}'" in found
    assert why in found


async def test_the_tag_may_stand_anywhere_in_a_body(kept: Database) -> None:
    await forge_event(kept, "effect.stuck", '{ "key":"k", "effect":"e", "type":"effect.stuck"}')
    assert (await audited(kept, Asked(views=False))).wrong == []


# --- the fence -----------------------------------------------------------------------------------


async def test_events_that_go_while_they_are_verified_are_missed(
    kept: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = Fenced(Position(EVENTS + 5), None)
    monkeypatch.setattr("engine.store.verify.fenced", lambda _: asyncio.sleep(0, seen))
    async with asyncio.timeout(10):
        assert await one_wrong(kept) == f"event {EVENTS + 1}: an event is missing"


@pytest.mark.parametrize(
    ("forgery", "why"),
    [
        ("UPDATE engine.fence SET digest = sha256(digest)", "the fence's digest is not that of"),
        ("UPDATE engine.fence SET position = position - 1", "beyond the fence"),
        ("UPDATE engine.fence SET position = position + 5", "its end is missing"),
        ("DELETE FROM engine.fence", "engine.fence is empty"),
    ],
)
async def test_a_fence_that_names_another_end_is_wrong(
    kept: Database, forgery: str, why: str
) -> None:
    await forge(kept, forgery)
    assert why in await one_wrong(kept)
    assert (await audited(kept)).events == EVENTS, "the chain itself is whole"


# --- anchors, and going on from one --------------------------------------------------------------


async def anchor(database: Database, position: int) -> Anchor:
    return Anchor(Position(position), (await entries(database))[position - 1].digest)


async def test_anchors_hold_in_a_log_that_nobody_touched(kept: Database) -> None:
    anchors = [await anchor(kept, at) for at in (1, 40, EVENTS)]
    report = await audited(kept, Asked(anchors=anchors, views=False))
    assert (report.wrong, report.anchors) == ([], 3)


async def test_a_log_rewritten_from_somewhere_on_is_told_by_an_anchor(kept: Database) -> None:
    """Chain and fence are whole again; only what was kept outside knows better."""
    anchors = [await anchor(kept, at) for at in (5, 40)]
    await forge(kept, "UPDATE engine.event SET cause = '' WHERE position = 7")
    await forge_chain(kept)
    assert (await audited(kept, Asked(views=False))).wrong == []
    report = await audited(kept, Asked(anchors=anchors, views=False))
    (found,) = report.wrong
    assert found.position == 40
    assert "the log was rewritten, here or before" in found.why
    assert report.position == 39


async def test_a_lost_end_is_told_by_an_anchor(kept: Database) -> None:
    anchors = [await anchor(kept, EVENTS)]
    await forge(kept, f"DELETE FROM engine.event WHERE position > {EVENTS - 3}")
    await forge_chain(kept)
    assert (await audited(kept, Asked(views=False))).wrong == []
    found = await one_wrong(kept, Asked(anchors=anchors, views=False))
    assert f"the log ends at {EVENTS - 3}" in found
    assert "its end is lost" in found


async def test_an_increment_walks_on_from_where_it_was_whole(kept: Database) -> None:
    since = await anchor(kept, EVENTS - 4)  # in the middle of a stream
    report = await audited(kept, Asked(since=since, views=False))
    assert (report.wrong, report.events, report.position) == ([], 4, EVENTS)
    assert report.rows == 0


async def test_an_increment_from_the_head_has_nothing_to_do(kept: Database) -> None:
    report = await audited(kept, Asked(since=await anchor(kept, EVENTS), views=False))
    assert (report.wrong, report.events, report.position) == ([], 0, EVENTS)


async def test_an_increment_knows_anchors_before_it(kept: Database) -> None:
    since, early = await anchor(kept, 60), await anchor(kept, 10)
    held = await audited(kept, Asked(since=since, anchors=[early], views=False))
    assert (held.wrong, held.anchors) == ([], 1)
    other = early._replace(digest=bytes(32))
    assert "event 10, " in await one_wrong(kept, Asked(since=since, anchors=[other], views=False))


@pytest.mark.parametrize("at", [60, EVENTS + 1])
async def test_an_increment_from_what_the_log_does_not_have_is_wrong(
    kept: Database, at: int
) -> None:
    report = await audited(kept, Asked(since=Anchor(Position(at), bytes(32)), views=False))
    assert len(report.wrong) == 1
    assert report.events == 0


async def test_an_increment_asks_for_the_beginnings_of_its_streams(kept: Database) -> None:
    await forge(kept, f"UPDATE engine.event SET version = 7 WHERE position = {EVENTS - 2}")
    await forge_chain(kept, EVENTS - 3)
    since = await anchor(kept, EVENTS - 3)
    found = await one_wrong(kept, Asked(since=since, views=False))
    assert found == f"event {EVENTS - 2}, effect-ü: its version is 7, and there is no 6 before it"


# --- beside an engine ----------------------------------------------------------------------------


async def test_a_log_that_grows_meanwhile_is_verified_to_where_it_ended(kept: Database) -> None:
    log = PostgresLog(kept.dsn, CountingClock())
    await log.lead("main")

    async def grow() -> None:
        for number in count(10_000):
            await write(log, into(f"s{number % 7}", number))

    growing = asyncio.ensure_future(grow())
    try:
        ends = [(await audited(kept)) for _ in range(5)]
    finally:
        growing.cancel()
        await asyncio.gather(growing, return_exceptions=True)
        await log.close()
    assert [one.wrong for one in ends] == [[]] * 5
    assert ends[0].events < ends[-1].events
