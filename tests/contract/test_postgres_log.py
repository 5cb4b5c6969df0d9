"""What only the log in Postgres can show: who may touch it, and what becomes of it under faults."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, suppress
from typing import Any

import asyncpg
import pytest

from engine.errors import Deposed, LogUnavailable, RepeatedId, StartRefused, VersionConflict
from engine.events.effect import EFFECT
from engine.ids import Position
from engine.store.digest import first_break
from engine.store.entry import Entry
from engine.store.fence import Limits
from engine.store.postgres_log import PostgresLog
from tests.support.entries import ACME, BOLT, CountingClock, into, numbers, write
from tests.support.fault_proxy import FaultProxy, fault_proxy
from tests.support.postgres import Database, PostgresServer, eventually

pytestmark = pytest.mark.real

QUICK = Limits(watch=0.4, patience=0.5, idle=4, lock=0.3, host=1)
Make = Callable[..., PostgresLog]


@pytest.fixture
async def make(database: Database) -> AsyncIterator[Make]:
    """Logs that are closed afterwards."""
    async with AsyncExitStack() as ending:

        def made(dsn: str = database.dsn, limits: Limits = QUICK, **how: Any) -> PostgresLog:
            log = PostgresLog(dsn, CountingClock(), limits=limits, **how)
            ending.push_async_callback(log.close)
            return log

        yield made


@pytest.fixture
async def log(make: Make) -> PostgresLog:
    made = make()
    await made.lead("main")
    return made


@pytest.fixture
async def proxy(database: Database) -> AsyncIterator[tuple[FaultProxy, str]]:
    """And the DSN that leads through it."""
    async with fault_proxy(database.sockets) as (proxy, sockets):
        yield proxy, database.dsn.replace(str(database.sockets), str(sockets))


async def entries(database: Database) -> list[Entry]:
    rows = await database.ask(
        "SELECT position, stream, version, id::text, tag, at, tenant, actor, cause, body, digest"
        " FROM engine.event ORDER BY position",
        role="ee_audit",
    )
    return [Entry(*row) for row in rows]


async def whole(database: Database) -> bool:
    """Chain, positions and fence agree."""
    found = await entries(database)
    (fence,) = await database.ask("SELECT position, digest FROM engine.fence")
    end = (found[-1].position, found[-1].digest) if found else (0, bytes(32))
    return first_break(found) is None and end == tuple(fence)


# --- who may touch it ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cheat",
    [
        "UPDATE engine.event SET body = '{}'",
        "DELETE FROM engine.event",
        "TRUNCATE engine.event",
        "UPDATE engine.fence SET only_row = true",
        "DELETE FROM engine.fence",
        "INSERT INTO engine.fence (epoch, holder, position, digest) SELECT 9, '', 0, digest"
        " FROM engine.fence",
        "CREATE TABLE engine.mine ()",
        "DROP TABLE engine.event",
        "ALTER TABLE engine.event DISABLE TRIGGER append_only",
        "SET ROLE ee_owner",
    ],
)
async def test_the_engine_itself_cannot_change_what_is_written(
    log: PostgresLog, database: Database, cheat: str
) -> None:
    await write(log, into("a", 1))
    connection = await asyncpg.connect(database.dsn, server_settings={"role": "ee_engine"})
    try:
        if cheat.startswith("SET ROLE"):  # the login may; the log still keeps what it has
            await connection.execute(cheat)
            cheat = "UPDATE engine.event SET body = '{}'"
        with pytest.raises(asyncpg.PostgresError, match=r"permission denied|must be owner|append"):
            await connection.execute(cheat)
    finally:
        await connection.close()
    assert await numbers(log) == [1]


@pytest.mark.parametrize(
    "verb",
    ["UPDATE engine.event SET cause = ''", "DELETE FROM engine.event", "TRUNCATE engine.event"],
)
async def test_not_even_a_superuser_changes_it_by_mistake(
    log: PostgresLog, database: Database, verb: str
) -> None:
    await write(log, into("a", 1))
    with pytest.raises(asyncpg.PostgresError, match=f"{verb.split()[0]} on engine.event: the log"):
        await database.ask(verb)


@pytest.mark.parametrize("role", ["ee_api", "ee_audit", "ee_backup"])
async def test_readers_cannot_write(log: PostgresLog, database: Database, role: str) -> None:
    await write(log, into("a", 1))
    copy = "INSERT INTO engine.event SELECT position + 1, stream, version + 1, gen_random_uuid(),"
    copy += " tag, at, tenant, actor, cause, body, digest FROM engine.event"
    for statement in (copy, "UPDATE engine.fence SET epoch = 9", "DELETE FROM engine.view_ips"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await database.ask(statement, role=role)


async def test_a_tenant_sees_its_own_events_and_nobody_elses(
    log: PostgresLog, database: Database
) -> None:
    await write(
        log, into("a", 1, tenant=ACME), into("b", 2, tenant=BOLT), into("c", 3, tenant=None)
    )
    connection = await asyncpg.connect(database.dsn, server_settings={"role": "ee_api"})
    seen = "SELECT array_agg(stream ORDER BY position) FROM engine.event"
    seen_as_text = seen.replace("engine.event", "engine.event_text")
    try:
        assert await connection.fetchval(seen) is None, "nobody has said who asks"
        for tenant, streams in ((ACME, ["effect-a"]), (BOLT, ["effect-b"]), ("", None)):
            async with connection.transaction():
                await connection.execute("SELECT set_config('engine.tenant', $1, true)", tenant)
                assert await connection.fetchval(seen) == streams
                assert await connection.fetchval(seen_as_text) == streams
        assert await connection.fetchval(seen) is None, "it is forgotten after each transaction"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetchval("SELECT holder FROM engine.fence")
    finally:
        await connection.close()


async def test_under_forced_policies_the_owner_sees_nothing_and_the_backup_all(
    log: PostgresLog, database: Database
) -> None:
    await write(log, into("a", 1))
    count = "SELECT count(*) AS n FROM engine.event"
    assert [row["n"] for row in await database.ask(count, role="ee_owner")] == [0]
    assert [row["n"] for row in await database.ask(count, role="ee_backup")] == [1]


async def test_every_table_with_a_tenant_is_under_forced_policies(database: Database) -> None:
    naked = await database.ask(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = 'engine'::regnamespace AND a.attname = 'tenant'"
        " AND c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
        " UNION SELECT relname FROM pg_class WHERE relnamespace = 'engine'::regnamespace"
        " AND (relkind = 'm' OR relkind = 'v'"
        "      AND NOT coalesce('security_invoker=true' = ANY (reloptions), false))"
        " UNION SELECT proname FROM pg_proc"
        " WHERE pronamespace = 'engine'::regnamespace AND prosecdef"
    )
    assert naked == []


# --- the chain -----------------------------------------------------------------------------------


async def test_the_chain_is_whole_and_the_fence_names_its_end(
    log: PostgresLog, database: Database
) -> None:
    for number in range(1, 6):
        await write(log, into("a", number), into("ü", number + 10, tenant=None))
    assert await whole(database)


async def test_an_append_that_is_refused_leaves_no_trace_in_the_chain(
    log: PostgresLog, database: Database
) -> None:
    await write(log, into("a", 1))
    for refused in (into("a", 2, expected=5), into("b", 1)):
        with pytest.raises((VersionConflict, RepeatedId)):
            await write(log, into("c", 3), refused)
    await write(log, into("c", 3))
    assert await whole(database)
    assert len(await entries(database)) == 2


# --- one leads -----------------------------------------------------------------------------------


async def test_a_second_engine_is_told_who_leads(log: PostgresLog, make: Make) -> None:
    with pytest.raises(StartRefused, match=r"another engine leads the log at .*'main'"):
        await make().lead("other")
    assert await write(log, into("a", 1)) == 1, "and the first does not notice"


async def test_a_deposed_writer_writes_nothing_and_ends(
    log: PostgresLog, database: Database
) -> None:
    await write(log, into("a", 1))
    await database.ask("UPDATE engine.fence SET epoch = epoch + 1, holder = 'other'")
    keeping = asyncio.ensure_future(log.keep())
    with pytest.raises(Deposed):
        await write(log, into("a", 2))
    with pytest.raises(Deposed):
        await keeping
    with pytest.raises(Deposed):
        await write(log, into("a", 3))
    assert len(await entries(database)) == 1


async def test_whoever_lost_its_connection_and_was_replaced_is_deposed(
    log: PostgresLog, make: Make, database: Database
) -> None:
    await end_connections(database)
    other = make()
    await other.lead("other")
    with pytest.raises(Deposed, match="other"):
        await write(log, into("a", 1))
    assert await numbers(other) == []


@pytest.mark.parametrize("cut_off", [True, False])
async def test_an_idle_leader_that_was_replaced_finds_out_by_itself(
    make: Make, database: Database, cut_off: bool
) -> None:
    log = make(limits=Limits(idle=0.4, watch=1, patience=1, lock=0.3, host=1))
    await log.lead("main")
    await database.ask("UPDATE engine.fence SET epoch = epoch + 1, holder = 'other'")
    if cut_off:
        await end_connections(database)
    with pytest.raises(Deposed):
        await asyncio.wait_for(log.keep(), 3)


async def test_an_idle_leader_keeps_its_connection(make: Make, database: Database) -> None:
    log = make(limits=Limits(idle=0.4, watch=1, patience=1, lock=0.3, host=1))
    fence = await log.lead("main")
    await asyncio.sleep(1)
    assert await write(log, into("a", 1)) == 1
    assert log.fence() == fence, "the lead was never taken again"


async def test_nobody_appends_without_leading(make: Make) -> None:
    log = make()
    with pytest.raises(LogUnavailable, match="does not lead"):
        await write(log, into("a", 1))
    assert (await log.head(), await numbers(log)) == (0, [])


async def end_connections(database: Database) -> None:
    await database.ask(
        "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


# --- faults --------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["lose_reply", "mute_reply", "lose_request"])
async def test_an_append_whose_outcome_is_unknown_is_written_once(
    make: Make, proxy: tuple[FaultProxy, str], database: Database, fault: str
) -> None:
    between, dsn = proxy
    log = make(dsn)
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
    make: Make, proxy: tuple[FaultProxy, str], database: Database
) -> None:
    between, dsn = proxy
    log = make(dsn, limits=Limits(watch=0.4, patience=5))
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
    make: Make, proxy: tuple[FaultProxy, str], database: Database
) -> None:
    between, dsn = proxy
    log = make(dsn, limits=Limits(watch=0.4, patience=5))
    await log.lead("main")
    between.mute_reply = b"number 7"
    await asyncio.gather(*(write(log, into("a", n), cause=f"number {n}") for n in range(1, 21)))
    assert sorted(await numbers(log)) == list(range(1, 21))
    assert await whole(database)


async def test_a_caller_that_gives_up_does_not_cancel_the_commit(
    make: Make, proxy: tuple[FaultProxy, str], database: Database
) -> None:
    between, dsn = proxy
    log = make(dsn)
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
    make: Make, proxy: tuple[FaultProxy, str], database: Database
) -> None:
    between, dsn = proxy
    log = make(dsn)
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
    make: Make, postgres: PostgresServer, database: Database
) -> None:
    log = make(limits=Limits(patience=20))
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
    make: Make, postgres: PostgresServer, database: Database
) -> None:
    log = make()
    await log.lead("main")
    async with postgres.waiting_for_a_ghost():
        caller = asyncio.ensure_future(write(log, into("a", 1)))
        await asyncio.sleep(1.2)
        assert not caller.done(), "neither acknowledged nor given up"
        assert await numbers(log) == [], "nor shown to readers"
    assert await caller == 1
    assert await numbers(log) == [1]
    assert await whole(database)


async def test_a_wait_for_the_standby_that_somebody_ends_is_no_acknowledgement(
    make: Make, postgres: PostgresServer, database: Database
) -> None:
    log = make(limits=Limits(watch=5, idle=8))
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


# --- what is refused at the start ----------------------------------------------------------------


async def test_a_synchronous_log_does_not_start_without_a_standby(make: Make) -> None:
    log = make(durability="synchronous")
    with pytest.raises(StartRefused, match="synchronous_standby_names is empty"):
        await log.lead("main")


async def test_a_pooler_is_recognised_and_refused(
    make: Make, proxy: tuple[FaultProxy, str]
) -> None:
    between, dsn = proxy
    between.forge_pid = True
    with pytest.raises(StartRefused, match="connection pooler"):
        await make(dsn).lead("main")


async def test_where_nobody_listens_the_start_says_where(make: Make) -> None:
    with pytest.raises(StartRefused, match=r"does not answer.*Is it running"):
        await make("postgresql://ee_login:hidden@127.0.0.1:1/x").lead("main")


async def test_hosts_are_asked_all_at_once(make: Make, database: Database) -> None:
    """The first host accepts and never says a word; the second is Postgres."""
    silent = socket.create_server(("127.0.0.1", 0))
    port = silent.getsockname()[1]
    dsn = (
        f"postgresql://ee_login@/{database.name}?host=127.0.0.1,{database.sockets}&port={port},5432"
    )
    log = make(dsn, limits=Limits(host=20))
    try:
        async with asyncio.timeout(5):
            await log.lead("main")
            assert await write(log, into("a", 1)) == 1
            assert await numbers(log) == [1]
    finally:
        silent.close()


async def test_the_writers_connection_is_watched_by_postgres(
    log: PostgresLog, database: Database
) -> None:
    (row,) = await database.ask(
        "SELECT usename, application_name FROM pg_stat_activity WHERE application_name LIKE"
        " '%writer' AND datname = current_database()"
    )
    assert (row["usename"], row["application_name"]) == ("ee_login", "email-engine writer")
    await log.read(EFFECT, "a")
    assert await log.head() == Position(0)
