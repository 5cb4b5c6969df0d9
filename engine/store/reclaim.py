"""Raising the epoch of a log that was restored above what its nodes remember."""

import asyncio
from typing import NamedTuple

import asyncpg

from engine.errors import LogUnavailable, StartRefused
from engine.store.connect import AWAY, STATEMENT_S, connect, explain, place
from engine.store.fence import LOCK
from engine.store.kept import NotThere, there

NAME = "email-engine node reclaim"


class Raised(NamedTuple):
    was: int
    epoch: int  # of the log now; the next leader's is above it


async def raise_epoch(dsn: str, above: int) -> Raised:
    """Never lowers it.  Raises StartRefused, also while an engine leads: its lead would be gone.
    Raises LogUnavailable where Postgres does not answer.
    """
    where = place(dsn)
    try:
        async with asyncio.timeout(STATEMENT_S):
            connection = await connect(dsn, "ee_engine", name=NAME)
            try:
                with there():
                    return await _raised(connection, above, where)
            finally:
                connection.terminate()
    except NotThere as absent:
        raise StartRefused(f"{where} holds no log that this version can read: {absent}") from absent
    except AWAY as away:
        raise LogUnavailable(f"{where}: {explain(away)}") from away
    except asyncpg.PostgresError as no:
        raise StartRefused(f"{where}: {explain(no)}") from no


async def _raised(
    connection: "asyncpg.Connection[asyncpg.Record]", above: int, where: str
) -> Raised:
    row = await connection.fetchrow("SELECT epoch, holder FROM engine.fence")
    if row is None:
        raise StartRefused(f"{where}: engine.fence is empty; restore a backup")
    if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
        raise StartRefused(
            f"an engine leads the log at {where}: {row['holder']!r}. Stop it first, and start it"
            " again afterwards"
        )
    epoch = await connection.fetchval(
        "UPDATE engine.fence SET epoch = greatest(epoch, $1) RETURNING epoch", above
    )
    return Raised(row["epoch"], epoch)
