"""Stores of one database: of the process that leads, and of one that leads no more."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Generic, NamedTuple, Protocol, TypeVar

import pytest

from engine.ports import Fence, Log
from engine.store.memory import MemoryDatabase, MemoryLog
from engine.store.postgres_log import PostgresLog
from tests.support.entries import CountingClock
from tests.support.postgres import PostgresServer

IN_BOTH = ["memory", pytest.param("postgres", marks=pytest.mark.real)]
S_co = TypeVar("S_co", covariant=True)


class Closing(Protocol):
    async def close(self) -> None: ...


C = TypeVar("C", bound=Closing)


class Two(NamedTuple, Generic[S_co]):
    leads: S_co
    led: S_co
    log: Log  # of the one that leads


@asynccontextmanager
async def two(
    request: pytest.FixtureRequest,
    in_memory: Callable[[MemoryLog], S_co],
    in_postgres: Callable[[str, Callable[[], Fence]], C],
) -> AsyncIterator[Two[S_co] | Two[C]]:
    """``request``: of a fixture whose parameters are IN_BOTH."""
    if request.param == "memory":
        yield await _in_memory(in_memory)
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    async with _in_postgres(server, in_postgres) as made:
        yield made


async def _in_memory(make: Callable[[MemoryLog], S_co]) -> Two[S_co]:
    database = MemoryDatabase()
    first, second = (MemoryLog(CountingClock(), database) for _ in range(2))
    await first.lead("first")
    await second.lead("second")
    return Two(make(second), make(first), second)


@asynccontextmanager
async def _in_postgres(
    server: PostgresServer, make: Callable[[str, Callable[[], Fence]], C]
) -> AsyncIterator[Two[C]]:
    database = await server.create()
    first, second = (PostgresLog(database.dsn, CountingClock()) for _ in range(2))
    leads, led = (make(database.dsn, log.fence) for log in (second, first))
    try:
        await first.lead("first")
        await first.close()  # its lock is gone; it remembers its fence
        await second.lead("second")
        yield Two(leads, led, second)
    finally:
        for one in (led, leads, second):
            await one.close()
        await server.drop(database)
