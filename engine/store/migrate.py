"""Brings a database to this version's tables.  Forward only; its connection is closed before
anything is served.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import asyncpg
import structlog

import engine
from engine.errors import StartRefused
from engine.store.connect import AWAY, Connection, connect, explain, place
from engine.store.server_checks import refuse_unsafe
from engine.store.view_tables import make_view_tables

MIGRATIONS = Path(engine.__file__).parent.parent / "sql" / "migrations"

_say = structlog.get_logger(__name__)
_NAME = "email-engine migrate"
_LOCK = 0x6D696772  # "migr"; two starts at once take turns
_GROUPS = "ee_migrate, ee_engine, ee_api, ee_audit"


class Migration(NamedTuple):
    name: str
    text: str

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.text.encode()).digest()


async def migrate(dsn: str, folder: Path = MIGRATIONS) -> list[str]:
    """The names of what was applied now.  Raises StartRefused with what to do."""
    where = place(dsn)
    connection = await _connected(dsn, where)
    try:
        await refuse_unsafe(connection, where)
        await _take_turns(connection, where)
        applied = await _applied(connection)
        todo = _todo(_read(folder), applied, where)
        for migration in todo:
            await _apply(connection, migration, where)
        await _make_view_tables(connection, where)
    finally:
        await connection.close()
    return [migration.name for migration in todo]


async def _connected(dsn: str, where: str) -> Connection:
    try:
        return await connect(dsn, "ee_migrate", name=_NAME)
    except (
        asyncpg.InvalidParameterValueError,  # there is no such role
        asyncpg.InsufficientPrivilegeError,  # the login is no member of it
    ) as error:
        raise StartRefused(
            f"the login of {where} cannot become ee_migrate: {explain(error)}. Let a superuser run"
            f" sql/roles.sql in this database and GRANT {_GROUPS} to the login"
            " (docs/operations.md, 'Postgres and its roles')"
        ) from error
    except asyncpg.ProtocolViolationError as error:
        raise StartRefused(
            f"{where} does not take the parameter `role`: {explain(error)}. It is a connection"
            " pooler, not Postgres itself; put Postgres's own host and port into the DSN"
        ) from error
    except asyncpg.ClientConfigurationError as error:
        raise StartRefused(
            f"the DSN {where} cannot be used: {error}. It looks like"
            " postgresql://login@host/database"
        ) from error
    except (asyncpg.PostgresError, *AWAY) as error:
        raise StartRefused(
            f"Postgres at {where} does not let the engine in: {explain(error)}."
            " Is it running, and is the DSN right?"
        ) from error


async def _take_turns(connection: Connection, where: str) -> None:
    await connection.execute("SET lock_timeout = '30s'")
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
    except asyncpg.LockNotAvailableError as error:
        raise StartRefused(
            f"another start has been migrating {where} for 30 s; look who it is in"
            f" pg_stat_activity (application_name '{_NAME}')"
        ) from error


async def _applied(connection: Connection) -> dict[str, bytes]:
    async with connection.transaction():
        await connection.execute("SET LOCAL ROLE ee_owner")
        if await connection.fetchval("SELECT to_regclass('engine.migration') IS NULL"):
            return {}
        rows = await connection.fetch("SELECT name, sha256 FROM engine.migration")
    return {row["name"]: row["sha256"] for row in rows}


def _read(folder: Path) -> list[Migration]:
    return [Migration(file.name, file.read_text()) for file in sorted(folder.glob("*.sql"))]


def _todo(files: Sequence[Migration], applied: dict[str, bytes], where: str) -> Sequence[Migration]:
    """A name that is applied and not here is a later version's, and leaves this one running."""
    last = max(applied, default="")
    for file in files:
        if file.name in applied and applied[file.name] != file.sha256:
            raise StartRefused(
                f"sql/migrations/{file.name} was changed after it had been applied to {where}."
                " Put the file back as it was, and say what is new in a migration of its own"
            )
        if file.name not in applied and file.name < last:
            raise StartRefused(
                f"sql/migrations/{file.name} was never applied to {where}, but {last}, which"
                " comes after it, was. Migrations only go forward: give it a later number"
            )
    return [file for file in files if file.name not in applied]


async def _make_view_tables(connection: Connection, where: str) -> None:
    try:
        lost = await make_view_tables(connection)
    except asyncpg.PostgresError as error:
        raise StartRefused(
            f"sql/view_table.sql failed at {where} and was undone: {explain(error)}. A table that"
            " was made by hand may be in the way: drop it, its rows come from the log"
        ) from error
    if lost:
        _say.warning("views.lost", views=lost, next="their rows are made anew from the log")


async def _apply(connection: Connection, migration: Migration, where: str) -> None:
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL ROLE ee_owner")
            await connection.execute(migration.text)
            await connection.execute(
                "INSERT INTO engine.migration (name, sha256) VALUES ($1, $2)",
                migration.name,
                migration.sha256,
            )
    except asyncpg.PostgresError as error:
        raise StartRefused(
            f"sql/migrations/{migration.name} failed at {where} and was undone: {explain(error)}"
        ) from error
