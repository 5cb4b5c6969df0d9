"""Reading the log in pages, the next one under way while this one is decoded."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager

import asyncpg

from engine.ids import Position, TenantId
from engine.ports import ALL, Page, Wanted
from engine.store import paged
from engine.store.pool import Borrowed

PAGE = 1_000  # events
WINDOW = 500_000  # positions that one statement looks through for what may not be there

_SOME = f"SELECT {paged.SOURCE} FROM engine.event WHERE position > $1 AND position <= $2"
_IN_ORDER = " ORDER BY position LIMIT $3"
# Materialized: the planner would rather walk the whole log in order than sort a few streams.
_OF_STREAMS = (
    f"WITH own AS MATERIALIZED (SELECT {paged.SOURCE} FROM engine.event"
    " WHERE stream = ANY ($4::text[]) AND position > $1 AND position <= $2"
)

Reading = Callable[[TenantId | None], AbstractAsyncContextManager[Borrowed]]


class Reads:
    """``reading`` gives a connection that reads as this tenant, or as one who sees all."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    async def pages(
        self,
        after: Position,
        until: Position,
        wanted: Wanted = ALL,
        size: int = PAGE,
        *,
        ahead: bool = True,
    ) -> AsyncGenerator[Page, None]:
        """To be closed by whoever does not read to the end: a connection is lent meanwhile.
        Without ``ahead`` a page is fetched when it is wanted.
        """
        if after >= until:
            return
        async with self._reading(wanted.tenant) as connection:
            fetch = _Fetch(connection, until, wanted, size)
            fetching = fetch.begin(after)
            try:
                while True:
                    found = await fetching
                    after = fetch.end(after, found)
                    if ahead and after < until:
                        fetching = fetch.begin(after)
                        await asyncio.sleep(0)  # noqa: TID251 - a turn of the loop: it is sent
                    yield Page(paged.recorded(found), after)
                    if after >= until:
                        return
                    if not ahead:
                        fetching = fetch.begin(after)
            finally:
                fetching.cancel()
                await asyncio.gather(fetching, return_exceptions=True)


class _Fetch:
    """The statements of one reading."""

    def __init__(self, connection: Borrowed, until: Position, wanted: Wanted, size: int) -> None:
        self._connection = connection
        self._until = until
        self._size = size
        self._window = WINDOW if wanted.tags and not wanted.streams else until
        self._statement, self._args = _statement(wanted)

    def begin(self, after: Position) -> "asyncio.Task[asyncpg.Record]":
        # Awaited or cancelled by `pages`.
        return asyncio.ensure_future(self._page(after))  # noqa: TID251

    async def _page(self, after: Position) -> asyncpg.Record:
        upper = min(after + self._window, self._until)
        (page,) = await self._connection.fetch(
            self._statement, after, upper, self._size, *self._args
        )
        return page

    def end(self, after: Position, found: asyncpg.Record) -> Position:
        """How far the statement that began ``after`` has looked."""
        if paged.length(found) == self._size:
            return paged.last(found)
        return Position(min(after + self._window, self._until))


def _statement(wanted: Wanted) -> tuple[str, list[object]]:
    """The number of the first argument that is not a place or a limit is 4."""
    text, args = _SOME, list[object]()
    if wanted.streams:
        text, args = _OF_STREAMS, [list(wanted.streams)]
    if wanted.tenant is not None:
        args.append(wanted.tenant)
        text += f" AND tenant = ${len(args) + 3}"
    if wanted.tags:
        args.append(list(wanted.tags))
        text += f" AND tag = ANY (${len(args) + 3}::text[])"
    if wanted.streams:
        text += ") SELECT * FROM own"
    return f"SELECT {paged.COLUMNS} FROM ({text}{_IN_ORDER}) AS page", args
