"""The one hand that writes.  Callers queue; one task commits what waits, many appends at a time,
and outlives each of its callers.

A commit whose outcome is unknown is never given up: the connection is ended, the lead taken again
(which waits for an acknowledged commit), and only then are its ids looked for.  What is missing is
written again under the same ids.
"""

from collections.abc import Sequence

import asyncpg
import structlog

from engine.errors import Deposed, LogUnavailable, RepeatedId, VersionConflict
from engine.ids import Position
from engine.ports import Clock
from engine.store import statements
from engine.store.admission import Append, Tail
from engine.store.connect import explain, rest
from engine.store.entry import Entry
from engine.store.fence import Lead, Limits, Unacknowledged
from engine.store.head import Head
from engine.store.queue import Asked, Queue
from engine.store.streams import Streams

# Postgres answered to the statement itself and undid it.
UNDONE = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.ProgramLimitExceededError,
    asyncpg.SyntaxOrAccessError,
)
# asyncpg's own errors are of several families, and after any of them nobody knows.
_UNKNOWN = (
    OSError,
    TimeoutError,
    Unacknowledged,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
_REST_MIN, _REST_MAX = 0.05, 1.0

_say = structlog.get_logger(__name__)


class Writer:
    def __init__(self, lead: Lead, clock: Clock, head: Head, limits: Limits) -> None:
        self._lead = lead
        self._clock = clock
        self._head = head
        self._limits = limits
        self._queue = Queue(limits.waiting, limits.patience)
        self._streams = Streams()
        self._before = Position(0)  # where the log ended when something was sent
        self._closing = False
        self._ended: Exception | None = None

    async def append(self, append: Append) -> Position:
        """Raises VersionConflict, RepeatedId, LogUnavailable or Deposed."""
        if self._ended is not None:
            raise self._ended
        if self._closing:
            raise LogUnavailable("the log is being closed")
        asked = await self._queue.put(append)
        return await asked.answer  # cancelled: nobody waits any more, and the writer passes over it

    async def run(self) -> None:
        """Serve until closed.  Raises Deposed; anything else it raises is a bug."""
        try:
            while self._queue or not self._closing:
                if await self._queue.filled(self._limits.idle / 4):
                    await self._serve(self._queue.take())
                elif not self._closing:
                    await self._beat()
        except Exception as error:
            self._ended = error
            raise
        finally:
            self._lead.drop()
            self._queue.fail(self._ended or LogUnavailable("the log was closed"))

    def close(self) -> None:
        """Take nothing more; ``run`` ends when what was taken is answered."""
        self._closing = True
        self._queue.wake()

    async def _serve(self, batch: list[Asked]) -> None:
        pause = _REST_MIN
        try:
            while batch := [asked for asked in batch if asked.wanted]:
                try:
                    await self._commit(batch)
                except _UNKNOWN as error:
                    self._lost(error)
                    await rest(pause)
                    pause = min(2 * pause, _REST_MAX)
        except Exception as error:
            for asked in batch:
                asked.fail(error)
            raise
        finally:
            ending = "the log was closed before Postgres had answered"
            for asked in batch:
                if not asked.answer.done():
                    asked.fail(Deposed(ending) if asked.sent else LogUnavailable(ending))

    async def _commit(self, batch: list[Asked]) -> None:
        """All of the batch are answered when this returns."""
        if not self._lead.held:
            await self._retake(batch)
            batch = [asked for asked in batch if not asked.answer.done()]
        try:
            await self._once(batch, self._streams)
        except UNDONE:
            # Somebody's id or stream is there already, or is nothing that Postgres can store.
            await self._apart(batch)

    async def _apart(self, batch: list[Asked]) -> None:
        """All of it was undone; find out whose fault it was, and write the others."""
        try:
            await self._once(batch, None)
        except UNDONE as error:
            left = [asked for asked in batch if not asked.answer.done()]
            if len(left) == 1:
                left[0].fail(error)
                return
            for asked in left:
                await self._apart([asked])

    async def _once(self, batch: Sequence[Asked], known: Streams | None) -> None:
        """One transaction.  Without ``known`` everything is asked of Postgres."""
        tail = await statements.tail(self._lead, [asked.append for asked in batch], known)
        entries: list[Entry] = []
        answers: list[tuple[Asked, Position]] = []
        now = self._clock.now()
        for asked in batch:
            if not asked.wanted:  # he was told meanwhile that nothing is written
                continue
            try:
                entries += tail.admit(asked.append, now)
            except (VersionConflict, RepeatedId) as refused:
                asked.fail(refused)
            else:
                answers.append((asked, tail.position))
        if not answers:
            return
        await self._send([asked for asked, _ in answers], entries)
        self._acknowledge(tail, answers)

    async def _send(self, batch: Sequence[Asked], entries: Sequence[Entry]) -> None:
        self._before = self._lead.position
        for asked in batch:
            asked.sent, asked.tries = True, asked.tries + 1
        try:
            await statements.write(self._lead, entries)
        except UNDONE:
            for asked in batch:
                asked.sent = False
            raise

    def _acknowledge(self, tail: Tail, answers: Sequence[tuple[Asked, Position]]) -> None:
        self._streams.learn(tail.versions)
        self._head.move(self._lead.position, self._lead.digest, self._lead.at)
        for asked, position in answers:
            asked.sent = False
            asked.succeed(position)

    async def _retake(self, batch: Sequence[Asked]) -> None:
        """Lead again, and find out what became of what was sent: one commit, so all or nothing."""
        self._streams.forget()
        await self._lead.retake()
        sent = [asked for asked in batch if asked.sent]
        ids = [id for asked in sent for id in asked.append.ids()]
        there = await statements.found(self._lead, ids, self._before)
        self._queue.well()
        if there:
            self._head.move(self._lead.position, self._lead.digest, self._lead.at)
        for asked in sent:
            asked.sent = False  # nor will it be: what was under way before the bump is gone
            if there:
                own = asked.append.ids()
                asked.succeed(there[own[-1]] if own else self._lead.position)
        if any(asked.tries > 1 for asked in sent):
            self._queue.expire()  # what fails again and again is seldom met when it is not sent

    async def _beat(self) -> None:
        """Show Postgres that this process is alive, and find out whether it still leads."""
        try:
            if self._lead.held:
                await statements.write(self._lead, [])
            else:
                await self._retake(())
        except _UNKNOWN as error:
            self._lost(error)

    def _lost(self, error: BaseException) -> None:
        why = explain(error)
        self._queue.trouble(self._lead.where, why)
        _say.warning("log.connection_lost", where=self._lead.where, why=why)
        self._lead.drop()
