"""The read models in Postgres.  Writes are the leader's; reads are a tenant's, or the auditor's."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import groupby
from operator import attrgetter

from engine.errors import Deposed
from engine.ids import Position, TenantId
from engine.ports import Fence, Row
from engine.store.pool import Borrowed, Pool
from engine.store.views import VIEWS, check_names

_LIVE = "generation = (SELECT generation FROM engine.checkpoint)"
_RESET = "UPDATE engine.checkpoint SET position = 0"


class PostgresReadModels:
    """``fence``: what this process leads with, as its log says; who never leads only reads."""

    def __init__(self, dsn: str, fence: Callable[[], Fence], *, name: str = "email-engine") -> None:
        self._fence = fence

        def epoch() -> int:
            return fence().epoch

        self._engine = Pool(dsn, "ee_engine", name=f"{name} views", epoch=epoch, size=2)
        self._api = Pool(dsn, "ee_api", name=f"{name} api", epoch=epoch)
        self._audit = Pool(dsn, "ee_audit", name=f"{name} audit", epoch=epoch, size=2)

    async def close(self) -> None:
        for pool in (self._engine, self._api, self._audit):
            await pool.close()

    async def checkpoint(self) -> Position:
        async with self._audit.borrow() as connection:
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
            by_name = attrgetter("projection")
            for projection, group in groupby(sorted(rows, key=by_name), by_name):
                await _upsert(connection, projection, generation, list(group))

    async def reset(self) -> None:
        async with self._leading() as connection:
            for projection in VIEWS:
                await connection.execute(f"DELETE FROM engine.view_{projection} WHERE {_LIVE}")
            await connection.execute(_RESET)

    async def one(self, projection: str, key: str, *, tenant: TenantId | None) -> bytes | None:
        check_names(projection, ())
        async with self._reading(tenant) as connection:
            body: bytes | None = await connection.fetchval(
                f"SELECT body FROM engine.view_{projection} WHERE {_LIVE} AND key = $1", key
            )
        return body

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
        async with self._reading(tenant) as connection:
            rows = await connection.fetch(
                f"SELECT key, body FROM engine.view_{projection}"
                f" WHERE {_LIVE} AND key > $1{filters} ORDER BY key LIMIT $2",
                after,
                limit,
                *where.values(),
            )
        return [(row["key"], row["body"]) for row in rows]

    @asynccontextmanager
    async def _leading(self) -> AsyncIterator[Borrowed]:
        """A transaction in which nobody else can begin to lead."""
        async with self._engine.borrow() as connection, connection.transaction():
            row = await connection.fetchrow("SELECT epoch, holder FROM engine.fence FOR SHARE")
            mine = self._fence()
            # The holder names one start of one process.  Its epoch may have risen since: it took
            # the lead again itself.
            if row is None or row["holder"] != mine.holder or row["epoch"] < mine.epoch:
                raise Deposed(f"the read models belong to {row and row['holder']!r} now")
            yield connection

    @asynccontextmanager
    async def _reading(self, tenant: TenantId | None) -> AsyncIterator[Borrowed]:
        if tenant is None:
            async with self._audit.borrow() as connection:
                yield connection
            return
        async with self._api.borrow() as connection, connection.transaction(readonly=True):
            await connection.execute("SELECT set_config('engine.tenant', $1, true)", tenant)
            yield connection


async def _refuse_stranger(connection: Borrowed, was: Position, now: Position) -> None:
    at = await connection.fetchval("SELECT position FROM engine.checkpoint")
    if at != now:
        raise Deposed(f"the read models stand at {at}, not at {was}: somebody else wrote them")


async def _upsert(
    connection: Borrowed, projection: str, generation: int, rows: Sequence[Row]
) -> None:
    """One statement for all rows of a view; of two for one key the later holds."""
    last = {row.key: row for row in rows}.values()
    names = ("tenant", *VIEWS[projection], "body")
    values: list[Sequence[str | bytes | None]] = [
        [row.tenant for row in last],
        *[[row.columns.get(name) for row in last] for name in VIEWS[projection]],
        [row.body for row in last],
    ]
    arrays = ", ".join(
        f"${n}::{'bytea' if name == 'body' else 'text'}[]" for n, name in enumerate(names, start=3)
    )
    await connection.execute(
        f"INSERT INTO engine.view_{projection} (generation, key, {', '.join(names)})"
        f" SELECT $1, new.* FROM unnest($2::text[], {arrays}) AS new"
        f" ON CONFLICT (generation, key) DO UPDATE SET "
        + ", ".join(f"{name} = excluded.{name}" for name in names),
        generation,
        [row.key for row in last],
        *values,
    )
