"""One connection reads for one tenant after the other, and lends none what it gave another.

A read says whose rows it wants in the statement that reads them, so nothing is left in the session
for whoever is lent the connection next: not after an error, not after a read that was broken off.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator

import asyncpg
import pytest

from engine.errors import LogUnavailable
from engine.ids import TenantId
from engine.store.readers import Readers, Select
from tests.support.entries import ACME, BOLT
from tests.support.postgres import Database, PostgresServer, aside, eventually

pytestmark = pytest.mark.real

NOBODY = TenantId("")
ROWS = 12  # of each tenant
KEYS = Select("SELECT key, tenant FROM engine.view_ips WHERE key > $1", " ORDER BY key LIMIT 7")
SLOW = Select("SELECT key, pg_sleep(60) FROM engine.view_ips WHERE key > $1", " LIMIT 1")
WRONG = Select("SELECT 1 / (length(key) - length(key)) FROM engine.view_ips WHERE true", " LIMIT 1")
LEFT = "SELECT coalesce(current_setting('engine.tenant', true), '')"


@pytest.fixture(scope="module")
def kept(postgres: PostgresServer) -> Iterator[Database]:
    made = aside(postgres.create())
    aside(filled(made))
    yield made
    aside(postgres.drop(made))


async def filled(database: Database) -> None:
    """Keys of both in turn, so that no order of rows keeps them apart."""
    for n in range(ROWS):
        for tenant in (ACME, BOLT, None):
            key = f"{n:02}/{tenant}"
            into = "INSERT INTO engine.view_ips (generation, key, tenant, body)"
            await database.ask(f"{into} VALUES (1, $1, $2, '')", key, tenant, role="ee_engine")


@pytest.fixture
async def readers(kept: Database) -> AsyncIterator[Readers]:
    made = Readers(kept.dsn, name="reads", epoch=lambda: 0)
    yield made
    await made.close()


def of(tenant: TenantId) -> list[str]:
    return [f"{n:02}/{tenant}" for n in range(7)]


async def keys(readers: Readers, tenant: TenantId | None, after: str = "") -> list[str]:
    return [row["key"] for row in await readers.fetch(tenant, KEYS, after)]


async def nothing_is_left(readers: Readers) -> None:
    async with readers._api.borrow() as connection:
        assert await connection.fetchval(LEFT) == ""
        assert await connection.fetchval("SELECT count(*) FROM engine.view_ips") == 0


async def test_each_in_turn_reads_its_own_over_one_connection(readers: Readers) -> None:
    for tenant in (ACME, BOLT, NOBODY, ACME, TenantId("acme' OR true --"), BOLT):
        assert await keys(readers, tenant) == (of(tenant) if tenant in (ACME, BOLT) else [])
        await nothing_is_left(readers)
    assert readers.size == 1
    assert len(await keys(readers, None, "03")) == 7, "and the auditor everybody's"


async def test_it_is_one_question_to_postgres(readers: Readers) -> None:
    await keys(readers, ACME)
    asked: list[str] = []
    async with readers._api.borrow() as connection:
        connection.add_query_logger(lambda one: asked.append(one.query))
    await keys(readers, BOLT)
    await keys(readers, ACME, "03")
    assert len(asked) == 2


async def test_a_read_that_fails_leaves_nothing_to_the_next(readers: Readers) -> None:
    for tenant, other in ((ACME, BOLT), (BOLT, ACME)):
        with pytest.raises(asyncpg.DivisionByZeroError):
            await readers.fetch(tenant, WRONG)
        await nothing_is_left(readers)
        assert await keys(readers, other) == of(other)
    assert readers.size == 1


async def test_a_read_that_is_broken_off_leaves_nothing_to_the_next(
    kept: Database, readers: Readers
) -> None:
    sleeps = "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    task = asyncio.ensure_future(readers.fetch(ACME, SLOW, ""))

    async def asleep() -> bool:
        return bool((await kept.ask(sleeps))[0][0])

    await eventually(asleep)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await nothing_is_left(readers)
    assert await keys(readers, BOLT) == of(BOLT)


async def test_a_read_that_is_too_slow_leaves_nothing_to_the_next(kept: Database) -> None:
    readers = Readers(kept.dsn, name="reads", epoch=lambda: 0, statement_s=0.3)
    try:
        with pytest.raises(LogUnavailable):
            await readers.fetch(ACME, SLOW, "")
        await nothing_is_left(readers)
        assert await keys(readers, BOLT) == of(BOLT)
    finally:
        await readers.close()


async def test_who_reads_in_pages_and_has_read_enough_leaves_no_open_transaction(
    readers: Readers,
) -> None:
    """asyncpg would end it too, with an error in the log for each page that a tenant reads."""
    complaints: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: complaints.append(context["message"]))

    async def pages(tenant: TenantId) -> AsyncGenerator[str, None]:
        async with readers.reading(tenant) as connection:
            for row in await connection.fetch("SELECT key FROM engine.view_ips ORDER BY key"):
                yield row["key"]

    for tenant in (ACME, BOLT):
        reading = pages(tenant)
        assert await anext(reading) == f"00/{tenant}"
        await reading.aclose()
        await nothing_is_left(readers)
    assert (complaints, readers.size) == ([], 1)


async def test_many_at_once_each_read_their_own(readers: Readers) -> None:
    whose = [(ACME, BOLT, NOBODY)[n % 3] for n in range(60)]
    found = await asyncio.gather(*(keys(readers, tenant) for tenant in whose))
    assert found == [of(tenant) if tenant else [] for tenant in whose]


@pytest.mark.parametrize(
    "plan",
    [
        "enable_nestloop=off",
        "enable_indexscan=off&enable_bitmapscan=off&enable_indexonlyscan=off",
        "enable_seqscan=off&enable_sort=off",
        "enable_material=off&enable_memoize=off",
        "plan_cache_mode=force_generic_plan",
        "plan_cache_mode=force_custom_plan",
        "from_collapse_limit=1&join_collapse_limit=1",
        "from_collapse_limit=100&join_collapse_limit=100&geqo_threshold=2",
        "parallel_setup_cost=0&parallel_tuple_cost=0&min_parallel_table_scan_size=0",
    ],
)
async def test_whatever_plan_is_chosen_whose_rows_they_are_is_said_first(
    kept: Database, plan: str
) -> None:
    readers = Readers(f"{kept.dsn}&jit=off&{plan}", name="reads", epoch=lambda: 0)
    try:
        for tenant in (ACME, BOLT, ACME):
            assert await keys(readers, tenant) == of(tenant)
            assert await keys(readers, tenant, f"{ROWS - 2:02}/{tenant}") == [
                f"{ROWS - 1:02}/{tenant}"
            ]
    finally:
        await readers.close()
