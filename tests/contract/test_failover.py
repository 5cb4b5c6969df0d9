"""The primary is lost and its standby promoted: nothing acknowledged is lost, nothing doubled."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count

import pytest
from structlog.testing import capture_logs

from engine.store.fence import Limits
from engine.store.postgres_log import PostgresLog
from tests.support.entries import CountingClock, event_id, into, write
from tests.support.log_bench import entries, whole
from tests.support.pair import Pair, Server
from tests.support.postgres import eventually

pytestmark = pytest.mark.real

CALLERS = 8
ENDURING = Limits(watch=0.5, patience=60, idle=8, lock=0.3, host=1)


@pytest.fixture
async def log(pair: Pair) -> AsyncIterator[PostgresLog]:
    made = PostgresLog(pair.dsn, CountingClock(), durability="synchronous", limits=ENDURING)
    await made.lead("main")
    yield made
    await made.close()


async def test_three_failovers_under_load_lose_and_double_nothing(
    log: PostgresLog, pair: Pair
) -> None:
    written: dict[str, int] = {}
    over = asyncio.Event()

    async def write_on(caller: int) -> None:
        for number in count(1_000_000 * (caller + 1)):
            if over.is_set():
                break
            written[event_id(number)] = await write(log, into(f"s{caller}", number))

    async def more(events: int) -> None:
        enough = len(written) + events
        await eventually(lambda: len(written) >= enough)

    with capture_logs() as said:
        async with asyncio.TaskGroup() as tasks:
            for caller in range(CALLERS):
                tasks.create_task(write_on(caller))
            for _ in range(3):
                await more(200)
                await pair.primary.kill()
                await pair.fail_over()
                await more(50)
                await pair.standby.follow(pair.primary)
            await more(50)
            over.set()
    alone = [one for one in said if one["event"] == "log.on_one_disk"]
    assert len(alone) >= 3, "each new primary waits for nobody at first"
    there = await entries(pair.primary.database)
    assert {one.id: one.position for one in there} == written
    assert await whole(pair.primary.database)


async def test_what_stands_on_the_lost_primary_alone_was_never_acknowledged_and_is_written_anew(
    log: PostgresLog, pair: Pair
) -> None:
    """Whoever looked for its id on the old primary would have found it there."""
    await write(log, into("a", 1))
    await pair.standby.stop()
    caller = asyncio.ensure_future(write(log, into("a", 2)))
    waits = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    await eventually(lambda: caller.done() or pair.primary.database.ask(waits))
    await pair.primary.database.ask(f"SELECT pg_cancel_backend(pid) FROM ({waits}) AS waiting")
    await eventually(lambda: caller.done() or _count(pair.primary, 2))
    await asyncio.sleep(2 * ENDURING.watch)
    assert not caller.done()
    await pair.primary.kill()
    await pair.standby.start()
    assert await _count(pair.standby, 1)
    await pair.fail_over()
    assert await caller == 2
    assert [one.id for one in await entries(pair.primary.database)] == [event_id(1), event_id(2)]
    assert await whole(pair.primary.database)


async def _count(server: Server, events: int) -> bool:
    """Are there so many events on this server, acknowledged or not?"""
    return len(await entries(server.database)) == events
