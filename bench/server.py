"""The Postgres that everything is measured on: the engine's own, on a real disk, nothing off."""

import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import asyncpg

from bench import machine
from engine.adapters.embedded_postgres import (
    DATABASE,
    LOGIN,
    SUPERUSER,
    EmbeddedPostgres,
    migrating,
)
from engine.errors import StartRefused
from engine.store.migrate import migrate

SAFE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_SHOWN = (*SAFE, "wal_sync_method", "wal_level", "shared_buffers", "max_wal_size")


class Database(NamedTuple):
    """One contender's own."""

    name: str
    dsn: str  # the engine's login
    superuser: str
    sockets: Path


class Server:
    def __init__(self, embedded: EmbeddedPostgres) -> None:
        self._embedded = embedded
        self._numbers = itertools.count(1)

    async def settings(self) -> dict[str, str]:
        """What matters; raises StartRefused where a commit would not be on the disk."""
        connection = await asyncpg.connect(self._embedded.dsn_of(SUPERUSER, DATABASE))
        try:
            found = {name: str(await connection.fetchval(f"SHOW {name}")) for name in _SHOWN}
            found["version"] = str(await connection.fetchval("SHOW server_version"))
        finally:
            await connection.close()
        for name, value in SAFE.items():
            if found[name] != value:
                raise StartRefused(f"{name} is {found[name]}: what is measured would be no log")
        return found

    @asynccontextmanager
    async def database(self, *, migrated: bool) -> AsyncIterator[Database]:
        """Empty, or with the engine's tables; gone afterwards."""
        name = f"bench_{next(self._numbers)}"
        # A copy of files ends in a checkpoint, so each contender begins behind one.
        template = DATABASE if migrated else "template0"
        await self._administer(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        superuser = self._embedded.dsn_of(SUPERUSER, name)
        sockets = Path(superuser.partition("?host=")[2])
        try:
            yield Database(name, self._embedded.dsn_of(LOGIN, name), superuser, sockets)
        finally:
            await self._administer(f"DROP DATABASE {name} WITH (FORCE)")

    async def let_one_login_do_all(self) -> None:
        """As a server that is named by a DSN often has it."""
        await self._administer(f"GRANT ee_migrate TO {LOGIN}")

    async def _administer(self, statement: str) -> None:
        connection = await asyncpg.connect(self._embedded.dsn_of(SUPERUSER, "postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@asynccontextmanager
async def running(below: Path) -> AsyncIterator[Server]:
    """A fresh one in a folder below ``below``, removed afterwards.  Raises StartRefused."""
    disk = machine.disk(below)
    if disk.in_memory:
        raise StartRefused(f"{below} is {disk.kind}, which is no disk; name another with --dir")
    folder = _folder(below)
    embedded = EmbeddedPostgres(folder / "e", own=folder)
    try:
        await migrate(migrating(await embedded.start()))
        server = Server(embedded)
        await server.let_one_login_do_all()
        yield server
    finally:
        await embedded.stop()
        shutil.rmtree(folder)


def _folder(below: Path) -> Path:
    """One that Postgres's user may enter."""
    made = Path(tempfile.mkdtemp(prefix="ee-bench-", dir=below))
    made.chmod(0o755)
    return made
