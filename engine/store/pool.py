"""A few connections of one role, for reads and for the read models' writes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from engine.errors import LogUnavailable
from engine.store.connect import AWAY, HOST_S, STATEMENT_S, Role, any_host, explain, place

Borrowed: TypeAlias = "PoolConnectionProxy[asyncpg.Record]"

CLOSE_S = 3.0


class Pool:
    """Opens connections when they are first wanted; Postgres may be away until then.

    When ``epoch`` has changed no old connection is used again: the lead was lost and taken anew,
    and an old one may lead to a server that is primary no more.

    ``statement_s``: for the answer to a statement; then its connection is given up.
    """

    def __init__(
        self,
        dsn: str,
        role: Role,
        *,
        name: str,
        epoch: Callable[[], int],
        size: int = 4,
        statement_s: float = STATEMENT_S,
    ) -> None:
        self._dsn = dsn
        self._role = role
        self._name = name
        self._size = size
        self._statement_s = statement_s
        self._epoch = epoch
        self._seen = epoch()
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None

    @property
    def size(self) -> int:
        """Connections that are open."""
        return 0 if self._pool is None else self._pool.get_size()

    @asynccontextmanager
    async def borrow(self) -> AsyncIterator[Borrowed]:
        """Raises LogUnavailable when Postgres is away, before or while it is used."""
        try:
            async with (await self._opened()).acquire(timeout=self._statement_s) as connection:
                try:
                    yield connection
                # Else it is asked to cancel what it does, and that is waited for.
                except (TimeoutError, asyncio.CancelledError):
                    connection.terminate()
                    raise
        except AWAY as error:
            raise LogUnavailable(f"{place(self._dsn)}: {explain(error)}") from error

    async def close(self) -> None:
        if self._pool is None:
            return
        try:
            async with asyncio.timeout(CLOSE_S):
                await self._pool.close()
        except (TimeoutError, *AWAY):
            self._pool.terminate()
        self._pool = None

    async def _opened(self) -> "asyncpg.Pool[asyncpg.Record]":
        if self._pool is None:
            self._pool = asyncpg.create_pool(
                self._dsn,
                connect=any_host,
                min_size=0,
                max_size=self._size,
                timeout=HOST_S,
                command_timeout=self._statement_s,
                reset=_left_as_it_was,
                server_settings={
                    "application_name": self._name,
                    "role": self._role,
                    "timezone": "UTC",
                    "idle_in_transaction_session_timeout": "8s",
                },
            )
            await self._pool  # opens nothing yet: the least is none
        if self._seen != self._epoch():
            self._seen = self._epoch()
            await self._pool.expire_connections()
        return self._pool


async def _left_as_it_was(_: object) -> None:
    """Nobody here changes a session, only transactions, and asyncpg itself ends those that are left
    open: RESET ALL after each use would be one more question to Postgres for nothing.
    """
