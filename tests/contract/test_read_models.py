"""What every store of read models must keep: in memory and in Postgres."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import NamedTuple

import pytest

from engine.errors import Deposed
from engine.ids import Position, TenantId
from engine.ports import ReadModels, Row
from engine.store.memory import MemoryDatabase, MemoryLog, MemoryReadModels
from engine.store.postgres_log import PostgresLog
from engine.store.read_models import PostgresReadModels
from engine.store.views import PLATFORM_VIEWS, VIEWS
from tests.support.entries import ACME, BOLT, CountingClock
from tests.support.postgres import Database, PostgresServer


class Two(NamedTuple):
    """Read models of the process that leads, and of one that leads no more."""

    leads: ReadModels
    led: ReadModels


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.real)])
async def two(request: pytest.FixtureRequest) -> AsyncIterator[Two]:
    if request.param == "memory":
        yield await _in_memory()
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    database = await server.create()
    async with AsyncExitStack() as ending:
        ending.push_async_callback(server.drop, database)
        yield await _in_postgres(database, ending)


async def _in_memory() -> Two:
    database = MemoryDatabase()
    first, second = (MemoryLog(CountingClock(), database) for _ in range(2))
    await first.lead("first")
    await second.lead("second")
    return Two(MemoryReadModels(second), MemoryReadModels(first))


async def _in_postgres(database: Database, ending: AsyncExitStack) -> Two:
    first, second = (PostgresLog(database.dsn, CountingClock()) for _ in range(2))
    await first.lead("first")
    await first.close()  # its lock is gone; it remembers its fence
    await second.lead("second")
    ending.push_async_callback(second.close)
    leads, led = (PostgresReadModels(database.dsn, log.fence) for log in (second, first))
    ending.push_async_callback(leads.close)
    ending.push_async_callback(led.close)
    return Two(leads, led)


@pytest.fixture
def models(two: Two) -> ReadModels:
    return two.leads


def row(
    key: str,
    tenant: TenantId | None = ACME,
    *,
    projection: str = "ips",
    phase: str | None = "WARMING",
    body: bytes = b"{}",
) -> Row:
    columns = {"phase": phase, "node": "n1"} if projection == "ips" else {}
    return Row(projection=projection, key=key, tenant=tenant, columns=columns, body=body)


async def put(models: ReadModels, *rows: Row) -> None:
    was = await models.checkpoint()
    await models.write(rows, was=was, now=Position(was + 1))


async def keys(
    models: ReadModels, projection: str = "ips", tenant: TenantId | None = None, **where: str
) -> list[str]:
    return [key for key, _ in await models.some(projection, tenant=tenant, where=where)]


async def test_rows_and_checkpoint_are_written_together(models: ReadModels) -> None:
    assert await models.checkpoint() == 0
    await models.write([row("a", body=b'{"n":1}')], was=Position(0), now=Position(7))
    assert await models.checkpoint() == 7
    assert await models.one("ips", "a", tenant=None) == b'{"n":1}'


async def test_a_later_row_of_a_key_takes_the_place_of_the_earlier(models: ReadModels) -> None:
    await put(models, row("a", phase="STANDBY", body=b"1"))
    await put(models, row("a", phase="WARMING", body=b"2"), row("a", phase="ACTIVE", body=b"3"))
    assert await models.one("ips", "a", tenant=None) == b"3"
    assert await keys(models, phase="ACTIVE") == ["a"]
    assert await keys(models, phase="STANDBY") == []


async def test_a_row_may_change_hands(models: ReadModels) -> None:
    await put(models, row("a", ACME))
    await put(models, row("a", BOLT))
    assert await models.one("ips", "a", tenant=ACME) is None
    assert await models.one("ips", "a", tenant=BOLT) == b"{}"


async def test_a_write_from_another_position_than_the_checkpoint_deposes(
    models: ReadModels,
) -> None:
    await put(models, row("a"))
    with pytest.raises(Deposed):
        await models.write([row("b")], was=Position(0), now=Position(5))
    assert await keys(models) == ["a"]
    assert await models.checkpoint() == 1


async def test_a_write_may_be_repeated_when_its_answer_was_lost(models: ReadModels) -> None:
    for _ in range(2):
        await models.write([row("a")], was=Position(0), now=Position(5))
    assert await models.checkpoint() == 5


async def test_who_leads_no_more_writes_no_more(two: Two) -> None:
    await put(two.leads, row("a"))
    with pytest.raises(Deposed, match="second"):
        await two.led.write([row("b")], was=Position(1), now=Position(2))
    with pytest.raises(Deposed):
        await two.led.reset()
    assert await keys(two.leads) == ["a"]
    assert await two.led.one("ips", "a", tenant=None) == b"{}", "but it may read"


async def test_nobody_sees_rows_of_another_tenant(models: ReadModels) -> None:
    await put(models, row("a", ACME), row("b", BOLT), row("p", None))
    assert await keys(models, tenant=ACME) == ["a"]
    assert await keys(models, tenant=BOLT) == ["b"]
    assert await keys(models, tenant=TenantId("")) == []
    assert await models.one("ips", "b", tenant=ACME) is None
    assert await models.one("ips", "p", tenant=ACME) is None


async def test_the_auditor_sees_all(models: ReadModels) -> None:
    await put(models, row("a", ACME), row("b", BOLT), row("p", None))
    assert await keys(models) == ["a", "b", "p"]


@pytest.mark.parametrize("projection", sorted(PLATFORM_VIEWS))
async def test_no_tenant_reads_a_view_of_the_platform(models: ReadModels, projection: str) -> None:
    await put(models, row("a", ACME, projection=projection))
    assert await keys(models, projection, tenant=ACME) == []
    assert await models.one(projection, "a", tenant=ACME) is None
    assert await keys(models, projection) == ["a"]


@pytest.mark.parametrize("projection", sorted(VIEWS))
async def test_each_view_keeps_the_columns_it_declares(models: ReadModels, projection: str) -> None:
    columns = {name: f"a {name}" for name in VIEWS[projection]}
    await put(
        models,
        Row(projection=projection, key="k", tenant=ACME, columns=columns, body=b"[1]"),
        Row(projection=projection, key="empty", tenant=ACME, columns={}, body=b"[2]"),
    )
    assert await models.some(projection, tenant=None, where=columns) == (
        [("k", b"[1]")] if columns else [("empty", b"[2]"), ("k", b"[1]")]
    )


async def test_pages_follow_each_other_in_the_order_of_keys(models: ReadModels) -> None:
    await put(models, *(row(key) for key in ("ä", "b", "B", "a", "10", "9")))
    pages = [
        [key for key, _ in await models.some("ips", tenant=ACME, where={}, after=after, limit=4)]
        for after in ("", "a", "ä")
    ]
    assert pages == [["10", "9", "B", "a"], ["b", "ä"], []]


async def test_filters_hold_together(models: ReadModels) -> None:
    await put(models, row("a", phase="ACTIVE"), row("b"), row("c", BOLT, phase="ACTIVE"))
    assert await keys(models, tenant=ACME, phase="ACTIVE", node="n1") == ["a"]
    assert await keys(models, tenant=ACME, phase="ACTIVE", node="n2") == []
    assert await keys(models, phase="ACTIVE") == ["a", "c"]


async def test_a_filter_by_an_undeclared_column_is_refused(models: ReadModels) -> None:
    for bad in ("body", "tenant", "phase = '' OR true --"):
        with pytest.raises(KeyError, match="declares no column"):
            await models.some("ips", tenant=ACME, where={bad: "x"})
    with pytest.raises(KeyError, match="no view"):
        await models.one("ips; DROP TABLE engine.event", "a", tenant=None)
    undeclared = Row(projection="ips", key="a", tenant=ACME, columns={"hat": "x"}, body=b"")
    with pytest.raises(KeyError):
        await models.write([undeclared], was=Position(0), now=Position(1))
    assert await models.checkpoint() == 0


async def test_a_reset_forgets_all_rows_and_begins_at_nothing(models: ReadModels) -> None:
    await put(models, row("a"), row("n", projection="nodes"))
    await models.reset()
    assert await models.checkpoint() == 0
    assert await keys(models) == await keys(models, "nodes") == []
    await put(models, row("a"))
    assert await keys(models) == ["a"]
