"""Columns go to Postgres as one text each, and come as one text each."""

from contextlib import aclosing
from datetime import UTC
from random import Random

import msgspec
import pytest

from engine.events.effect import EFFECT
from engine.ids import Actor, Position, TenantId
from engine.ports import New, Slice
from engine.store import codec
from engine.store.entry import Entry
from engine.store.packed import packed
from tests.support.entries import DAY_1, SOMEBODY, event, event_id, into, write
from tests.support.log_bench import NewLog, whole
from tests.support.postgres import Database

pytestmark = pytest.mark.real

ODD = [
    *("", " ", "NULL", "null", '"', "\\", '\\"', '"\\', "{", "}", ",", "{a,b}", '{"a","b"}'),
    *("'", "a\nb", "\t\r\v", "\x1f\x7f", " a ", "é", "\u2028", "😀", "[]", "\\u0041"),
]


async def test_texts_of_any_kind_come_back_as_they_were_written(
    new_log: NewLog, database: Database
) -> None:
    log = new_log()
    await log.lead("main")
    slices = [
        Slice(stream=f"effect-{odd}", tenant=TenantId(odd), events=[New(event_id(n), event(odd))])
        for n, odd in enumerate(ODD, start=1)
    ]
    nobody = into("nobody", 99, tenant=None)
    cause, actor = "".join(ODD), Actor('key:"{\\,}')
    await log.append([*slices, nobody], actor=actor, cause=cause)
    *found, last = await log.read_from(Position(0), 99)
    assert [(one.stream, one.tenant) for one in found] == [
        (f"effect-{odd}", TenantId(odd)) for odd in ODD
    ]
    assert {(one.actor, one.cause) for one in found} == {(actor, cause)}
    assert last.tenant is None
    assert await whole(database)


async def test_postgres_reads_the_texts_of_a_column_as_they_are(database: Database) -> None:
    chance = Random(12)
    texts = ["".join(chance.choices('"\\{},NUL \nä', k=chance.randrange(9))) for _ in range(2_000)]
    rows = [
        Entry(
            *(Position(1), text, 1, event_id(1), "a.tag", DAY_1),  # type: ignore[arg-type]
            *(None, SOMEBODY, "a test", b"{}", bytes(32)),
        )
        for text in texts
    ]
    ((there,),) = await database.ask("SELECT $1::text::text[]", packed(rows)[0])
    assert there == texts


async def test_a_body_that_is_cut_off_takes_nothing_of_the_next(
    new_log: NewLog, database: Database
) -> None:
    """Though another makes up for the one that is missing then."""
    whole_one = codec.encode(event()).decode()
    cut = whole_one.index("looked") + 3
    for number, body in enumerate([whole_one[:cut], whole_one[cut:], f"{whole_one},{whole_one}"]):
        await database.ask(
            "INSERT INTO engine.event (position, stream, version, id, tag, at, actor, cause, body,"
            " digest) VALUES ($1, 'effect-a', $1, $2, 'effect.stuck', now(), '', '', $3, $4)",
            *(number + 1, event_id(number), body.encode(), bytes(32)),
        )
    async with aclosing(new_log().pages(Position(0), Position(3))) as pages:
        with pytest.raises(msgspec.DecodeError):
            await anext(pages)


async def test_times_are_utc_whatever_the_servers_zone(new_log: NewLog, database: Database) -> None:
    await database.run(f"ALTER DATABASE {database.name} SET timezone = 'Asia/Kathmandu'")
    log = new_log()
    await log.lead("main")
    await write(log, into("a", 1))
    (paged,) = await log.read_from(Position(0), 9)
    assert [paged] == await log.read(EFFECT, "a")
    assert paged.at.tzinfo is UTC
