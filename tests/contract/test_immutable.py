"""Nobody whom the engine's own connections can be changes what is written: each cheat is tried."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from engine.store.connect import Connection
from engine.store.postgres_log import PostgresLog
from tests.support.entries import CountingClock, into, write
from tests.support.forgery import audited, lived
from tests.support.log_bench import entries
from tests.support.postgres import Database

pytestmark = pytest.mark.real

ROLES = ("ee_engine", "ee_api", "ee_audit", "ee_backup")
RUNS = "nobody_but_the_engine"  # a login that may be what a running engine is, and not migrate
COPY = (
    "INSERT INTO engine.event SELECT position + 1000, stream, version + 1000, gen_random_uuid(),"
    " tag, at, tenant, actor, cause, body, digest FROM engine.event"
)

# By whatever way: what is there must not change, what guards it must not go.
CHEATS = (
    "UPDATE engine.event SET body = '{}'",
    "UPDATE engine.event SET digest = digest",
    "UPDATE engine.event SET body = '{}' WHERE false",
    "DELETE FROM engine.event",
    "DELETE FROM engine.event WHERE position = 3",
    "TRUNCATE engine.event",
    "TRUNCATE engine.event CASCADE",
    "INSERT INTO engine.event SELECT * FROM engine.event"
    " ON CONFLICT (position) DO UPDATE SET body = '{}'",
    "MERGE INTO engine.event e USING (SELECT 1) one ON true WHEN MATCHED THEN DELETE",
    "WITH gone AS (DELETE FROM engine.event RETURNING 1) SELECT * FROM gone",
    "UPDATE engine.event_text SET cause = ''",
    "DELETE FROM engine.event_text",
    "DROP TABLE engine.event",
    "DROP TABLE engine.event CASCADE",
    "DROP SCHEMA engine CASCADE",
    "DROP TRIGGER append_only ON engine.event",
    "ALTER TABLE engine.event DISABLE TRIGGER append_only",
    "ALTER TABLE engine.event DISABLE TRIGGER ALL",
    "ALTER TABLE engine.event NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE engine.event DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE engine.event ALTER COLUMN body SET DEFAULT ''",
    "ALTER TABLE engine.event RENAME TO former",
    "ALTER TABLE engine.event OWNER TO CURRENT_USER",
    "ALTER TABLE engine.event DROP CONSTRAINT event_pkey",
    "CREATE RULE quiet AS ON INSERT TO engine.event DO INSTEAD NOTHING",
    "CREATE TRIGGER mine BEFORE INSERT ON engine.event EXECUTE FUNCTION engine.refuse()",
    "CREATE OR REPLACE FUNCTION engine.refuse() RETURNS trigger LANGUAGE plpgsql"
    " AS 'BEGIN RETURN NULL; END'",
    "DROP FUNCTION engine.refuse() CASCADE",
    "CREATE POLICY mine ON engine.event USING (true)",
    "DROP POLICY reads_all ON engine.event",
    "GRANT UPDATE ON engine.event TO CURRENT_USER; UPDATE engine.event SET body = '{}'",
    "CREATE TABLE engine.mine ()",
    "SET session_replication_role = replica",
    "SET ROLE ee_owner",
    "SET ROLE ee_migrate",
    "SET SESSION AUTHORIZATION postgres",
    "ALTER ROLE ee_engine BYPASSRLS",
    "DELETE FROM engine.fence",
    "TRUNCATE engine.fence",
    "UPDATE engine.migration SET sha256 = sha256",
    "DELETE FROM engine.migration",
)
REFUSED = (
    asyncpg.InsufficientPrivilegeError,
    asyncpg.ObjectNotInPrerequisiteStateError,  # a view of several tables takes no DELETE
    asyncpg.FeatureNotSupportedError,
)


@pytest.fixture
async def kept(database: Database) -> Database:
    await lived(database)
    await database.run(
        f"DO $$ BEGIN CREATE ROLE {RUNS} LOGIN NOINHERIT;"
        " EXCEPTION WHEN duplicate_object THEN END $$;"
        f"GRANT {', '.join(ROLES)} TO {RUNS}"
    )
    return database


@pytest.fixture(params=ROLES)
async def connection(request: pytest.FixtureRequest, kept: Database) -> AsyncIterator[Connection]:
    dsn = kept.dsn.replace("ee_login@", f"{RUNS}@")
    made = await asyncpg.connect(dsn, server_settings={"role": request.param})
    yield made
    await made.close()


async def refused(connection: Connection, cheat: str) -> bool:
    try:
        await connection.execute(cheat)
    except REFUSED:
        return True
    return False


async def test_no_role_of_a_running_engine_changes_what_is_written(
    kept: Database, connection: Connection
) -> None:
    before = await entries(kept)
    assert [cheat for cheat in CHEATS if not await refused(connection, cheat)] == []
    assert await entries(kept) == before
    assert (await audited(kept)).wrong == []


@pytest.mark.parametrize("role", [one for one in ROLES if one != "ee_engine"])
async def test_only_the_engine_adds_to_it(kept: Database, role: str) -> None:
    for statement in (
        COPY,
        "UPDATE engine.fence SET position = 0",
        "UPDATE engine.checkpoint SET position = 0",
        "DELETE FROM engine.view_ips",
        "DELETE FROM engine.image",
        "DELETE FROM engine.image_set",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await kept.ask(statement, role=role)


async def test_what_is_added_past_the_writer_is_told(kept: Database) -> None:
    """As the engine's own role, which may insert: the chain does not have it."""
    await kept.ask(COPY + " WHERE position = 9", role="ee_engine")
    found = [one.why for one in (await audited(kept)).wrong]
    assert "an event is missing: 1009 comes after" in "".join(found)
    assert "beyond the fence" in "".join(found)


@pytest.mark.parametrize(
    "verb",
    ["UPDATE engine.event SET cause = ''", "DELETE FROM engine.event", "TRUNCATE engine.event"],
)
@pytest.mark.parametrize("role", ["postgres", "ee_owner"])
async def test_not_even_who_may_take_the_guard_away_changes_it_by_mistake(
    kept: Database, role: str, verb: str
) -> None:
    with pytest.raises(asyncpg.PostgresError, match="the log is append-only"):
        await kept.ask(verb, role=role)


async def test_who_takes_the_guard_away_is_told(kept: Database) -> None:
    """The owner can, as its name says; then the chain tells."""
    await kept.run(
        "ALTER TABLE engine.event DISABLE TRIGGER append_only;"
        "UPDATE engine.event SET cause = '' WHERE position = 9"
    )
    (found,) = (await audited(kept)).wrong
    assert found.position == 9


async def test_a_running_engine_needs_no_more_than_these_roles(kept: Database) -> None:
    """A login that cannot migrate is enough, once the tables are there."""
    log = PostgresLog(kept.dsn.replace("ee_login@", f"{RUNS}@"), CountingClock())
    try:
        await log.lead("main")
        await write(log, into("a", 7_000))
    finally:
        await log.close()
    assert (await audited(kept)).wrong == []
