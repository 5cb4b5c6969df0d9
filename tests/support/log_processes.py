"""Processes that work on one log: in memory, and in Postgres."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Protocol

from engine.ports import Fence, Log
from engine.store.memory import MemoryDatabase, MemoryLog
from engine.store.postgres_log import PostgresLog
from tests.support.entries import CountingClock
from tests.support.postgres import Database


class Led(Log, Protocol):
    """A log that somebody can take over."""

    async def lead(self, holder: str) -> Fence:
        """Whoever led before is deposed."""

    def fence(self) -> Fence:
        """What it leads with."""


Processes = Callable[[], Awaitable[Led]]  # each call: another process on the same database


def in_memory(database: MemoryDatabase) -> Processes:
    async def start() -> Led:
        return MemoryLog(CountingClock(), database)

    return start


def in_postgres(database: Database, ending: AsyncExitStack) -> Processes:
    async def start() -> Led:
        log = PostgresLog(database.dsn, CountingClock())
        ending.push_async_callback(log.close)
        return log

    return start
