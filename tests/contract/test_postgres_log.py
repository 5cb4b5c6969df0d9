"""What only the log in Postgres can show: who may touch it, and who leads it."""

import asyncio
import socket

import asyncpg
import pytest

from engine.errors import Deposed, LogUnavailable, RepeatedId, StartRefused, VersionConflict
from engine.events.effect import EFFECT
from engine.ids import Position
from engine.store.fence import Limits
from engine.store.postgres_log import PostgresLog
from tests.support.entries import ACME, BOLT, into, numbers, write
from tests.support.fault_proxy import FaultProxy
from tests.support.log_bench import NewLog, end_connections, entries, whole
from tests.support.postgres import Database

pytestmark = pytest.mark.real


@pytest.fixture
async def log(new_log: NewLog) -> PostgresLog:
    made = new_log()
    await made.lead("main")
    return made


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


async def test_a_second_engine_is_told_who_leads(log: PostgresLog, new_log: NewLog) -> None:
    with pytest.raises(StartRefused, match=r"another engine leads the log at .*'main'"):
        await new_log().lead("other")
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
    log: PostgresLog, new_log: NewLog, database: Database
) -> None:
    await end_connections(database)
    other = new_log()
    await other.lead("other")
    with pytest.raises(Deposed, match="other"):
        await write(log, into("a", 1))
    assert await numbers(other) == []


@pytest.mark.parametrize("cut_off", [True, False])
async def test_an_idle_leader_that_was_replaced_finds_out_by_itself(
    new_log: NewLog, database: Database, cut_off: bool
) -> None:
    log = new_log(limits=Limits(idle=0.4, watch=1, patience=1, lock=0.3, host=1))
    await log.lead("main")
    await database.ask("UPDATE engine.fence SET epoch = epoch + 1, holder = 'other'")
    if cut_off:
        await end_connections(database)
    with pytest.raises(Deposed):
        await asyncio.wait_for(log.keep(), 3)


async def test_an_idle_leader_keeps_its_connection(new_log: NewLog, database: Database) -> None:
    log = new_log(limits=Limits(idle=0.4, watch=1, patience=1, lock=0.3, host=1))
    fence = await log.lead("main")
    await asyncio.sleep(1)
    assert await write(log, into("a", 1)) == 1
    assert log.fence() == fence, "the lead was never taken again"


async def test_nobody_appends_without_leading(new_log: NewLog) -> None:
    log = new_log()
    with pytest.raises(LogUnavailable, match="does not lead"):
        await write(log, into("a", 1))
    assert (await log.head(), await numbers(log)) == (0, [])


# --- what is refused at the start ----------------------------------------------------------------


async def test_a_synchronous_log_does_not_start_without_a_standby(new_log: NewLog) -> None:
    log = new_log(durability="synchronous")
    with pytest.raises(StartRefused, match="synchronous_standby_names is empty"):
        await log.lead("main")


async def test_a_managed_log_keeps_its_copies_out_of_our_sight(new_log: NewLog) -> None:
    """Aurora's list of standbys is empty, and means nothing there."""
    log = new_log(durability="managed")
    await log.lead("main")
    assert await write(log, into("a", 1)) == 1


async def test_a_pooler_is_recognised_and_refused(
    new_log: NewLog, log_proxy: tuple[FaultProxy, str]
) -> None:
    between, dsn = log_proxy
    between.forge_pid = True
    with pytest.raises(StartRefused, match="connection pooler"):
        await new_log(dsn).lead("main")


async def test_where_nobody_listens_the_start_says_where(new_log: NewLog) -> None:
    with pytest.raises(StartRefused, match=r"does not answer.*Is it running"):
        await new_log("postgresql://ee_login:hidden@127.0.0.1:1/x").lead("main")


async def test_hosts_are_asked_all_at_once(new_log: NewLog, database: Database) -> None:
    """The first host accepts and never says a word; the second is Postgres."""
    silent = socket.create_server(("127.0.0.1", 0))
    port = silent.getsockname()[1]
    dsn = (
        f"postgresql://ee_login@/{database.name}?host=127.0.0.1,{database.sockets}&port={port},5432"
    )
    log = new_log(dsn, limits=Limits(host=20))
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
