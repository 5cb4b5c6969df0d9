"""Who is compared: each opens an empty database of its own and is driven by so many callers."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import NamedTuple, Protocol

from bench import measure
from bench.measure import Append, Sample
from bench.server import Database


class Drive(Protocol):
    async def __call__(self, callers: int, seconds: float, /) -> Sample:
        """Append for so long, in so many hands."""


class Contender(NamedTuple):
    name: str
    migrated: bool  # it wants the engine's tables
    open: Callable[[Database], AbstractAsyncContextManager[Drive]]


def looped(
    name: str,
    opened: Callable[[Database], AbstractAsyncContextManager[Append]],
    *,
    migrated: bool,
) -> Contender:
    """One whose callers are tasks."""

    @asynccontextmanager
    async def open(database: Database) -> AsyncIterator[Drive]:
        async with opened(database) as append:

            async def drive(callers: int, seconds: float) -> Sample:
                return await measure.closed(append, callers, seconds)

            yield drive

    return Contender(name, migrated, open)
