"""The log in Postgres."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from datetime import datetime
from typing import TypeVar

from engine.errors import LogUnavailable, StartRefused
from engine.events import Category, Event, Recorded
from engine.ids import Actor, EventId, Position, TenantId
from engine.ports import ALL, Clock, Fence, Page, Slice, Tip, Wanted
from engine.store import codec, rows
from engine.store.admission import drafted
from engine.store.connect import AWAY, Role, explain
from engine.store.fence import DEFAULT, Lead, Limits
from engine.store.head import Head
from engine.store.pool import Borrowed, Pool
from engine.store.readers import Readers
from engine.store.reads import PAGE, Reads
from engine.store.server_checks import Durability
from engine.store.stream_reads import StreamReads
from engine.store.writer import Writer

E = TypeVar("E", bound=Event)

_PLACE = "SELECT position FROM engine.event WHERE id = $1::uuid"
_TIME = "SELECT at FROM engine.event WHERE position = $1"
_TIP = (
    "SELECT position, digest, (SELECT at FROM engine.event e WHERE e.position = fence.position)"
    " FROM engine.fence"
)
_NO_END = Position(2**63 - 1)
_CLOSE_S = 3.0


class PostgresLog:
    """``lead`` before ``append``; reading needs no lead.

    A leader reads only what is acknowledged: a row whose commit is in doubt may be on this server
    alone.  Who does not lead sees all rows there are, and is woken by nobody.
    """

    def __init__(
        self,
        dsn: str,
        clock: Clock,
        *,
        name: str = "email-engine",
        durability: Durability = "local",
        limits: Limits = DEFAULT,
        reads_as: Role = "ee_engine",
    ) -> None:
        self._lead = Lead(dsn, name=f"{name} writer", durability=durability, limits=limits)
        self._head = Head()
        self._writer = Writer(self._lead, clock, self._head, limits)
        epoch, within = lambda: self._lead.fence.epoch, limits.statement
        self._pool = Pool(dsn, reads_as, name=f"{name} log", epoch=epoch, statement_s=within)
        self._readers = Readers(dsn, name=f"{name} log", epoch=epoch, statement_s=within)
        self._reads = Reads(self._reading)
        self._streams = StreamReads(self._pool.borrow, self._end)
        self._task: asyncio.Task[None] | None = None
        self._unreadable = (Position(0), Position(0))

    async def lead(self, holder: str) -> Fence:
        """Become the one that writes.  ``holder``: engine id, a random id of this process start,
        API address.  Raises StartRefused.
        """
        try:
            await self._lead.take(holder)
        except AWAY as error:
            raise StartRefused(
                f"Postgres at {self._lead.where} does not answer: {explain(error)}."
                " Is it running, and is the DSN right?"
            ) from error
        self._head.move(self._lead.position, self._lead.digest, self._lead.at)
        # Not in a group of its callers': it must not be cancelled between a COMMIT and its answer.
        self._task = asyncio.create_task(self._writer.run())  # noqa: TID251
        return self._lead.fence

    async def keep(self) -> None:
        """Until this process stops leading; then it raises why.  The app runs it beside its own
        tasks, so that a deposed engine ends.  Cancelling it leaves the writer alone.
        """
        await asyncio.shield(self._led())

    async def close(self) -> None:
        """What was begun is answered first, as far as Postgres answers."""
        if self._task is not None:
            self._writer.close()
            await asyncio.wait({self._task}, timeout=_CLOSE_S)
            self._lead.drop()
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)  # `keep` has said why
        await self._pool.close()
        await self._readers.close()

    def fence(self) -> Fence:
        """What this process leads with; the epoch rises when the lead was taken again."""
        return self._lead.fence

    def connections(self) -> dict[str, int]:
        """How many are open, by what they are for."""
        return {"writer": int(self._lead.held), "log": self._pool.size + self._readers.size}

    async def append(self, slices: Sequence[Slice], *, actor: Actor, cause: str) -> Position:
        self._led()
        return await self._writer.append(drafted(slices, actor, cause))

    async def read(
        self, category: Category[E], key: str, *, known_only: bool = False
    ) -> list[Recorded[E]]:
        stream = category.stream(key)
        found = await self._streams.read(stream)
        return [
            rows.recorded(row, codec.decode_of(category, stream, row["body"]))
            for row in found
            if not known_only or codec.is_known(row["body"])
        ]

    async def read_from(
        self, after: Position, limit: int, wanted: Wanted = ALL
    ) -> list[Recorded[Event]]:
        """An empty list means: nothing more that this version knows; ``wait_beyond`` then waits
        beyond what was passed over as well.
        """
        end = after
        until = min(await self.head(), self._end())
        some = self._reads.pages(after, until, wanted, limit, ahead=False)
        async with aclosing(some) as pages:
            async for page in pages:
                if page.events:
                    return page.events
                end = page.end
        if wanted == ALL:
            self._unreadable = (after, end)
        return []

    def pages(
        self, after: Position, until: Position, wanted: Wanted = ALL, size: int = PAGE
    ) -> AsyncGenerator[Page, None]:
        """A leader gives what is acknowledged, whatever ``until`` says."""
        return self._reads.pages(after, min(until, self._end()), wanted, size)

    async def position_of(self, event: EventId, tenant: TenantId | None = None) -> Position | None:
        async with self._readers.reading(tenant) as connection:
            found = await connection.fetchval(_PLACE, event)
        return None if found is None or found > self._end() else Position(found)

    async def position_at(self, moment: datetime) -> Position:
        """Time does not decrease along the log, so this halves what is left at each look."""
        low, high = Position(0), await self.head()
        async with self._readers.reading(None) as connection:
            while low < high:
                middle = Position((low + high + 1) // 2)
                if await connection.fetchval(_TIME, middle) <= moment:
                    low = middle
                else:
                    high = Position(middle - 1)
        return low

    async def head(self) -> Position:
        if self._task is not None:
            return self._head.position
        async with self._pool.borrow() as connection:
            return Position(await connection.fetchval("SELECT position FROM engine.fence"))

    async def tip(self) -> Tip:
        if self._task is not None:
            return self._head.tip
        async with self._pool.borrow() as connection:
            (row,) = await connection.fetch(_TIP)
        return Tip(Position(row["position"]), row["digest"], row["at"])

    async def wait_beyond(self, position: Position) -> None:
        first, last = self._unreadable
        await self._head.beyond(last if first <= position <= last else position)

    def _reading(self, tenant: TenantId | None) -> AbstractAsyncContextManager[Borrowed]:
        return self._pool.borrow() if tenant is None else self._readers.reading(tenant)

    def _end(self) -> Position:
        return _NO_END if self._task is None else self._head.position

    def _led(self) -> "asyncio.Task[None]":
        if self._task is None:
            raise LogUnavailable("this process does not lead the log")
        return self._task
