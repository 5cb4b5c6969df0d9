"""Accounting that comes in batches over HTTP, each counted once.

A batch is a file that is whole from the start: its append names it, so one that comes again, for
its answer was lost, is known.  Where the engine dies it was counted, or it comes again.
"""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from engine.errors import Rejected, VersionConflict
from engine.events import Event
from engine.events.traffic import TRAFFIC, FileRead, FilesLooked
from engine.ids import Actor, NodeId, Position, TenantId, Version
from engine.ports import Clock, Ids, Log, New, Slice
from engine.projections.accounting import ACCOUNTING, Accounting
from engine.rules.accounting import Records
from engine.runtime.counting import Counting, counted
from engine.runtime.perform.accounting import CHUNK, REMEMBER
from engine.runtime.real import turn
from engine.runtime.views import Views

ATTEMPTS_MAX = 5
PREFIX = "http:"  # no file's name holds a colon first


class Batch(NamedTuple):
    node: NodeId
    name: str  # as its sender calls it; "" = by what it holds
    lines: bytes  # CSV, whole

    @property
    def head(self) -> str:
        return f"{len(self.lines)}:{hashlib.sha256(self.lines).hexdigest()[:16]}"

    @property
    def file(self) -> str:
        return f"{PREFIX}{self.name or hashlib.sha256(self.lines).hexdigest()[:32]}"


class Counted(NamedTuple):
    position: Position | None  # None: it was counted before
    rows: int
    unreadable: int


class Batches:
    """``reached`` returns when the views show a position."""

    def __init__(
        self,
        *,
        log: Log,
        views: Views,
        clock: Clock,
        ids: Ids,
        reached: Callable[[Position], Awaitable[None]],
    ) -> None:
        self._log, self._views, self._clock, self._ids = log, views, clock, ids
        self._reached = reached
        self._counting = Counting(views)

    async def count(self, batch: Batch, actor: Actor) -> Counted:
        """Raises Rejected where another batch had this name, and VersionConflict after
        ATTEMPTS_MAX lost races.
        """
        for _ in range(ATTEMPTS_MAX):
            view = self._views.get(ACCOUNTING, batch.node)
            if known := view.files.get(batch.file):
                if known.head != batch.head:
                    raise Rejected(f"another batch of {batch.node} was called {batch.name!r}")
                return Counted(None, 0, 0)
            read, events = await self._events(batch, view)
            try:
                position = await self._append(batch, view.version, events, actor)
            except VersionConflict:
                if tip := await self._log.head():
                    await self._reached(tip)
            else:
                return Counted(position, read.rows, read.unreadable)
        raise VersionConflict(TRAFFIC.stream(batch.node), Version(0), Version(0))

    async def _events(
        self, batch: Batch, view: Accounting
    ) -> tuple[FileRead, list[tuple[TenantId | None, Event]]]:
        now = self._clock.now()
        records = Records()
        tally = self._counting.tally(batch.node, int(now.timestamp()))
        for at in range(0, len(batch.lines), CHUNK):
            for block in records.feed(batch.lines[at : at + CHUNK]):
                tally.add(block)
            await turn()
        for block in records.rest():
            tally.add(block)
        size = len(batch.lines)
        read = FileRead(
            node=batch.node,
            file=batch.file,
            start=0,
            end=size,
            size=size,
            head=batch.head,
            rows=tally.rows,
            deleted=tally.deleted,
            unreadable=records.unreadable + tally.strange + tally.misdated,
        )
        before = now - REMEMBER
        gone = tuple(name for name, one in sorted(view.files.items()) if one.at < before)
        looked = FilesLooked(node=batch.node, files=0, gone=gone)
        return read, [*counted(read, tally), (None, looked)]

    async def _append(
        self,
        batch: Batch,
        expected: Version,
        events: Sequence[tuple[TenantId | None, Event]],
        actor: Actor,
    ) -> Position:
        slices = [
            Slice(
                stream=TRAFFIC.stream(batch.node),
                tenant=tenant,
                events=[New(self._ids(), event)],
                expected=None if place else expected,
            )
            for place, (tenant, event) in enumerate(events)
        ]
        return await self._log.append(slices, actor=actor, cause=f"batch/{batch.file}")
