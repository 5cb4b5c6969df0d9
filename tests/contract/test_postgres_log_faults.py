"""The log in Postgres under faults: nothing acknowledged is lost, nothing is doubled."""

import asyncio
from contextlib import suppress

import asyncpg
import pytest

from engine.errors import LogUnavailable
from engine.store.fence import Limits
from engine.store.postgres_log import PostgresLog
from tests.support.entries import into, numbers, write
from tests.support.fault_proxy import FaultProxy
from tests.support.log_bench import NewLog, end_connections, whole
from tests.support.postgres import Database, PostgresServer, eventually

pytestmark = pytest.mark.real


@pytest.fixture
async def log(new_log: NewLog) -> PostgresLog:
    made = new_log()
    await made.lead("main")
    return made


@pytest.mark.parametrize("fault", ["lose_reply", "mute_reply", "lose_request"])
async def test_an_append_whose_outcome_is_unknown_is_written_once(
    new_log: NewLog, log_proxy: tuple[FaultProxy, str], database: Database, fault: str
) -> None:
    between, dsn = log_proxy
    log = new_log(dsn)
    await log.lead("main")
    await write(log, into("a", 1, expected=0))
    epoch = log.fence().epoch
    setattr(between, fault, b"the fateful one")
    assert await write(log, into("a", 2, 3, expected=1), cause="the fateful one") == 3
    assert between.struck.is_set()
    assert log.fence().epoch > epoch, "asked only behind an acknowledged bump"
    assert await write(log, into("a", 4, expected=3)) == 4
    assert await numbers(log) == [1, 2, 3, 4]
    assert await whole(database)


async def test_the_answer_to_the_bump_may_be_lost_as_well(
    new_log: NewLog, log_proxy: tuple[FaultProxy, str], database: Database
) -> None:
    between, dsn = log_proxy
    log = new_log(dsn, limits=Limits(watch=0.4, patience=5))
    epoch = (await log.lead("main in person")).epoch
    await end_connections(database)
    between.lose_reply = b"main in person"
    assert await write(log, into("a", 1)) == 1
    assert between.struck.is_set()
    assert log.fence().epoch == epoch + 2, "the first bump counts, though nobody heard of it"


async def test_what_postgres_cannot_store_is_the_callers_bug_and_stops_nobody_else(
    log: PostgresLog, database: Database
) -> None:
    bad = asyncio.ensure_future(write(log, into("a", 1), cause="a \x00 in a text"))
    good = asyncio.ensure_future(write(log, into("a", 2)))
    with pytest.raises(asyncpg.DataError):
        await bad
    assert await good == 1
    assert await whole(database)


async def test_what_others_asked_meanwhile_is_written_behind_it(
    new_log: NewLog, log_proxy: tuple[FaultProxy, str], database: Database
) -> None:
    between, dsn = log_proxy
    log = new_log(dsn, limits=Limits(watch=0.4, patience=5))
    await log.lead("main")
    between.mute_reply = b"number 7"
    await asyncio.gather(*(write(log, into("a", n), cause=f"number {n}") for n in range(1, 21)))
    assert sorted(await numbers(log)) == list(range(1, 21))
    assert await whole(database)


async def test_a_caller_that_gives_up_does_not_cancel_the_commit(
    new_log: NewLog, log_proxy: tuple[FaultProxy, str], database: Database
) -> None:
    between, dsn = log_proxy
    log = new_log(dsn)
    await log.lead("main")
    between.mute_reply = b"the fateful one"
    caller = asyncio.ensure_future(write(log, into("a", 1), cause="the fateful one"))
    await between.struck.wait()
    caller.cancel()
    with suppress(asyncio.CancelledError):
        await caller
    assert await write(log, into("a", 2)) == 2
    assert await numbers(log) == [1, 2]


async def test_while_postgres_is_away_callers_hear_that_nothing_was_written(
    new_log: NewLog, log_proxy: tuple[FaultProxy, str], database: Database
) -> None:
    between, dsn = log_proxy
    log = new_log(dsn)
    await log.lead("main")
    between.refuse = True
    await end_connections(database)
    answers = await asyncio.gather(
        *(write(log, into("a", number)) for number in (1, 2)), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [LogUnavailable, LogUnavailable]
    between.refuse = False
    assert await write(log, into("a", 1)) == 1, "it leads on when Postgres is back"
    assert await numbers(log) == [1]
    assert await whole(database)


async def test_a_kill_of_postgres_in_the_middle_loses_and_doubles_nothing(
    new_log: NewLog, postgres: PostgresServer, database: Database
) -> None:
    log = new_log(limits=Limits(patience=20))
    await log.lead("main")
    done: list[int] = []

    async def write_on(first: int) -> None:
        for number in range(first, first + 40):
            await write(log, into(f"s{first}", number))
            done.append(number)

    async with asyncio.TaskGroup() as tasks:
        for first in (100, 200, 300):
            tasks.create_task(write_on(first))
        await eventually(lambda: len(done) >= 20)
        await postgres.kill()
        await postgres.start_again()
    assert sorted(await numbers(log)) == sorted(done)
    assert len(done) == 120
    assert await whole(database)


async def test_a_standby_that_never_answers_keeps_the_outcome_open(
    new_log: NewLog, postgres: PostgresServer, database: Database
) -> None:
    default = f"ALTER DATABASE {database.name} SET synchronous_commit = local"
    await database.ask(default)  # waits for the disk, and for no standby: not what was promised
    log = new_log()
    await log.lead("main")
    async with postgres.waiting_for_a_ghost():
        caller = asyncio.ensure_future(write(log, into("a", 1)))
        await asyncio.sleep(1.2)
        assert not caller.done(), "neither acknowledged nor given up"
        assert await numbers(log) == [], "nor shown to readers"
        there = await database.ask("SELECT position FROM engine.event")
        assert there == [], "whoever cancelled the commit would have it on this server alone"
    assert await caller == 1
    assert await numbers(log) == [1]
    assert await whole(database)


async def test_a_wait_for_the_standby_that_somebody_ends_is_no_acknowledgement(
    new_log: NewLog, postgres: PostgresServer, database: Database
) -> None:
    log = new_log(limits=Limits(watch=5, idle=8))
    await log.lead("main")
    async with postgres.waiting_for_a_ghost():
        caller = asyncio.ensure_future(write(log, into("a", 1)))
        await postgres.until_somebody_waits_for_the_ghost()
        await database.ask(
            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        )
        await asyncio.sleep(0.3)
        assert not caller.done(), "the row stands on this server alone"
        assert await numbers(log) == []
    assert await caller == 1
    assert await numbers(log) == [1]
