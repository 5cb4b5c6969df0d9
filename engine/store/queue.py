"""Appends that wait for the writer: stops first, the others in the order in which they came."""

import asyncio
from collections import deque

from engine.errors import LogUnavailable
from engine.ids import Position
from engine.store.admission import Append

BATCH_EVENTS = 1_000  # of one commit; a single append may be larger
BATCH_BYTES = 4_000_000
MANY = 16  # appends that wait


class Asked:
    """An append and the answer that somebody waits for."""

    __slots__ = ("answer", "append", "sent", "since", "tries")

    def __init__(self, append: Append) -> None:
        loop = asyncio.get_running_loop()
        self.append = append
        self.since = loop.time()
        self.answer: asyncio.Future[Position] = loop.create_future()
        self.sent = False  # it may be in the log, or get there yet
        self.tries = 0  # how often it was sent

    @property
    def wanted(self) -> bool:
        """Somebody still waits, or must be told by nobody but Postgres."""
        return self.sent or not self.answer.done()

    def succeed(self, position: Position) -> None:
        if not self.answer.done():
            self.answer.set_result(position)

    def fail(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


class Queue:
    """``room``: events that may wait.  Whoever brings more waits for his place, within
    ``patience`` seconds of real time; nor does anybody wait longer to be begun.
    """

    def __init__(self, room: int, patience: float) -> None:
        self._room = room
        self._patience = patience
        self._stops: deque[Asked] = deque()
        self._others: deque[Asked] = deque()
        self._taken: list[Asked] = []
        self._events = 0
        self._came: asyncio.Future[None] | None = None  # not a wait_for: that makes a task
        self._left = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self.why = "no answer"  # why nothing is begun, for those who wait in vain
        self._first = ""
        self._over: Exception | None = None

    def __len__(self) -> int:
        return len(self._stops) + len(self._others)

    async def put(self, append: Append) -> Asked:
        """Raises LogUnavailable where there is no room; a stop needs none."""
        if self._events >= self._room and not append.stop:
            await self._until_room()
        if self._over is not None:
            raise self._over
        asked = Asked(append)
        (self._stops if append.stop else self._others).append(asked)
        self._events += append.events
        _settle(self._came)
        if self._timer is None:
            self._arm(asked.since + self._patience)
        return asked

    def take(self) -> list[Asked]:
        """What goes into one commit; at least one if there is any.

        Of many an eighth is left.  While a group is committed, those who were answered before it
        prepare what comes next, so callers who come again are two groups that take turns; without
        anything left a small group and a large one would take turns for ever.
        """
        taken: list[Asked] = []
        events = size = 0
        most = len(self) if len(self) < MANY else len(self) * 7 // 8
        while len(taken) < most and (waiting := self._stops or self._others):
            asked, more = waiting[0], waiting[0].append
            if taken and (events + more.events > BATCH_EVENTS or size + more.size > BATCH_BYTES):
                break
            waiting.popleft()
            self._events -= more.events
            if asked.wanted:
                taken.append(asked)
                events, size = events + more.events, size + more.size
        self._left.set()
        self._left = asyncio.Event()
        self._taken = taken
        return list(taken)

    async def filled(self, within: float) -> bool:
        """False when nothing came within so many seconds."""
        if self:
            return True
        loop = asyncio.get_running_loop()
        self._came = loop.create_future()
        timer = loop.call_later(within, _settle, self._came)
        try:
            await self._came
        finally:
            timer.cancel()
        return bool(self)

    def trouble(self, where: str, why: str) -> None:
        """Why nothing is begun.  What came first often says more: first a full disk, then nobody
        there.
        """
        self._first = self._first or why
        began = "" if why == self._first else f"; it began with {self._first}"
        self.why = f"{where}: {why}{began}"

    def well(self) -> None:
        self._first = ""

    def wake(self) -> None:
        _settle(self._came)

    def fail(self, error: Exception) -> None:
        """Nobody will be served any more, nor those who still wait for room."""
        self._over = error
        self._left.set()
        for asked in (*self._stops, *self._others):
            asked.fail(error)
        if self._timer is not None:
            self._timer.cancel()

    async def _until_room(self) -> None:
        try:
            async with asyncio.timeout(self._patience):
                while self._events >= self._room and self._over is None:
                    await self._left.wait()
        except TimeoutError:
            full = f"as many events as may wait for their commit do ({self._room:,})"
            raise LogUnavailable(f"{full}: {self.why}") from None

    def _arm(self, when: float) -> None:
        self._timer = asyncio.get_running_loop().call_at(when, self.expire)

    def expire(self) -> None:
        """Tell those whose append was not begun in time; what is sent only Postgres can answer."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        now = asyncio.get_running_loop().time()
        waiting = [one for one in (*self._taken, *self._stops, *self._others) if one.wanted]
        for asked in waiting:
            if not asked.sent and asked.since + self._patience <= now:
                asked.fail(LogUnavailable(self.why))
        left = [asked.since for asked in waiting if asked.wanted]
        if left:
            self._arm(max(min(left) + self._patience, now + self._patience / 4))


def _settle(waiting: "asyncio.Future[None] | None") -> None:
    if waiting is not None and not waiting.done():
        waiting.set_result(None)
