"""The one hand that writes.  Callers queue; one task serves them, and outlives each of them.

An append whose outcome is unknown is never given up: the connection is ended, the lead taken again
(which waits for an acknowledged commit), and only then are its ids looked for.  What is missing is
written again under the same ids.
"""

import asyncio
from collections import deque

import asyncpg
import structlog

from engine.errors import Deposed, LogUnavailable, RepeatedId, VersionConflict
from engine.ids import Position
from engine.ports import Clock
from engine.store import statements
from engine.store.admission import Append
from engine.store.connect import explain, rest
from engine.store.fence import Lead, Limits, Unacknowledged
from engine.store.head import Head

# Postgres answered to the statement itself and undid it: a bug of whoever asked, and no riddle.
_UNDONE = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
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


class _Asked:
    """An append and the answer that somebody waits for."""

    def __init__(self, append: Append) -> None:
        self.append = append
        self.answer: asyncio.Future[Position] = asyncio.get_running_loop().create_future()
        self.sent = False  # it may be in the log, or get there yet

    def succeed(self, position: Position) -> None:
        if not self.answer.done():
            self.answer.set_result(position)

    def fail(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


class Writer:
    def __init__(self, lead: Lead, clock: Clock, head: Head, limits: Limits) -> None:
        self._lead = lead
        self._clock = clock
        self._head = head
        self._limits = limits
        self._queue: deque[_Asked] = deque()
        self._called = asyncio.Event()
        self._closing = False
        self._ended: Exception | None = None
        self._why_away = ""

    async def append(self, append: Append) -> Position:
        """Raises VersionConflict, RepeatedId, LogUnavailable or Deposed."""
        if self._ended is not None:
            raise self._ended
        if self._closing:
            raise LogUnavailable("the log is being closed")
        asked = _Asked(append)
        self._queue.append(asked)
        self._called.set()
        try:
            await asyncio.wait({asked.answer}, timeout=self._limits.patience)
            if not asked.answer.done() and not asked.sent:
                raise LogUnavailable(f"{self._lead.where}: {self._why_away or 'no answer'}")
            return await asked.answer
        finally:
            asked.answer.cancel()  # nobody waits any more; the writer passes over it

    async def run(self) -> None:
        """Serve until closed.  Raises Deposed; anything else it raises is a bug."""
        try:
            while self._queue or not self._closing:
                if self._queue:
                    await self._serve(self._queue.popleft())
                elif not await self._called_in_time():
                    await self._beat()
        except Exception as error:
            self._ended = error
            raise
        finally:
            self._lead.drop()
            for asked in self._queue:
                asked.fail(self._ended or LogUnavailable("the log was closed"))

    def close(self) -> None:
        """Take nothing more; ``run`` ends when what was taken is answered."""
        self._closing = True
        self._called.set()

    async def _serve(self, asked: _Asked) -> None:
        pause = _REST_MIN
        try:
            while asked.sent or not asked.answer.done():
                try:
                    asked.succeed(await self._once(asked))
                except (VersionConflict, RepeatedId) as refused:
                    asked.fail(refused)
                except _UNKNOWN as error:
                    if isinstance(error, _UNDONE) and not asked.sent:
                        asked.fail(error)
                    else:
                        self._lost(error)
                        await rest(pause)
                        pause = min(2 * pause, _REST_MAX)
        except Exception as error:
            asked.fail(error)
            raise
        finally:
            ending = "the log was closed before Postgres had answered"
            asked.fail(Deposed(ending) if asked.sent else LogUnavailable(ending))

    async def _once(self, asked: _Asked) -> Position:
        if not self._lead.held:
            await self._lead.retake()
        ids = asked.append.ids()
        if asked.sent and ids:
            position = await statements.found(self._lead, ids)
            if position is not None:
                return self._acknowledged(asked, position)
        asked.sent = False  # and never will be: what was under way before the fence moved is gone
        tail = await statements.tail(self._lead, asked.append)
        entries = tail.admit(asked.append, self._clock.now())
        asked.sent = True
        try:
            await statements.write(self._lead, entries)
        except _UNDONE:
            asked.sent = False
            raise
        return self._acknowledged(asked, self._lead.position)

    def _acknowledged(self, asked: _Asked, position: Position) -> Position:
        asked.sent = False
        self._head.move(position)
        return position

    async def _called_in_time(self) -> bool:
        """False after a quarter of the time in which Postgres would end a silent connection."""
        self._called.clear()
        try:
            await asyncio.wait_for(self._called.wait(), self._limits.idle / 4)
        except TimeoutError:
            return False
        return True

    async def _beat(self) -> None:
        """Show Postgres that this process is alive, and find out whether it still leads."""
        try:
            if self._lead.held:
                await statements.write(self._lead, [])
            else:
                await self._lead.retake()
        except _UNKNOWN as error:
            self._lost(error)

    def _lost(self, error: BaseException) -> None:
        self._why_away = explain(error)
        _say.warning("log.connection_lost", where=self._lead.where, why=self._why_away)
        self._lead.drop()
