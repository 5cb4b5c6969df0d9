"""What the database keeps beside the log, for whoever proves it: rows of views, and images."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import asyncpg

from engine.errors import EngineError
from engine.ids import Position
from engine.ports import Row
from engine.store.connect import explain
from engine.store.pool import Borrowed
from engine.store.views import VIEWS, check_names

PREFETCH = 1_000  # rows

_IMAGES = """
    SELECT s.position, s.projection, s.codec, e.digest IS NOT DISTINCT FROM s.digest AS ours
      FROM engine.image_set s LEFT JOIN engine.event e ON e.position = s.position
     WHERE s.position <= $1
     ORDER BY s.position, s.projection"""


class NotThere(EngineError):
    """A table or a column is not there, or not for the auditor to read."""


@contextmanager
def there() -> Iterator[None]:
    """Raises NotThere for what Postgres does not find."""
    try:
        yield
    except (
        asyncpg.UndefinedTableError,
        asyncpg.UndefinedColumnError,
        asyncpg.InvalidSchemaNameError,
        asyncpg.InsufficientPrivilegeError,
    ) as error:
        raise NotThere(explain(error)) from error


class KeptImage(NamedTuple):
    position: Position
    projection: str
    codec: str
    ours: bool  # made from this very log; the engine passes over the others


async def rows(connection: Borrowed, projection: str, generation: int) -> AsyncIterator[Row]:
    """In the order of keys; wants a transaction."""
    check_names(projection, ())
    columns = VIEWS[projection]
    names = ", ".join(("key", "tenant", *columns, "body"))
    statement = f"SELECT {names} FROM engine.view_{projection} WHERE generation = $1 ORDER BY key"
    async for row in connection.cursor(statement, generation, prefetch=PREFETCH):
        yield Row(
            projection=projection,
            key=row["key"],
            tenant=row["tenant"],
            columns={name: row[name] for name in columns},
            body=row["body"],
        )


async def images(connection: Borrowed, upto: Position) -> list[KeptImage]:
    """Those at ``upto`` or before, in the order of positions."""
    found = await connection.fetch(_IMAGES, upto)
    return [KeptImage(*row) for row in found]
