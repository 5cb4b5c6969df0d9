"""How a database comes to this version's tables, and what is refused before."""

import asyncio
import hashlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from engine.errors import StartRefused
from engine.store.migrate import MIGRATIONS, migrate
from engine.store.postgres_log import PostgresLog
from engine.store.server_checks import refuse_joined
from engine.store.views import PLATFORM_VIEWS, VIEWS
from tests.support.entries import CountingClock, into, write
from tests.support.fault_proxy import fault_proxy
from tests.support.postgres import Database, PostgresServer

pytestmark = pytest.mark.real

ROLES = MIGRATIONS.parent / "roles.sql"
LOOK = MIGRATIONS.parent / "look"


@pytest.fixture
async def empty(postgres: PostgresServer) -> AsyncIterator[Database]:
    """As an operator makes it: a database and the roles, no tables."""
    made = await postgres.create(template="template1")
    await made.run(ROLES.read_text())
    yield made
    await postgres.drop(made)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The migrations, to be tampered with."""
    return Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations"))


async def test_each_migration_is_applied_once_and_recorded(empty: Database) -> None:
    names = sorted(file.name for file in MIGRATIONS.glob("*.sql"))
    assert await migrate(empty.dsn) == names
    assert await migrate(empty.dsn) == []
    rows = await empty.ask("SELECT name, sha256 FROM engine.migration ORDER BY name")
    assert [tuple(row) for row in rows] == [
        (name, hashlib.sha256((MIGRATIONS / name).read_bytes()).digest()) for name in names
    ]


async def test_all_of_it_belongs_to_the_owner_and_no_connection_stays(empty: Database) -> None:
    await migrate(empty.dsn)
    owners = await empty.ask(
        "SELECT DISTINCT relowner::regrole::text AS owner FROM pg_class"
        " WHERE relnamespace = 'engine'::regnamespace"
    )
    assert [row["owner"] for row in owners] == ["ee_owner"]
    connected = "SELECT 1 FROM pg_stat_activity WHERE application_name LIKE '%migrate'"
    assert await empty.ask(connected) == []


async def test_a_file_that_was_changed_afterwards_is_refused(
    database: Database, folder: Path
) -> None:
    with (folder / "0001_log.sql").open("a") as file:
        file.write("-- just a comment\n")
    with pytest.raises(StartRefused, match=r"0001_log\.sql was changed after .*Put the file back"):
        await migrate(database.dsn, folder)


async def test_a_later_file_is_applied_and_an_earlier_one_refused(
    database: Database, folder: Path
) -> None:
    (folder / "0900_hats.sql").write_text("CREATE TABLE engine.hat ();")
    assert await migrate(database.dsn, folder) == ["0900_hats.sql"]
    (folder / "0800_coats.sql").write_text("CREATE TABLE engine.coat ();")
    with pytest.raises(StartRefused, match=r"0800_coats\.sql was never applied"):
        await migrate(database.dsn, folder)


async def test_the_previous_version_still_starts(database: Database, folder: Path) -> None:
    (folder / "0900_hats.sql").write_text("CREATE TABLE engine.hat ();")
    await migrate(database.dsn, folder)
    assert await migrate(database.dsn) == []


async def test_a_migration_that_fails_is_undone_as_a_whole(
    database: Database, folder: Path
) -> None:
    (folder / "0900_hats.sql").write_text("CREATE TABLE engine.hat (); SELECT 1 / 0;")
    with pytest.raises(StartRefused, match=r"0900_hats\.sql failed .*division by zero"):
        await migrate(database.dsn, folder)
    assert await database.ask("SELECT to_regclass('engine.hat') AS it") == [(None,)]
    (folder / "0900_hats.sql").write_text("CREATE TABLE engine.hat ();")
    assert await migrate(database.dsn, folder) == ["0900_hats.sql"]


async def test_an_ordinary_login_that_was_granted_the_roles_is_enough(empty: Database) -> None:
    """docs/operations.md, 'Postgres and its roles', as an operator follows it."""
    await empty.run(
        "DO $$ BEGIN CREATE ROLE shop LOGIN NOINHERIT; EXCEPTION WHEN duplicate_object THEN END $$;"
        "GRANT ee_migrate, ee_engine, ee_api, ee_audit TO shop"
    )
    dsn = empty.dsn.replace("ee_login@", "shop@")
    await migrate(dsn)
    log = PostgresLog(dsn, CountingClock())
    try:
        await log.lead("main")
        assert await write(log, into("a", 1)) == 1
    finally:
        await log.close()


async def test_a_superusers_dsn_is_refused(empty: Database) -> None:
    with pytest.raises(StartRefused, match="row-level security does not hold back"):
        await migrate(empty.superuser)


@pytest.mark.parametrize(
    ("granted", "joined"),
    [
        (("ee_audit TO ee_api",), ("ee_audit", "ee_api")),
        (("ee_engine TO ee_audit",), ("ee_engine", "ee_audit")),
        (("ee_backup TO ee_api",), ("ee_backup", "ee_api")),
        (("go_between TO ee_api", "ee_owner TO go_between"), ("ee_owner", "ee_api")),
    ],
)
async def test_roles_that_are_members_of_each_other_are_refused(
    empty: Database, granted: tuple[str, ...], joined: tuple[str, str]
) -> None:
    """In a transaction that is undone: roles belong to every database of the server."""
    connection = await asyncpg.connect(empty.superuser)
    try:
        await refuse_joined(connection, "here")
        await connection.execute("BEGIN; CREATE ROLE go_between; GRANT pg_monitor TO ee_api")
        await refuse_joined(connection, "here")
        for one in granted:
            await connection.execute(f"GRANT {one}")
        role, member = joined
        with pytest.raises(StartRefused, match=f"at here .*REVOKE {role} FROM {member}"):
            await refuse_joined(connection, "here")
    finally:
        await connection.close()


async def test_a_login_without_the_roles_is_told_which(empty: Database) -> None:
    await empty.run(
        "DO $$ BEGIN CREATE ROLE poor LOGIN; EXCEPTION WHEN duplicate_object THEN END $$"
    )
    with pytest.raises(StartRefused, match=r"roles\.sql .*GRANT ee_migrate"):
        await migrate(empty.dsn.replace("ee_login@", "poor@"))


async def test_a_database_that_is_not_there_is_named(database: Database) -> None:
    with pytest.raises(StartRefused, match=r"/nowhere .*does not exist"):
        await migrate(database.dsn.replace(database.name, "nowhere"))


async def test_what_is_no_dsn_of_postgres_is_told_what_one_looks_like() -> None:
    for dsn in ("mysql://login@127.0.0.1/x", "some words"):
        with pytest.raises(StartRefused, match=r"cannot be used: .*postgresql://login@host/data"):
            await migrate(dsn)


async def test_a_password_never_stands_in_the_message(database: Database) -> None:
    with pytest.raises(StartRefused) as refused:
        await migrate("postgresql://ee_login:hush@127.0.0.1:1/x?password=hush")
    assert "hush" not in str(refused.value)
    assert "ee_login@127.0.0.1:1/x" in str(refused.value)


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
async def test_a_server_that_may_forget_is_refused(
    postgres: PostgresServer, database: Database, setting: str
) -> None:
    async with postgres.set_to(setting, "off"):
        with pytest.raises(StartRefused, match=f"runs with {setting} = off"):
            await migrate(database.dsn)


async def test_a_database_that_does_not_wait_for_its_disk_is_refused(empty: Database) -> None:
    await empty.run(f"ALTER DATABASE {empty.name} SET synchronous_commit = off")
    with pytest.raises(StartRefused, match="synchronous_commit = off"):
        await migrate(empty.dsn)


async def test_a_pooler_is_refused_before_anything_is_done(empty: Database) -> None:
    async with fault_proxy(empty.sockets) as (proxy, sockets):
        proxy.forge_pid = True
        with pytest.raises(StartRefused, match="connection pooler"):
            await migrate(empty.dsn.replace(str(empty.sockets), str(sockets)))
    assert await empty.ask("SELECT to_regnamespace('engine') AS it") == [(None,)]


async def test_two_starts_at_once_take_turns(empty: Database) -> None:
    first, second = await asyncio.gather(migrate(empty.dsn), migrate(empty.dsn))
    assert sorted(map(len, (first, second))) == [0, len(list(MIGRATIONS.glob("*.sql")))]


async def test_the_tables_are_those_that_the_read_models_declare(database: Database) -> None:
    rows = await database.ask(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'engine' AND table_name LIKE 'view\\_%'"
    )
    found: dict[str, set[str]] = {}
    for table, column in rows:
        found.setdefault(table.removeprefix("view_"), set()).add(column)
    assert found == {
        name: {"generation", "key", "tenant", *columns, "body"} for name, columns in VIEWS.items()
    }
    tenants = await database.ask(
        "SELECT tablename FROM pg_policies WHERE policyname = 'tenant_reads'"
    )
    assert {row["tablename"] for row in tenants} == {
        "event",
        "image",
        *(f"view_{name}" for name in VIEWS.keys() - PLATFORM_VIEWS),
    }


# --- an operator's first questions ---------------------------------------------------------------


async def answers(database: Database, question: str) -> list[asyncpg.Record]:
    """Of the last statement of a file in ``sql/look``, asked by the engine's own login."""
    text = (LOOK / question).read_text().replace(":'stream'", "'effect-a'")
    connection = await asyncpg.connect(database.dsn)
    rows: list[asyncpg.Record] = []
    try:
        for statement in text.split(";\n"):
            if statement.strip():
                rows = await connection.fetch(statement)
    finally:
        await connection.close()
    return rows


@pytest.fixture
async def three(database: Database) -> Database:
    """A log of three events."""
    log = PostgresLog(database.dsn, CountingClock())
    await log.lead("main")
    for number in (1, 2, 3):
        await write(log, into("a", number, tenant=None if number == 2 else into("a").tenant))
    await log.close()
    return database


@pytest.mark.parametrize("question", sorted(file.name for file in LOOK.glob("*.sql")))
async def test_an_operators_questions_are_answered(three: Database, question: str) -> None:
    found = await answers(three, question)
    assert found if question != "chain.sql" else not found


@pytest.mark.parametrize(
    ("forgery", "places"),
    [
        ("UPDATE engine.event SET body = '{}' WHERE position = 2", [2]),
        ("UPDATE engine.event SET tenant = 'bolt' WHERE position = 2", [2]),
        ("UPDATE engine.event SET at = at + interval '1 microsecond' WHERE position = 3", [3]),
        ("DELETE FROM engine.event WHERE position = 2", [3]),
        ("DELETE FROM engine.event WHERE position = 3", [3]),
    ],
)
async def test_the_chain_says_where_it_was_forged(
    three: Database, forgery: str, places: list[int]
) -> None:
    await three.run(f"SET session_replication_role = replica; {forgery}")  # past the trigger
    assert [row["position"] for row in await answers(three, "chain.sql")] == places
