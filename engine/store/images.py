"""Images in Postgres.  The leader's to write; read by a tenant, or by the auditor."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from itertools import chain

import asyncpg

from engine.errors import Deposed
from engine.ids import Position, TenantId
from engine.ports import Fence, ImageFailed, Part
from engine.store.connect import explain
from engine.store.pool import Borrowed, Pool
from engine.store.readers import Readers
from engine.store.views import PLATFORM_VIEWS

AT_ONCE = 1_000_000  # bytes of parts written together; a larger one goes alone

_LEADS = "SELECT epoch, holder FROM engine.fence FOR SHARE"
_FORGET = (
    "DELETE FROM engine.image_set WHERE position = $1 AND projection = ANY ($2::text[])",
    "DELETE FROM engine.image WHERE position = $1 AND projection = ANY ($2::text[])",
)
_FORGET_ALL = ("DELETE FROM engine.image_set", "DELETE FROM engine.image")
_PART = "INSERT INTO engine.image (projection, position, tenant, body) VALUES ($1, $2, $3, $4)"
_SET = """
    INSERT INTO engine.image_set (projection, position, codec, parts, digest)
    SELECT made.projection, e.position, made.codec, made.parts, e.digest
      FROM engine.event e, unnest($2::text[], $3::text[], $4::int[])
           AS made(projection, codec, parts)
     WHERE e.position = $1"""

_NEWEST = """
    SELECT s.position
      FROM engine.image_set s
      JOIN engine.event e ON e.position = s.position AND e.digest = s.digest
     WHERE s.projection = $1 AND s.codec = $2 AND s.position <= $3
     ORDER BY s.position DESC LIMIT 1"""
_COUNT = "SELECT parts FROM engine.image_set WHERE projection = $1 AND position = $2"
_PARTS = "SELECT tenant, body FROM engine.image WHERE projection = $1 AND position = $2"


class PostgresImages:
    """``fence``: what this process leads with, as its log says; who never leads only reads."""

    def __init__(self, dsn: str, fence: Callable[[], Fence], *, name: str = "email-engine") -> None:
        self._fence = fence

        def epoch() -> int:
            return fence().epoch

        self._engine = Pool(dsn, "ee_engine", name=f"{name} images", epoch=epoch, size=1)
        self._readers = Readers(dsn, name=f"{name} images", epoch=epoch)

    def connections(self) -> dict[str, int]:
        """How many are open, by what they are for."""
        return {"images": self._engine.size + self._readers.size}

    async def close(self) -> None:
        await self._engine.close()
        await self._readers.close()

    async def save(
        self, position: Position, codecs: Mapping[str, str], parts: Mapping[str, Sequence[Part]]
    ) -> None:
        names = list(parts)
        async with self._writing() as connection:
            for statement in _FORGET:
                await connection.execute(statement, position, names)
            for some in _batches(position, parts):
                await connection.executemany(_PART, some)
            # Not before, or the leader's appends would wait for megabytes of images.
            await self._lead(connection)
            await connection.execute(
                _SET,
                position,
                names,
                [codecs[name] for name in names],
                [len(parts[name]) for name in names],
            )

    async def newest(self, projection: str, codec: str, upto: Position) -> Position:
        async with self._reading(None) as connection:
            return Position(await connection.fetchval(_NEWEST, projection, codec, upto) or 0)

    async def parts(
        self, projection: str, position: Position, tenant: TenantId | None
    ) -> list[Part]:
        if tenant is not None and projection in PLATFORM_VIEWS:
            return []
        async with self._reading(tenant) as connection:
            rows = await connection.fetch(_PARTS, projection, position)
            if tenant is None:
                counted = await connection.fetchval(_COUNT, projection, position)
                if counted != len(rows):
                    raise ImageFailed(f"it has {len(rows)} parts of {counted}")
        return [Part(row["tenant"], row["body"]) for row in rows]

    async def forget(self) -> None:
        async with self._writing() as connection:
            await self._lead(connection)
            for statement in _FORGET_ALL:
                await connection.execute(statement)

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[Borrowed]:
        with _failing():
            async with self._engine.borrow() as connection, connection.transaction():
                yield connection

    @asynccontextmanager
    async def _reading(self, tenant: TenantId | None) -> AsyncIterator[Borrowed]:
        with _failing():
            async with self._readers.reading(tenant) as connection:
                yield connection

    async def _lead(self, connection: Borrowed) -> None:
        """From here to the commit nobody else can begin to lead."""
        row = await connection.fetchrow(_LEADS)
        mine = self._fence()
        if row is None or row["holder"] != mine.holder or row["epoch"] < mine.epoch:
            raise Deposed(f"the images belong to {row and row['holder']!r} now")


@contextmanager
def _failing() -> Iterator[None]:
    """A table that was dropped by hand, a right that was taken away: no reason to stop."""
    try:
        yield
    except asyncpg.PostgresError as error:
        raise ImageFailed(explain(error)) from error


Row = tuple[str, Position, TenantId | None, bytes]


def _batches(position: Position, parts: Mapping[str, Sequence[Part]]) -> Iterator[list[Row]]:
    some, size = list[Row](), 0
    for name, part in chain.from_iterable(
        ((name, one) for one in of) for name, of in parts.items()
    ):
        some.append((name, position, part.tenant, part.body))
        size += len(part.body)
        if size >= AT_ONCE:
            yield some
            some, size = [], 0
    if some:
        yield some
