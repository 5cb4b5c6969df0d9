"""Reading while Postgres is away, or says nothing: who reads is told, and nobody hangs."""

import asyncio

import pytest

from engine.errors import LogUnavailable
from engine.events.effect import EFFECT
from engine.ids import Position
from engine.ports import Wanted
from engine.store.fence import Limits
from tests.support.entries import ACME, event_id, into, write
from tests.support.fault_proxy import FaultProxy
from tests.support.log_bench import NewLog
from tests.support.postgres import Database, PostgresServer

pytestmark = pytest.mark.real

HURRIED = Limits(watch=0.4, patience=0.5, idle=4, lock=0.3, host=0.3, statement=0.3)


@pytest.mark.parametrize("opened", [True, False])
@pytest.mark.parametrize("read", ["stream", "page", "tenant's", "place"])
async def test_a_reader_of_a_silent_postgres_is_told(
    new_log: NewLog, log_proxy: tuple[FaultProxy, str], read: str, opened: bool
) -> None:
    between, dsn = log_proxy
    log = new_log(dsn, limits=HURRIED)
    await log.lead("main")
    await write(log, into("a", 1))

    async def look() -> object:
        match read:
            case "stream":
                return await log.read(EFFECT, "a")
            case "page":
                return await log.read_from(Position(0), 9)
            case "tenant's":
                return await log.read_from(Position(0), 9, Wanted(tenant=ACME))
            case _:
                return await log.position_of(event_id(1))

    if opened:
        assert await look()
    between.swallow = True
    reader = asyncio.ensure_future(look())
    await asyncio.wait({reader}, timeout=5)
    assert reader.done()
    with pytest.raises(LogUnavailable, match="TimeoutError"):
        await reader


async def test_a_reader_that_gives_up_on_a_silent_postgres_is_not_held(
    new_log: NewLog, log_proxy: tuple[FaultProxy, str]
) -> None:
    between, dsn = log_proxy
    log = new_log(dsn)
    await log.lead("main")
    await log.read(EFFECT, "a")
    between.swallow = True
    reader = asyncio.ensure_future(log.read(EFFECT, "a"))
    await asyncio.sleep(0.05)
    reader.cancel()
    await asyncio.wait({reader}, timeout=5)
    assert reader.cancelled()


async def test_closing_ends_a_reader_whom_postgres_does_not_answer(
    new_log: NewLog, log_proxy: tuple[FaultProxy, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.store.pool.CLOSE_S", 0.1)
    between, dsn = log_proxy
    log = new_log(dsn)
    await log.read(EFFECT, "a")
    between.swallow = True
    reader = asyncio.ensure_future(log.read(EFFECT, "a"))
    await asyncio.sleep(0.05)
    closing = asyncio.ensure_future(log.close())
    await asyncio.wait({closing, reader}, timeout=5)
    assert closing.done()
    with pytest.raises(LogUnavailable):
        await asyncio.wait_for(reader, 5)


async def test_a_long_reading_that_a_restart_breaks_off_goes_on_where_it_was(
    new_log: NewLog, postgres: PostgresServer, database: Database
) -> None:
    log = new_log(limits=Limits(patience=20))
    await log.lead("main")
    await write(log, into("a", *range(1, 101)))
    read: list[int] = []
    end, broken = Position(0), 0
    while end < 100:
        try:
            async for page in log.pages(end, Position(100), size=10):
                read += [one.position for one in page.events]
                end = page.end
                if end == 20:
                    await postgres.kill()
                    await postgres.start_again()
        except LogUnavailable:
            broken += 1
    assert broken > 0
    assert read == list(range(1, 101))
