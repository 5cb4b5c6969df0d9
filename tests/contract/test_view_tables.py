"""A view's table, made at a start, is the one that the migration would have made."""

import asyncio

import asyncpg
import pytest

from engine.errors import StartRefused
from engine.ids import Position
from engine.ports import Rebuilt, Row
from engine.store.generations import SWEEP_MAX
from engine.store.migrate import migrate
from engine.store.postgres_log import PostgresLog
from engine.store.read_models import PostgresReadModels
from engine.store.views import VIEWS
from tests.support.entries import ACME, CountingClock
from tests.support.postgres import Database
from tests.support.spec import DAY_1

pytestmark = pytest.mark.real

# All that a table is, but for the order of its columns; VIEW stands for its name.
CATALOGUE = {
    "columns": "SELECT attname, format_type(atttypid, atttypmod), attnotnull,"
    " attcollation::regcollation::text FROM pg_attribute"
    " WHERE attrelid = 'engine.VIEW'::regclass AND attnum > 0 AND NOT attisdropped",
    "constraints": "SELECT conname, contype::text, pg_get_constraintdef(oid)"
    " FROM pg_constraint WHERE conrelid = 'engine.VIEW'::regclass",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE tablename = 'VIEW'",
    "policies": "SELECT policyname, permissive, roles::text, cmd, qual, with_check"
    " FROM pg_policies WHERE tablename = 'VIEW'",
    "grants": "SELECT grantee, grantor, privilege_type, is_grantable"
    " FROM information_schema.role_table_grants WHERE table_name = 'VIEW'",
    "table": "SELECT relrowsecurity, relforcerowsecurity, relowner::regrole::text, relkind::text,"
    " relpersistence::text FROM pg_class WHERE oid = 'engine.VIEW'::regclass",
}


async def catalogue(database: Database, view: str) -> dict[str, set[tuple[object, ...]]]:
    """What Postgres knows of its table."""
    return {
        part: {tuple(row) for row in await database.ask(query.replace("VIEW", f"view_{view}"))}
        for part, query in CATALOGUE.items()
    }


async def codecs(database: Database, *views: str) -> None:
    """As if these had been made by some version."""
    pairs = ", ".join(f"'{view}', 'a codec'" for view in views)
    await database.run(f"UPDATE engine.checkpoint SET codecs = jsonb_build_object({pairs})")


async def kept(database: Database) -> set[str]:
    (row,) = await database.ask(
        "SELECT array(SELECT jsonb_object_keys(codecs)) FROM engine.checkpoint"
    )
    return set(row[0])


@pytest.mark.parametrize("view", sorted(VIEWS))
async def test_a_table_that_was_dropped_comes_back_as_it_was(database: Database, view: str) -> None:
    before = await catalogue(database, view)
    assert all(before.values())
    await database.run(f"DROP TABLE engine.view_{view}")
    await migrate(database.dsn)
    assert await catalogue(database, view) == before


@pytest.mark.parametrize(
    "harm",
    [
        "ALTER TABLE engine.view_ips DROP COLUMN phase",
        "ALTER TABLE engine.view_ips DROP COLUMN phase, DROP COLUMN node",
        "DROP INDEX engine.view_ips_of_tenant",
        "ALTER TABLE engine.view_ips DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE engine.view_ips NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY tenant_reads ON engine.view_ips",
        "DROP POLICY engine_all ON engine.view_ips; DROP POLICY reads_all ON engine.view_ips",
        "REVOKE DELETE ON engine.view_ips FROM ee_engine",
        "REVOKE SELECT ON engine.view_ips FROM ee_api, ee_backup",
        "REVOKE SELECT ON engine.view_ips FROM ee_audit",
    ],
)
async def test_what_is_missing_of_it_is_added(database: Database, harm: str) -> None:
    before = await catalogue(database, "ips")
    await database.run(harm)
    assert await catalogue(database, "ips") != before
    await migrate(database.dsn)
    assert await catalogue(database, "ips") == before


async def test_nothing_is_dropped_and_no_row_is_lost(database: Database) -> None:
    await database.run(
        "ALTER TABLE engine.view_ips ADD COLUMN a_later_versions text;"
        "CREATE TABLE engine.view_gone_since ();"
        "INSERT INTO engine.view_ips (generation, key, body) VALUES (1, 'a', '1')"
    )
    await migrate(database.dsn)
    (row,) = await database.ask("SELECT key, a_later_versions FROM engine.view_ips")
    assert row["key"] == "a"
    assert await database.ask("SELECT FROM engine.view_gone_since") == []


async def test_a_view_whose_rows_are_lost_loses_its_codec_and_no_other_does(
    database: Database,
) -> None:
    await codecs(database, "ips", "keys", "nodes", "zones")
    await migrate(database.dsn)
    assert await kept(database) == {"ips", "keys", "nodes", "zones"}
    await database.run(
        "DROP TABLE engine.view_ips, engine.view_nodes;"
        "ALTER TABLE engine.view_zones DROP COLUMN health;"
        "DROP INDEX engine.view_keys_of_tenant"
    )
    await migrate(database.dsn)
    assert await kept(database) == {"keys"}, "an index can be added to rows that are there"


async def test_a_start_that_finds_all_in_place_changes_no_table(database: Database) -> None:
    """Not even by saying again what is so: it would wait for everybody who reads."""
    holding = await asyncpg.connect(database.superuser)
    try:
        async with holding.transaction():
            await holding.execute("LOCK TABLE engine.view_ips IN ROW EXCLUSIVE MODE")
            async with asyncio.timeout(30):  # else it waits for this transaction, and for ever
                assert await migrate(database.dsn) == []
    finally:
        await holding.close()


async def test_a_table_in_somebody_elses_hands_is_refused_by_name(database: Database) -> None:
    await database.run(
        "DROP TABLE engine.view_ips; CREATE TABLE engine.view_ips (generation int, key text);"
    )
    with pytest.raises(StartRefused, match=r"view_table\.sql failed .*view_ips.*drop it"):
        await migrate(database.dsn)


async def test_rows_can_be_kept_in_it_and_those_that_nobody_reads_go(database: Database) -> None:
    await database.run("DROP TABLE engine.view_ips")
    await migrate(database.dsn)
    await database.run(
        "INSERT INTO engine.view_ips (generation, key, body)"
        " SELECT n, n || 'x' || k, '' FROM (VALUES (-1), (1), (7)) AS g (n),"
        " generate_series(1, 1500) AS k"
    )
    log = PostgresLog(database.dsn, CountingClock())
    await log.lead("main")
    models = PostgresReadModels(database.dsn, log.fence)
    try:
        row = Row(projection="ips", key="k", tenant=ACME, columns={"phase": "ACTIVE"}, body=b"1")
        await models.lay([row])
        done = Rebuilt(at=DAY_1, why="a test", position=Position(0), rows=1)
        await models.swap({}, done, was=Position(0))
        found = await models.some("ips", tenant=ACME, where={"phase": "ACTIVE"})
        assert found == [("k", b"1")]
        swept = [await models.sweep() for _ in range(6)]
        assert sum(swept) == 4500
        assert max(swept) <= SWEEP_MAX
        assert [row["key"] for row in await database.ask("SELECT key FROM engine.view_ips")] == [
            "k"
        ]
    finally:
        await models.close()
        await log.close()
