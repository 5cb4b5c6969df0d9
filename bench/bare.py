"""Plain INSERT into the engine's own table: no order, no chain, no fence."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import asyncpg

from bench import workload
from bench.contender import Contender, looped
from bench.measure import Append
from bench.server import Database

POOL = 16

_NUMBERS = "CREATE SEQUENCE bare_position"
_INSERT = """
    INSERT INTO engine.event
           (position, stream, version, id, tag, at, tenant, actor, cause, body, digest)
    VALUES (nextval('bare_position'), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"""
_DIGEST = bytes(32)
_AT = datetime(2026, 3, 1, tzinfo=UTC)


async def _nothing(_: object) -> None:
    """Going back into a pool shall not cost a round trip."""


@asynccontextmanager
async def pooled(dsn: str, size: int = POOL) -> AsyncIterator["asyncpg.Pool[asyncpg.Record]"]:
    made = asyncpg.create_pool(dsn, min_size=size, max_size=size, reset=_nothing)
    async with made as pool:
        yield pool


def arguments(ids: Callable[[], object], caller: int, version: int) -> tuple[object, ...]:
    place = (workload.stream(caller), version, ids(), workload.TAG, _AT)
    return *place, workload.TENANT, workload.ACTOR, workload.CAUSE, workload.BODY, _DIGEST


@asynccontextmanager
async def _pooled(database: Database) -> AsyncIterator[Append]:
    ids, versions = workload.ids(), Counter[int]()
    async with pooled(database.superuser) as pool:
        await pool.execute(_NUMBERS)

        async def append(caller: int) -> str:
            versions[caller] += 1
            given = arguments(ids, caller, versions[caller])
            async with pool.acquire() as connection:
                return await connection.execute(_INSERT, *given)

        yield append


@asynccontextmanager
async def _single(database: Database) -> AsyncIterator[Append]:
    ids, versions = workload.ids(), Counter[int]()
    connection = await asyncpg.connect(database.superuser)
    try:
        await connection.execute(_NUMBERS)

        async def append(caller: int) -> str:
            versions[caller] += 1
            return await connection.execute(_INSERT, *arguments(ids, caller, versions[caller]))

        yield append
    finally:
        await connection.close()


POOLED: Contender = looped(f"INSERT per event, {POOL} connections", _pooled, migrated=True)
SINGLE: Contender = looped("INSERT per event, one connection", _single, migrated=True)
