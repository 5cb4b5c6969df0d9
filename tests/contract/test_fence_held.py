"""While the leader writes rows or images nobody else can begin to lead: the fence is held to the
end, and not only looked at."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from engine.errors import Deposed
from engine.ids import Position
from engine.ports import Part
from engine.store.images import PostgresImages
from engine.store.postgres_log import PostgresLog
from engine.store.read_models import PostgresReadModels
from tests.support.entries import CountingClock, into, write
from tests.support.postgres import Database, eventually

pytestmark = pytest.mark.real

AS_A_NEW_LEADER_DOES = "SELECT true FROM engine.fence FOR NO KEY UPDATE NOWAIT"
WAITS = (
    "SELECT true FROM pg_stat_activity"
    " WHERE wait_event_type = 'Lock' AND datname = current_database()"
)
ROW_OF_AN_IMAGE = (
    "INSERT INTO engine.image_set (projection, position, codec, parts, digest)"
    " VALUES ('ips', 1, '', 0, sha256(''))"
)


@pytest.fixture
async def log(database: Database) -> AsyncIterator[PostgresLog]:
    made = PostgresLog(database.dsn, CountingClock())
    await made.lead("main")
    await write(made, into("a", 1))
    yield made
    await made.close()


@pytest.fixture
async def models(log: PostgresLog, database: Database) -> AsyncIterator[PostgresReadModels]:
    made = PostgresReadModels(database.dsn, log.fence)
    yield made
    await made.close()


@pytest.fixture
async def images(log: PostgresLog, database: Database) -> AsyncIterator[PostgresImages]:
    made = PostgresImages(database.dsn, log.fence)
    yield made
    await made.close()


@asynccontextmanager
async def held_up(
    database: Database, by: str, work: Coroutine[Any, Any, None]
) -> AsyncIterator[None]:
    """In the middle of its transaction, by another one, which then leaves no trace."""
    blocker = await asyncpg.connect(database.superuser)
    other = blocker.transaction()
    await other.start()
    await blocker.execute(by)
    writing = asyncio.ensure_future(work)
    try:
        await eventually(lambda: database.ask(WAITS))
        yield
    finally:
        await other.rollback()
        await blocker.close()
        await writing


async def test_nobody_begins_to_lead_while_rows_are_written(
    models: PostgresReadModels, database: Database
) -> None:
    write_rows = models.write([], was=Position(0), now=Position(1))
    async with held_up(database, "UPDATE engine.checkpoint SET position = position", write_rows):
        with pytest.raises(asyncpg.LockNotAvailableError):
            await database.ask(AS_A_NEW_LEADER_DOES)
    assert await models.checkpoint() == 1
    assert await database.ask(AS_A_NEW_LEADER_DOES)


async def test_nobody_begins_to_lead_while_an_image_becomes_one(
    images: PostgresImages, database: Database
) -> None:
    save = images.save(Position(1), {"ips": "1-x"}, {"ips": [Part(None, b"")]})
    async with held_up(database, ROW_OF_AN_IMAGE, save):
        with pytest.raises(asyncpg.LockNotAvailableError):
            await database.ask(AS_A_NEW_LEADER_DOES)
    assert await images.newest("ips", "1-x", Position(1)) == 1
    assert await database.ask(AS_A_NEW_LEADER_DOES)


async def test_a_server_that_never_heard_of_this_leader_is_not_written_to(
    models: PostgresReadModels, images: PostgresImages, database: Database
) -> None:
    """As after a fail-over to one that had missed the last change of the lead."""
    await database.ask("UPDATE engine.fence SET epoch = epoch - 1")
    with pytest.raises(Deposed):
        await models.write([], was=Position(0), now=Position(1))
    with pytest.raises(Deposed):
        await images.save(Position(1), {"ips": "1-x"}, {"ips": []})
