"""Which Postgres a configuration means, and who stops an embedded one."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from engine.adapters.embedded_postgres import EmbeddedPostgres
from engine.app.database import database
from engine.app.stores import open_stores
from engine.config import Config, Database
from engine.errors import StartRefused
from engine.store.migrate import migrate
from tests.support.entries import CountingClock
from tests.support.postgres import scratch

pytestmark = pytest.mark.real


@pytest.fixture
def config() -> Iterator[Config]:
    """Of an engine that was never started; its data would lie here."""
    made = scratch()
    yield Config(data_dir=str(made / "data"))
    shutil.rmtree(made)


@pytest.fixture
async def server(config: Config) -> AsyncIterator[EmbeddedPostgres]:
    """Started once, and standing still."""
    async with database(config, make=True):
        pass
    made = EmbeddedPostgres(Path(config.data_dir) / "postgres")
    await made.start()
    await made.stop()
    yield made
    await made.stop()


async def answers(dsn: str) -> bool:
    connection = await asyncpg.connect(dsn)
    try:
        return bool(await connection.fetchval("SELECT true"))
    finally:
        await connection.close()


async def test_a_dsn_is_taken_as_it_is(config: Config) -> None:
    named = Config(data_dir=config.data_dir, database=Database(dsn="postgresql://x@db/y"))
    async with database(named) as dsn:
        assert dsn == "postgresql://x@db/y"


async def test_a_tool_makes_no_log_where_there_is_none(config: Config) -> None:
    with pytest.raises(StartRefused, match=r"there is no log in .*no engine was ever started"):
        async with database(config):
            pytest.fail("an empty log was made")
    assert os.listdir(Path(config.data_dir).parent) == []


async def test_an_engine_makes_its_server_and_stops_it(
    config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    async with database(config, make=True) as dsn:
        async with open_stores(dsn, config, CountingClock()) as stores:
            assert len(stores.seal_key) == 32
        assert "login_may_own" not in capsys.readouterr().out, "it runs as one that cannot"
        with pytest.raises(StartRefused, match="cannot become ee_migrate"):
            await migrate(dsn)
    with pytest.raises(OSError, match=r"No such file|refused"):
        await answers(dsn)


async def test_a_tool_stops_the_server_that_it_started(
    config: Config, server: EmbeddedPostgres
) -> None:
    async with database(config) as dsn:
        assert await answers(dsn)
    assert server.pid is None


async def test_a_tool_leaves_an_engines_server_running(
    config: Config, server: EmbeddedPostgres
) -> None:
    await server.start()
    before = server.pid
    async with database(config) as dsn:
        assert await answers(dsn)
    assert server.pid == before


async def test_a_tool_leaves_a_server_that_an_engine_found_running(
    config: Config, server: EmbeddedPostgres
) -> None:
    """It was started while the tool was at work."""
    async with database(config):
        engine = await asyncpg.connect(await server.start())
    try:
        assert await engine.fetchval("SELECT true")
    finally:
        await engine.close()


async def test_under_systemd_an_engine_asks_for_a_dsn_and_a_tool_does_not(
    config: Config, server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INVOCATION_ID", "x")
    with pytest.raises(StartRefused, match="under systemd a DSN is required"):
        async with database(config, make=True):
            pytest.fail("it would share the unit's fate")
    async with database(config) as dsn:
        assert await answers(dsn)
