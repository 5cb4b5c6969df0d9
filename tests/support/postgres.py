"""A real Postgres of our own, started by the engine's own means, and a database for each test."""

import asyncio
import itertools
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from inspect import isawaitable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import asyncpg
import pytest

from engine.adapters.embedded_postgres import DATABASE, LOGIN, EmbeddedPostgres
from engine.store.migrate import migrate

T = TypeVar("T")

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

    async def run(self, statements: str) -> None:
        """Any number of them, as the superuser."""
        connection = await asyncpg.connect(self.superuser)
        try:
            await connection.execute(statements)
        finally:
            await connection.close()


class PostgresServer:
    """The whole session's; a test that harms it mends it."""

    def __init__(self, home: Path) -> None:
        # EE_TEST_POSTGRES: another installation than the one a fresh engine would choose.
        chosen = os.environ.get("EE_TEST_POSTGRES")
        binaries = [Path(chosen)] if chosen else None
        self.embedded = EmbeddedPostgres(home / "e", own=home, binaries=binaries)

    def start(self) -> None:
        """With a template that has roles and tables."""
        aside(self._start())

    async def _start(self) -> None:
        await self.start_again()
        await migrate(self.embedded.dsn)

    async def create(self, template: str = DATABASE) -> Database:
        name = f"test_{next(_NUMBERS)}"
        # A copy of files: the default way writes all of them into the server's log.
        await self._administer(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        superuser = self.embedded.dsn_of("postgres", name)
        sockets = Path(superuser.partition("?host=")[2])
        return Database(name, self.embedded.dsn_of(LOGIN, name), superuser, sockets)

    async def drop(self, database: Database) -> None:
        await self._administer(f"DROP DATABASE IF EXISTS {database.name} WITH (FORCE)")

    async def kill(self) -> None:
        """As a crash does it: no goodbye, to nobody."""
        assert self.embedded.pid is not None
        os.kill(self.embedded.pid, signal.SIGKILL)

    async def start_again(self) -> None:
        """As a server that is named by a DSN often has it: one login for all."""
        await self.embedded.start()
        await self._administer(f"GRANT ee_migrate TO {LOGIN}")

    def waiting_for_a_ghost(self) -> AbstractAsyncContextManager[None]:
        """Every commit waits for a standby that does not exist."""
        return self.set_to("synchronous_standby_names", "ghost")

    @asynccontextmanager
    async def set_to(self, setting: str, value: str) -> AsyncIterator[None]:
        """For the whole server, for a while."""
        before = await self._administer(f"SHOW {setting}")
        await self._set(setting, value)
        try:
            yield
        finally:
            await self._set(setting, str(before))

    async def until_somebody_waits_for_the_ghost(self) -> None:
        waits = "SELECT true FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        await eventually(lambda: self._administer(waits))

    async def _set(self, setting: str, value: str) -> None:
        await self._administer(f"ALTER SYSTEM SET {setting} = '{value}'")
        await self._administer("SELECT pg_reload_conf()")
        shown = f"SELECT true FROM pg_settings WHERE name = '{setting}' AND setting = '{value}'"
        await eventually(lambda: self._administer(shown))

    async def _administer(self, statement: str) -> object:
        connection = await asyncpg.connect(
            self.embedded.dsn_of("postgres", "postgres"),
            server_settings={"synchronous_commit": "local"},
        )
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()


def scratch() -> Path:
    """Not under pytest's own directory, which only its user may enter; sockets' paths are short.
    In memory where there is room: databases are made and dropped by the hundred.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 4e9
    made = Path(tempfile.mkdtemp(prefix="ee-postgres-", dir=memory if roomy else None))
    made.chmod(0o755)
    return made


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    home = scratch()
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


async def eventually(holds: Callable[[], object]) -> None:
    """Look again until it does; the test's own time limit ends what never will."""
    while True:
        found = holds()
        if await found if isawaitable(found) else found:
            return
        await asyncio.sleep(0.005)


def aside(work: Coroutine[Any, Any, T]) -> T:
    """On a loop of its own, whatever loop the test has."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
