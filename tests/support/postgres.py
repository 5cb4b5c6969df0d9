"""A real Postgres of our own, started by the engine's own means, and a database for each test."""

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import asyncpg
import pytest

from engine.adapters.embedded_postgres import EmbeddedPostgres
from engine.store.migrate import LOGIN, bootstrap, migrate

T = TypeVar("T")

_TEMPLATE = "email_engine"
_NUMBERS = itertools.count(1)


class Database(NamedTuple):
    """One test's own."""

    name: str
    dsn: str  # the engine's login
    superuser: str
    sockets: Path  # the directory of the server's

    async def ask(self, statement: str, *args: object, role: str = "postgres") -> list[Any]:
        """Rows, asked by nobody's leave, or in a role of the engine."""
        connection = await asyncpg.connect(self.superuser)
        try:
            await connection.execute(f"SET ROLE {role}")
            return list(await connection.fetch(statement, *args))
        finally:
            await connection.close()


class PostgresServer:
    """The whole session's; a test that harms it mends it."""

    def __init__(self, home: Path) -> None:
        self.embedded = EmbeddedPostgres(home / "e", own=home)

    def start(self) -> None:
        """With a template that has roles and tables."""
        aside(self._start())

    async def _start(self) -> None:
        await bootstrap(await self.embedded.start())
        await migrate(self.embedded.dsn(LOGIN))

    async def create(self, template: str = _TEMPLATE) -> Database:
        name = f"test_{next(_NUMBERS)}"
        await self._administer(f"CREATE DATABASE {name} TEMPLATE {template}")
        superuser = self.embedded.dsn(database=name)
        sockets = Path(superuser.partition("?host=")[2])
        return Database(name, self.embedded.dsn(LOGIN, name), superuser, sockets)

    async def drop(self, database: Database) -> None:
        await self._administer(f"DROP DATABASE IF EXISTS {database.name} WITH (FORCE)")

    async def _administer(self, statement: str) -> None:
        connection = await asyncpg.connect(self.embedded.dsn(database="postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    # Not under pytest's own directory, which only its user may enter; and sockets' paths are short.
    home = Path(tempfile.mkdtemp(prefix="ee-postgres-"))
    home.chmod(0o755)
    server = PostgresServer(home)
    try:
        server.start()
        yield server
    finally:
        aside(server.embedded.stop())
        shutil.rmtree(home)


@pytest.fixture
async def database(postgres: PostgresServer) -> AsyncIterator[Database]:
    """Migrated, empty, gone afterwards."""
    made = await postgres.create()
    yield made
    await postgres.drop(made)


def aside(work: Coroutine[Any, Any, T]) -> T:
    """On a loop of its own, whatever loop the test has."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
