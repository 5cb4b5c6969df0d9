"""One commit for many callers, and what becomes of each when it goes wrong half-way."""

import asyncio

import asyncpg
import pytest

from engine.errors import LogUnavailable, RepeatedId, VersionConflict
from engine.store.fence import Limits
from tests.support.entries import into, numbers, write
from tests.support.fault_proxy import FaultProxy
from tests.support.log_bench import NewLog, whole
from tests.support.postgres import Database

pytestmark = pytest.mark.real

FAULTS = ["lose_reply", "mute_reply", "lose_request"]
PATIENT = Limits(watch=0.4, patience=9, idle=4, lock=0.3, host=1)
TOGETHER = 64


@pytest.mark.parametrize("fault", FAULTS)
async def test_each_of_a_batch_without_answer_is_written_once_and_hears_its_own_place(
    new_log: NewLog, log_proxy: tuple[FaultProxy, str], database: Database, fault: str
) -> None:
    between, dsn = log_proxy
    log = new_log(dsn, limits=PATIENT)
    await log.lead("main")
    await write(log, into("a", 1), into("old", 2))
    setattr(between, fault, b"number 12")
    conflict, *answers = await asyncio.gather(
        write(log, into("a", 900, expected=7), into("a", 901)),
        *(write(log, into(f"s{n % 5}", n), cause=f"number {n}") for n in range(10, 10 + TOGETHER)),
        return_exceptions=True,
    )
    assert between.struck.is_set()
    assert isinstance(conflict, VersionConflict)
    assert answers == list(range(3, 3 + TOGETHER))
    assert await numbers(log) == [1, 2, *range(10, 10 + TOGETHER)]
    assert await whole(database)


@pytest.mark.parametrize("fault", FAULTS)
async def test_an_id_of_long_ago_in_a_batch_without_answer_is_no_proof_that_it_was_written(
    new_log: NewLog, log_proxy: tuple[FaultProxy, str], database: Database, fault: str
) -> None:
    between, dsn = log_proxy
    log = new_log(dsn, limits=PATIENT)
    await log.lead("main")
    await write(log, into("old", 2))
    setattr(between, fault, b"number 12")
    repeated, *answers = await asyncio.gather(
        write(log, into("b", 2, expected=0)),
        *(write(log, into(f"s{n}", n), cause=f"number {n}") for n in range(10, 10 + TOGETHER)),
        return_exceptions=True,
    )
    assert between.struck.is_set()
    assert isinstance(repeated, RepeatedId)
    assert answers == list(range(2, 2 + TOGETHER))
    assert await whole(database)


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_batch_is_taken_apart_although_the_connection_is_lost_on_the_way(
    new_log: NewLog, log_proxy: tuple[FaultProxy, str], database: Database, fault: str
) -> None:
    """Number 12 is sent with all, with all once more, and then alone: that is the one lost."""
    between, dsn = log_proxy
    log = new_log(dsn, limits=PATIENT)
    await log.lead("main")
    await write(log, into("a", 1))
    setattr(between, fault, b"number 12")
    between.spare = 2
    unstorable, *answers = await asyncio.gather(
        write(log, into("b", 900), cause="a \x00 in a text"),
        *(write(log, into(f"s{n}", n), cause=f"number {n}") for n in range(10, 10 + TOGETHER)),
        return_exceptions=True,
    )
    assert between.struck.is_set()
    assert isinstance(unstorable, asyncpg.DataError)
    assert {*answers} == {*range(2, 2 + TOGETHER)}
    assert sorted(await numbers(log)) == [1, *range(10, 10 + TOGETHER)]
    assert await whole(database)


async def test_a_stream_too_long_for_an_index_is_its_callers_bug_and_stops_nobody_else(
    new_log: NewLog, database: Database
) -> None:
    log = new_log(limits=PATIENT)
    await log.lead("main")
    epoch = log.fence().epoch
    endless = "".join(map(str, range(9_000)))
    long, *others = await asyncio.gather(
        write(log, into(endless, 1)),
        *(write(log, into("a", n)) for n in range(2, 2 + TOGETHER)),
        return_exceptions=True,
    )
    assert isinstance(long, asyncpg.ProgramLimitExceededError)
    assert others == list(range(1, 1 + TOGETHER))
    assert log.fence().epoch == epoch, "the lead was never in doubt"
    assert await whole(database)


async def test_what_fails_again_and_again_is_told_and_other_appends_go_on_when_it_ends(
    new_log: NewLog, database: Database
) -> None:
    """As on a full disk: the lead is taken each time, and no event finds room."""
    log = new_log(limits=Limits(watch=9, patience=0.5, idle=9, lock=0.3, host=1))
    await log.lead("main")
    await database.run(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full'; END $$;"
        " CREATE TRIGGER full_disk BEFORE INSERT ON engine.event EXECUTE FUNCTION full_disk()"
    )
    callers = [asyncio.ensure_future(write(log, into("a", n))) for n in range(1, 1 + TOGETHER)]
    await asyncio.wait(callers, timeout=9)
    for caller in callers:
        assert caller.done()
        assert isinstance(caller.exception(), LogUnavailable)
        assert "DiskFullError: No space left on device" in str(caller.exception())
    last = asyncio.ensure_future(write(log, into("b", 100)))
    await database.run("DROP TRIGGER full_disk ON engine.event")
    assert await last == 1
    assert await numbers(log) == [100]
    assert await whole(database)


async def test_whoever_heard_that_nothing_was_written_finds_nothing_in_the_log(
    new_log: NewLog, database: Database
) -> None:
    """The patience of a caller ends while Postgres is slow to say how far his stream has come."""
    log = new_log(limits=Limits(watch=9, patience=0.2, idle=9, lock=0.3, host=1))
    await log.lead("main")
    held = await asyncpg.connect(database.superuser)
    try:
        async with held.transaction():
            await held.execute("LOCK TABLE engine.event")
            with pytest.raises(LogUnavailable):
                await write(log, into("a", 1))
    finally:
        await held.close()
    await write(log, into("b", 2))
    assert await numbers(log) == [2]
