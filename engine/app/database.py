"""Where the log's Postgres is: a DSN's, or an embedded one, started where it stands still."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from engine import config as configuration
from engine.adapters import embedded_postgres
from engine.adapters.embedded_postgres import EmbeddedPostgres
from engine.config import Config
from engine.errors import StartRefused
from engine.store.connect import readable


@asynccontextmanager
async def database(config: Config, *, make: bool = False) -> AsyncIterator[str]:
    """Its DSN, for the engine (``make``: an embedded server that is not there yet is made, and
    stops with the engine), or for a tool that reads: it makes nothing, and leaves a server running
    that it found running, or that somebody else has begun to use.  Raises StartRefused.
    """
    table = config.database
    if not is_embedded(config):
        yield readable(table.dsn or configuration.secret(table.dsn_file))
        return
    postgres = EmbeddedPostgres(Path(config.data_dir) / "postgres")
    _refuse(config, postgres, make)
    await postgres.start(gently=not make)
    try:
        yield postgres.dsn
    finally:
        if make or not (postgres.was_running or await postgres.in_use()):
            await postgres.stop()


def is_embedded(config: Config) -> bool:
    return not (config.database.dsn or config.database.dsn_file)


def migrating(config: Config, dsn: str) -> str:
    """The DSN of the login that may change tables: of another one, where that is named."""
    table = config.database
    if is_embedded(config):
        return embedded_postgres.migrating(dsn)
    if table.migrate_dsn_file:
        return readable(configuration.secret(table.migrate_dsn_file))
    return readable(table.migrate_dsn or dsn)


def _refuse(config: Config, postgres: EmbeddedPostgres, make: bool) -> None:
    """Under systemd a DSN is required: an embedded server would share the unit's fate."""
    if make and configuration.under_systemd():
        raise StartRefused(
            "under systemd a DSN is required: set dsn_file in [database], for example to"
            " credential:db-dsn"
        )
    if not make and not postgres.exists:
        raise StartRefused(
            f"there is no log in {config.data_dir}: no engine was ever started with this"
            " configuration. Give the data_dir of the engine, or its [database] dsn"
        )
