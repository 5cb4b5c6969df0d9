"""Logs in Postgres for tests: impatient ones, some behind a proxy; and what they wrote."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from engine.store.digest import first_break
from engine.store.entry import Entry
from engine.store.fence import Limits
from engine.store.postgres_log import PostgresLog
from tests.support.entries import CountingClock
from tests.support.fault_proxy import FaultProxy, fault_proxy
from tests.support.postgres import Database

QUICK = Limits(watch=0.4, patience=0.5, idle=4, lock=0.3, host=1)
NewLog = Callable[..., PostgresLog]


@pytest.fixture
async def new_log(database: Database) -> AsyncIterator[NewLog]:
    """Logs that are closed afterwards."""
    async with AsyncExitStack() as ending:

        def made(dsn: str = database.dsn, limits: Limits = QUICK, **how: Any) -> PostgresLog:
            log = PostgresLog(dsn, CountingClock(), limits=limits, **how)
            ending.push_async_callback(log.close)
            return log

        yield made


@pytest.fixture
async def log_proxy(database: Database) -> AsyncIterator[tuple[FaultProxy, str]]:
    """And the DSN that leads through it."""
    async with fault_proxy(database.sockets) as (proxy, sockets):
        yield proxy, database.dsn.replace(str(database.sockets), str(sockets))


async def entries(database: Database) -> list[Entry]:
    rows = await database.ask(
        "SELECT position, stream, version, id::text, tag, at, tenant, actor, cause, body, digest"
        " FROM engine.event ORDER BY position",
        role="ee_audit",
    )
    return [Entry(*row) for row in rows]


async def whole(database: Database) -> bool:
    """Chain, positions and fence agree."""
    found = await entries(database)
    (fence,) = await database.ask("SELECT position, digest FROM engine.fence")
    end = (found[-1].position, found[-1].digest) if found else (0, bytes(32))
    return first_break(found) is None and end == tuple(fence)


async def end_connections(database: Database) -> None:
    await database.ask(
        "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
