"""When keys were used last: kept over a restart, throttled, and late if the database is away."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from engine.api.key_uses import KeyUses
from engine.errors import LogUnavailable
from engine.ids import KeyId
from engine.store.key_uses import PostgresKeyUses
from tests.support.postgres import Database
from tests.support.spec import DAY_1

ONE, TWO = KeyId("4k1"), KeyId("4k2")


class Kept:
    """A table that can be away."""

    def __init__(self) -> None:
        self.rows: dict[KeyId, datetime] = {}
        self.writes = 0
        self.away = False

    async def read(self) -> Mapping[KeyId, datetime]:
        return dict(self.rows)

    async def write(self, uses: Mapping[KeyId, datetime]) -> None:
        if self.away:
            raise LogUnavailable
        self.writes += 1
        self.rows |= uses


async def test_many_uses_in_a_minute_are_one_write_and_nothing_new_is_none() -> None:
    table = Kept()
    async with (uses := KeyUses(table)).kept():
        for n in range(50):
            uses.note(ONE, DAY_1 + timedelta(seconds=n))
        await uses.flush()
        await uses.flush()
        assert (table.writes, table.rows) == (1, {ONE: DAY_1})
        uses.note(ONE, DAY_1 + timedelta(seconds=60))
    assert table.rows == {ONE: DAY_1 + timedelta(minutes=1)}, "the end writes what is left"


async def test_what_could_not_be_written_is_written_later() -> None:
    table = Kept()
    async with (uses := KeyUses(table)).kept():
        table.away = True
        uses.note(ONE, DAY_1)
        await uses.flush()
        table.away = False
        uses.note(TWO, DAY_1)
        await uses.flush()
        assert table.rows == {ONE: DAY_1, TWO: DAY_1}


@pytest.mark.real
async def test_postgres_keeps_the_later_of_two(database: Database) -> None:
    table = PostgresKeyUses(database.dsn, name="test")
    later = DAY_1 + timedelta(hours=1)
    await table.write({ONE: later, TWO: DAY_1})
    await table.write({ONE: DAY_1, TWO: later})
    assert await table.read() == {ONE: later, TWO: later}
    async with (uses := KeyUses(table)).kept():
        assert uses.last(ONE) == later
    away = PostgresKeyUses("postgresql://nobody@127.0.0.1:1/x", name="test")
    with pytest.raises(LogUnavailable):
        await away.write({ONE: later})
