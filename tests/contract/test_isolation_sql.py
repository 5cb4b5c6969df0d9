"""Tenants apart in the database itself: what its catalogue says, and what raw SQL finds.

The tables are read from the catalogue, so that one which is added is held to this without anybody
thinking of it.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from engine.app.stores import open_stores
from engine.config import Config
from engine.config import Database as DatabaseTable
from engine.store.connect import Connection, connect
from engine.store.views import PLATFORM_VIEWS, VIEWS
from tests.support.entries import CountingClock
from tests.support.postgres import Database, PostgresServer, aside, scratch

pytestmark = pytest.mark.real

# Without row-level security, and why none is needed: no row in them is a tenant's.
OPEN = {
    "migration": "what was done to the database; not for ee_api",
    "fence": "who leads; not for ee_api",
    "checkpoint": "one row; ee_api may read which generation holds, and no position",
    "image_set": "which images there are, by position; not for ee_api",
    "key_use": "when keys were used last; not for ee_api",
    "seal": "the key of what tenants hold; for ee_engine alone",
}
OWN = "(tenant = NULLIF(current_setting('engine.tenant'::text, true), ''::text))"
RUNS = "runs_and_migrates_not"
TABLES = """
    SELECT c.relname AS name, c.relkind::text AS kind, c.relrowsecurity AS secured,
           c.relforcerowsecurity AS forced, coalesce(c.reloptions, '{}') AS options,
           pg_get_userbyid(c.relowner) AS owner
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_t%'
       AND c.relkind NOT IN ('i', 'I')
"""
POLICIES = "SELECT tablename, policyname, permissive, roles, cmd, qual FROM pg_policies"
GRANTS = """
    SELECT table_name, privilege_type FROM information_schema.role_table_grants
     WHERE grantee = $1 AND table_schema NOT IN ('pg_catalog', 'information_schema')
"""


@pytest.fixture(scope="module")
def kept(postgres: PostgresServer) -> Iterator[Database]:
    """In every table that knows tenants: a row of each of two, one of nobody, and one of ''."""
    made = aside(postgres.create())
    aside(filled(made))
    yield made
    aside(postgres.drop(made))


async def filled(database: Database) -> None:
    for n, tenant in enumerate(("acme", "rival", None, ""), 1):
        values = f"{n}, 's-{n}', 1, gen_random_uuid(), 't', now(), $1, 'a', 'c', '{{}}', $2"
        event = f"INSERT INTO engine.event VALUES ({values})"
        await database.ask(event, tenant, bytes(32), role="ee_engine")
        image = "INSERT INTO engine.image VALUES ('ips', 1, $1, '')"
        await database.ask(image, tenant, role="ee_engine")
        for view in VIEWS:
            into = f"INSERT INTO engine.view_{view} (generation, key, tenant, body)"
            row = f"{into} VALUES (1, $1, $2, '')"
            await database.ask(row, f"key-{n}", tenant, role="ee_engine")


async def tables(database: Database) -> dict[str, Any]:
    return {one["name"]: one for one in await database.ask(TABLES)}


# --- the catalogue


async def test_every_table_is_under_forced_row_level_security_or_on_the_list(
    kept: Database,
) -> None:
    found = {name: one for name, one in (await tables(kept)).items() if one["kind"] in "rp"}
    held = {name for name, one in found.items() if one["secured"] and one["forced"]}
    assert set(found) - held == set(OPEN)
    assert held == {"event", "image", *(f"view_{one}" for one in VIEWS)}
    assert {one["owner"] for one in found.values()} == {"ee_owner"}


async def test_nothing_stands_beside_the_tables_that_would_let_rows_through(kept: Database) -> None:
    """A materialized view leaks always, a plain one unless it asks as its reader (Postgres >= 15),
    a function with its owner's rights whatever it likes.
    """
    others = {name: one for name, one in (await tables(kept)).items() if one["kind"] not in "rpS"}
    assert {(name, one["kind"]) for name, one in others.items()} == {("event_text", "v")}
    assert others["event_text"]["options"] == ["security_invoker=true"]
    definer = (
        "SELECT proname FROM pg_proc"
        " WHERE prosecdef AND pronamespace::regnamespace::text NOT LIKE 'pg\\_%'"
    )
    assert await kept.ask(definer) == []


async def test_each_table_has_its_policies_and_no_other(kept: Database) -> None:
    found: dict[str, dict[str, Any]] = {}
    for one in await kept.ask(POLICIES):
        found.setdefault(one["tablename"], {})[one["policyname"]] = one
    assert set(found) == {"event", "image", *(f"view_{one}" for one in VIEWS)}
    for table, policies in found.items():
        view = table.removeprefix("view_")
        writes = {"engine_reads", "engine_writes"} if table == "event" else {"engine_all"}
        tenants = set() if view in PLATFORM_VIEWS else {"tenant_reads"}
        assert set(policies) == {*writes, "reads_all", *tenants}, table
        assert {one["permissive"] for one in policies.values()} == {"PERMISSIVE"}
        for name in writes:
            assert policies[name]["roles"] == ["ee_engine"], table
        reads = policies["reads_all"]
        assert (sorted(reads["roles"]), reads["cmd"]) == (["ee_audit", "ee_backup"], "SELECT")
        for name in tenants:
            own = policies[name]
            assert (own["roles"], own["cmd"], own["qual"]) == (["ee_api"], "SELECT", OWN), table


async def test_a_tenants_reader_may_read_and_nothing_else(kept: Database) -> None:
    granted = {
        (one["table_name"], one["privilege_type"]) for one in await kept.ask(GRANTS, "ee_api")
    }
    readable = {"event", "event_text", "image", *(f"view_{one}" for one in VIEWS)}
    assert granted == {(name, "SELECT") for name in readable}
    assert await kept.ask(GRANTS, "PUBLIC") == []
    columns = (
        "SELECT table_name, column_name FROM information_schema.column_privileges"
        " WHERE grantee = 'ee_api'"
    )
    beyond = {tuple(one) for one in await kept.ask(columns) if one["table_name"] not in readable}
    assert beyond == {("checkpoint", "generation")}


async def test_no_role_but_that_of_dumps_stands_above_the_policies(kept: Database) -> None:
    roles = await kept.ask(
        "SELECT * FROM pg_roles WHERE rolname LIKE 'ee\\_%' AND rolname NOT LIKE 'ee\\_login%'"
    )
    assert len(roles) == 6
    for one in roles:
        rights = ("super", "canlogin", "inherit", "createrole", "createdb", "replication")
        assert [right for right in rights if one[f"rol{right}"]] == [], one["rolname"]
        assert one["rolbypassrls"] == (one["rolname"] == "ee_backup")
    members = await kept.ask(
        "SELECT roleid::regrole::text AS role, member::regrole::text AS member FROM pg_auth_members"
        " WHERE member::regrole::text LIKE 'ee\\_%'"
        " AND member::regrole::text NOT LIKE 'ee\\_login%'"
    )
    assert [tuple(one) for one in members] == [("ee_owner", "ee_migrate")]


# --- raw SQL, as the API's role


async def seen(connection: Connection, table: str) -> list[str | None]:
    return [one["tenant"] for one in await connection.fetch(f"SELECT tenant FROM engine.{table}")]


def read_by_tenants() -> list[str]:
    return [
        "event",
        "event_text",
        "image",
        *(f"view_{one}" for one in VIEWS if one not in PLATFORM_VIEWS),
    ]


async def test_raw_sql_sees_the_rows_of_the_tenant_it_names_and_nobody_elses(
    kept: Database,
) -> None:
    connection = await connect(kept.dsn, "ee_api", name="raw")
    try:
        for tenant in ("acme", "rival"):
            async with connection.transaction():
                await connection.execute("SELECT set_config('engine.tenant', $1, true)", tenant)
                for table in read_by_tenants():
                    assert await seen(connection, table) == [tenant], table
                for view in PLATFORM_VIEWS:
                    assert await seen(connection, f"view_{view}") == [], view
                whole = "SELECT count(*) FROM engine.event WHERE tenant IS DISTINCT FROM $1"
                assert await connection.fetchval(whole, tenant) == 0
    finally:
        await connection.close()


async def test_who_names_no_tenant_sees_nothing_before_and_after_a_transaction_that_did(
    kept: Database,
) -> None:
    """After one the setting is '', not NULL: without nullif that would be a tenant's name."""
    connection = await connect(kept.dsn, "ee_api", name="raw")
    try:
        tables = [*read_by_tenants(), *(f"view_{one}" for one in PLATFORM_VIEWS)]
        for _ in range(2):
            for table in tables:
                assert await seen(connection, table) == [], table
            async with connection.transaction():
                await connection.execute("SELECT set_config('engine.tenant', 'acme', true)")
                assert await seen(connection, "event") == ["acme"]
        assert await connection.fetchval("SELECT current_setting('engine.tenant', true)") == ""
        for nobody in ("", "nobody", "acme' OR true --", "%"):
            await connection.execute("SELECT set_config('engine.tenant', $1, false)", nobody)
            for table in tables:
                assert await seen(connection, table) == [], (nobody, table)
    finally:
        await connection.close()


async def test_it_writes_nothing_anywhere_and_learns_no_position(kept: Database) -> None:
    connection = await connect(kept.dsn, "ee_api", name="raw")
    try:
        await connection.execute("SELECT set_config('engine.tenant', 'acme', false)")
        names = [name for name, one in (await tables(kept)).items() if one["kind"] == "r"]
        for name in names:
            for statement in (
                f"INSERT INTO engine.{name} SELECT * FROM engine.{name}",
                f"UPDATE engine.{name} SET tenant = 'rival'",
                f"DELETE FROM engine.{name}",
                f"TRUNCATE engine.{name}",
            ):
                if name in OPEN and "SET tenant" in statement:
                    continue
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
        for name in OPEN:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(f"SELECT * FROM engine.{name}")
        assert await connection.fetchval("SELECT generation FROM engine.checkpoint") == 1
        for role in ("ee_owner", "postgres"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"SET SESSION AUTHORIZATION {role}")
    finally:
        await connection.close()


# --- two logins


@pytest.fixture
def home() -> Iterator[Path]:
    made = scratch()
    yield made
    shutil.rmtree(made)


async def test_an_engine_with_two_logins_runs_as_one_that_can_never_own_its_tables(
    kept: Database, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await kept.run(
        f"DROP ROLE IF EXISTS {RUNS}; CREATE ROLE {RUNS} LOGIN NOINHERIT;"
        f" GRANT ee_engine, ee_api, ee_audit TO {RUNS}"
    )
    runs = kept.dsn.replace("//ee_login@", f"//{RUNS}@")
    file = home / "migrate"
    file.write_text(kept.dsn)
    for table, warned in (
        (DatabaseTable(dsn=runs, migrate_dsn_file=str(file)), False),
        (DatabaseTable(dsn=kept.dsn), True),
    ):
        config = Config(data_dir=str(home), database=table)
        async with open_stores(table.dsn, config, CountingClock()) as stores:
            assert len(stores.seal_key) == 32
        assert ("database.login_may_own" in capsys.readouterr().out) == warned
    connection = await connect(runs, "ee_engine", name="raw")
    try:
        for role in ("ee_owner", "ee_migrate"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"SET ROLE {role}")
    finally:
        await connection.close()
