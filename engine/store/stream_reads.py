"""Reads of whole streams: those that are asked for at the same time are one question.

At a change of day ten thousand commands each want the past of their own address.  One question for
each would keep Postgres and the driver busy for longer than all that is decided and written.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager

import asyncpg

from engine.ids import Position
from engine.store import rows
from engine.store.pool import Borrowed

LANES = 2  # questions under way; what is asked for meanwhile waits for the next one
MOST = 256  # streams in one question

_STREAMS = (
    f"SELECT {rows.COLUMNS} FROM engine.event"
    " WHERE stream = ANY ($1::text[]) AND position <= $2 ORDER BY stream, version"
)

Found = dict[str, list[asyncpg.Record]]


class StreamReads:
    """``borrow`` lends a connection; ``end`` says how far what may be read reaches."""

    def __init__(
        self,
        borrow: Callable[[], AbstractAsyncContextManager[Borrowed]],
        end: Callable[[], Position],
    ) -> None:
        self._borrow = borrow
        self._end = end
        self._lanes = asyncio.Semaphore(LANES)
        self._open: set[str] = set()  # of the question that is asked next
        self._asked: asyncio.Task[Found] | None = None

    async def read(self, stream: str) -> Sequence[asyncpg.Record]:
        """In order, all that may be read when the question is sent, which is after this call.
        Raises LogUnavailable.  Who is cancelled takes nothing from those who share the question.
        """
        if self._asked is None or len(self._open) == MOST:
            self._open = set()
            # It ends by itself, for each statement has its time, whoever waits for it.
            self._asked = asyncio.ensure_future(self._ask(self._open))  # noqa: TID251
            self._asked.add_done_callback(_heard)
        self._open.add(stream)
        found = await asyncio.shield(self._asked)
        return found.get(stream, ())

    async def _ask(self, wanted: set[str]) -> Found:
        async with self._lanes:
            if self._open is wanted:
                self._asked = None
            async with self._borrow() as connection:
                lines = await connection.fetch(_STREAMS, list(wanted), self._end())
        found: Found = {}
        for line in lines:
            found.setdefault(line["stream"], []).append(line)
        return found


def _heard(task: "asyncio.Task[Found]") -> None:
    """That nobody waits any more is no reason for asyncio to complain."""
    if not task.cancelled():
        task.exception()
