"""The log in Postgres."""

import asyncio
from collections.abc import Sequence
from typing import TypeVar

import structlog

from engine.errors import LogUnavailable, StartRefused
from engine.events import Category, Event, Recorded
from engine.ids import Actor, Position
from engine.ports import Clock, Fence, Slice
from engine.store import codec, rows
from engine.store.admission import drafted
from engine.store.connect import AWAY, explain
from engine.store.fence import DEFAULT, Lead, Limits
from engine.store.head import Head
from engine.store.pool import Pool
from engine.store.server_checks import Durability
from engine.store.writer import Writer

E = TypeVar("E", bound=Event)

_STREAM = f"SELECT {rows.COLUMNS} FROM engine.event WHERE stream = $1 AND position <= $2"
_PAGE = f"SELECT {rows.COLUMNS} FROM engine.event WHERE position > $1 AND position <= $2"
_NO_END = Position(2**63 - 1)
_CLOSE_S = 3.0

_say = structlog.get_logger(__name__)


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
    ) -> None:
        self._lead = Lead(dsn, name=f"{name} writer", durability=durability, limits=limits)
        self._head = Head()
        self._writer = Writer(self._lead, clock, self._head, limits)
        self._pool = Pool(
            dsn, "ee_engine", name=f"{name} log", epoch=lambda: self._lead.fence.epoch
        )
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
        self._head.move(self._lead.position)
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

    def fence(self) -> Fence:
        """What this process leads with; the epoch rises when the lead was taken again."""
        return self._lead.fence

    async def append(self, slices: Sequence[Slice], *, actor: Actor, cause: str) -> Position:
        self._led()
        return await self._writer.append(drafted(slices, actor, cause))

    async def read(
        self, category: Category[E], key: str, *, known_only: bool = False
    ) -> list[Recorded[E]]:
        stream = category.stream(key)
        async with self._pool.borrow() as connection:
            found = await connection.fetch(_STREAM + " ORDER BY version", stream, self._end())
        return [
            rows.recorded(row, codec.decode_of(category, stream, row["body"]))
            for row in found
            if not known_only or codec.is_known(row["body"])
        ]

    async def read_from(self, after: Position, limit: int) -> list[Recorded[Event]]:
        """Events of unknown tags are passed over.  An empty list means: nothing more that this
        version knows; ``wait_beyond`` then waits beyond what was passed over as well.
        """
        at = after
        while True:
            async with self._pool.borrow() as connection:
                page = await connection.fetch(
                    _PAGE + " ORDER BY position LIMIT $3", at, self._end(), limit
                )
            known: list[Recorded[Event]] = []
            for row in page:
                event = codec.decode(row["body"])
                if event is None:
                    _say.warning("log.unknown_tag", position=row["position"], stream=row["stream"])
                else:
                    known.append(rows.recorded(row, event))
            if known or not page:
                self._unreadable = (after, at) if not known else self._unreadable
                return known
            at = Position(page[-1]["position"])

    async def head(self) -> Position:
        if self._task is not None:
            return self._head.position
        async with self._pool.borrow() as connection:
            return Position(await connection.fetchval("SELECT position FROM engine.fence"))

    async def wait_beyond(self, position: Position) -> None:
        first, last = self._unreadable
        await self._head.beyond(last if first <= position <= last else position)

    def _end(self) -> Position:
        return _NO_END if self._task is None else self._head.position

    def _led(self) -> "asyncio.Task[None]":
        if self._task is None:
            raise LogUnavailable("this process does not lead the log")
        return self._task
