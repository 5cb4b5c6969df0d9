"""The read models in Postgres.  Writes are the leader's; reads are a tenant's, or the auditor's."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

import asyncpg

from engine.errors import Deposed, ViewsBroken
from engine.ids import Position, TenantId
from engine.ports import Differing, Fence, Rebuilt, Row, Standing
from engine.store import generations
from engine.store.connect import place
from engine.store.pool import Borrowed, Pool
from engine.store.readers import Readers, Select
from engine.store.views import check_names

_LIVE = "generation = (SELECT generation FROM engine.checkpoint)"
_BY_HAND = (
    asyncpg.UndefinedTableError,
    asyncpg.UndefinedColumnError,
    asyncpg.InsufficientPrivilegeError,
)


class PostgresReadModels:
    """``fence``: what this process leads with, as its log says; who never leads only reads."""

    def __init__(self, dsn: str, fence: Callable[[], Fence], *, name: str = "email-engine") -> None:
        self._fence = fence
        self._where = place(dsn)

        def epoch() -> int:
            return fence().epoch

        self._engine = Pool(dsn, "ee_engine", name=f"{name} views", epoch=epoch, size=2)
        self._readers = Readers(dsn, name=name, epoch=epoch)

    def connections(self) -> dict[str, int]:
        """How many are open, by what they are for."""
        return {"views": self._engine.size + self._readers.size}

    async def close(self) -> None:
        await self._engine.close()
        await self._readers.close()

    async def checkpoint(self) -> Position:
        async with self._reading() as connection:
            return Position(await connection.fetchval("SELECT position FROM engine.checkpoint"))

    async def write(self, rows: Sequence[Row], *, was: Position, now: Position) -> None:
        """Repeating it is safe: a checkpoint that stands at ``now`` was put there by the same
        fold, for nobody but the leader writes.
        """
        for row in rows:
            check_names(row.projection, row.columns)
        async with self._leading() as connection:
            generation = await connection.fetchval(
                "UPDATE engine.checkpoint SET position = $1 WHERE position = $2"
                " RETURNING generation",
                now,
                was,
            )
            if generation is None:
                await _refuse_stranger(connection, was, now)
                return
            await generations.upsert(connection, generation, rows)

    async def standing(self) -> Standing:
        async with self._reading() as connection:
            return await generations.standing(connection)

    async def lay(self, rows: Sequence[Row]) -> None:
        for row in rows:
            check_names(row.projection, row.columns)
        async with self._leading() as connection:
            laid = await generations.live(connection) + 1
            await generations.upsert(connection, laid, rows)

    async def differing(self) -> Differing:
        """Who leads may append meanwhile: no lock is held on the fence."""
        async with self._reading() as connection:
            return await generations.differing(connection)

    async def swap(self, codecs: Mapping[str, str], rebuilt: Rebuilt, *, was: Position) -> None:
        async with self._leading() as connection:
            await generations.swap(connection, codecs, rebuilt, was)

    async def sweep(self) -> int:
        async with self._leading() as connection:
            return await generations.sweep(connection)

    async def one(self, projection: str, key: str, *, tenant: TenantId | None) -> bytes | None:
        check_names(projection, ())
        rows = f"SELECT body FROM engine.view_{projection} WHERE {_LIVE} AND key = $1"
        async with _mendable(self._where):
            found = await self._readers.fetch(tenant, Select(rows, " LIMIT 1"), key)
        return found[0]["body"] if found else None

    async def some(
        self,
        projection: str,
        *,
        tenant: TenantId | None,
        where: Mapping[str, str],
        after: str = "",
        limit: int = 100,
    ) -> list[tuple[str, bytes]]:
        check_names(projection, where)
        filters = "".join(f" AND {name} = ${n}" for n, name in enumerate(where, start=3))
        rows = f"SELECT key, body FROM engine.view_{projection} WHERE {_LIVE} AND key > $1{filters}"
        select = Select(rows, " ORDER BY key LIMIT $2")
        async with _mendable(self._where):
            found = await self._readers.fetch(tenant, select, after, limit, *where.values())
        return [(row["key"], row["body"]) for row in found]

    @asynccontextmanager
    async def _leading(self) -> AsyncIterator[Borrowed]:
        """A transaction in which nobody else can begin to lead."""
        async with (
            _mendable(self._where),
            self._engine.borrow() as connection,
            connection.transaction(),
        ):
            row = await connection.fetchrow("SELECT epoch, holder FROM engine.fence FOR SHARE")
            mine = self._fence()
            # The holder names one start of one process.  Its epoch may have risen since: it took
            # the lead again itself.
            if row is None or row["holder"] != mine.holder or row["epoch"] < mine.epoch:
                raise Deposed(f"the read models belong to {row and row['holder']!r} now")
            yield connection

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[Borrowed]:
        async with _mendable(self._where), self._readers.reading(None) as connection:
            yield connection


@asynccontextmanager
async def _mendable(where: str) -> AsyncIterator[None]:
    """What somebody took away by hand; the next start puts it there again."""
    try:
        yield
    except _BY_HAND as error:
        raise ViewsBroken(
            f"a read model at {where} was dropped or changed by hand: {error}. Start the engine"
            " again: it mends the tables of its views, and makes their rows anew from the log"
        ) from error


async def _refuse_stranger(connection: Borrowed, was: Position, now: Position) -> None:
    at = await connection.fetchval("SELECT position FROM engine.checkpoint")
    if at != now:
        raise Deposed(f"the read models stand at {at}, not at {was}: somebody else wrote them")
