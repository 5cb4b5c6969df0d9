"""Reads a node's accounting files, piece by piece, and counts what they say.

A piece is one append at the version that was last seen, so a process that dies anywhere has either
counted a piece or not: the next one begins where the log says that the last one ended.
"""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from engine.effects.traffic import ReadAccounting
from engine.events import Event
from engine.events.traffic import TRAFFIC, FileRead, FilesLooked
from engine.ids import NodeId, Position, TenantId, Version
from engine.ports import (
    AccountingFile,
    AccountingFiles,
    Clock,
    Ids,
    Log,
    New,
    NodeRefused,
    NodeSilent,
    Slice,
)
from engine.projections.accounting import ACCOUNTING, Accounting, Known
from engine.rules.accounting import Records, Tally
from engine.rules.redaction import fragment
from engine.runtime.counting import Counting, counted
from engine.runtime.notes import ENGINE
from engine.runtime.views import Views
from engine.values.traffic import Source

CHUNK = 262_144  # bytes; the loop is held for no more than one
PIECE = 32 * CHUNK  # bytes counted by one append
PIECES_MAX = 32  # of one look; what is beyond waits for the next
HEAD = 1_024  # bytes that tell a file from another of its name
CALL_S = 30
KEEP = timedelta(days=3)  # of the engine's own files, after they were counted
REMEMBER = timedelta(days=14)  # of files that are gone: a disk may come back


class World(NamedTuple):
    files: AccountingFiles
    log: Log
    clock: Clock
    ids: Ids
    sources: Mapping[NodeId, Source]


class NoFiles:
    """Where no accounting files are to be read."""

    async def listed(self, node: NodeId) -> tuple[AccountingFile, ...]:
        raise NodeRefused(f"{node}: no accounting files are read here")

    async def read(self, node: NodeId, name: str, start: int, most: int) -> bytes:
        raise NodeRefused(f"{node}: {name} is not read here (bytes {start} to {start + most})")

    async def remove(self, node: NodeId, name: str) -> None:
        raise NodeRefused(f"{node}: {name} is not removed from here")


class Accounts:
    def __init__(self, world: World, views: Views) -> None:
        self._world, self._views = world, views
        self._counting = Counting(views)

    async def read(self, effect: ReadAccounting) -> None:
        view = self._views.get(ACCOUNTING, effect.node)
        look = _Look(self._world, effect, view, self._counting)
        try:
            looked = await look.run()
        except (NodeRefused, NodeSilent, TimeoutError) as failure:
            why = fragment(str(failure)) or "no answer in time"
            looked = FilesLooked(node=effect.node, files=None, why=why)
        await look.append([(None, looked)])


class _Look:
    """One look at one node; it knows the stream's version after its own appends."""

    def __init__(
        self,
        world: World,
        effect: ReadAccounting,
        view: Accounting,
        counting: Counting,
    ) -> None:
        self._world, self._effect, self._view = world, effect, view
        self._counting = counting
        self._leaked: set[Position] = set()  # stops whose leak this look has told
        self._version = view.version
        self._left = PIECES_MAX

    async def run(self) -> FilesLooked:
        node = self._effect.node
        async with asyncio.timeout(CALL_S):
            found = await self._world.files.listed(node)
        ends = {file.name: await self._file(file) for file in found}
        removed = await self._clean(found)
        left = {file.name for file in found}
        long_ago = self._world.clock.now() - REMEMBER
        return FilesLooked(
            node=node,
            files=len(found) - len(removed),
            behind=sum(file.size - ends[file.name] for file in found) if self._left <= 0 else 0,
            removed=removed,
            gone=tuple(
                name
                for name, known in sorted(self._view.files.items())
                if name not in left and known.at < long_ago
            ),
        )

    async def append(self, events: Sequence[tuple[TenantId | None, Event]]) -> None:
        """All or none, and only if nobody appended to the stream since."""
        world, stream = self._world, TRAFFIC.stream(self._effect.node)
        slices = [
            Slice(
                stream=stream,
                tenant=tenant,
                events=[New(world.ids(), event)],
                expected=None if place else self._version,
            )
            for place, (tenant, event) in enumerate(events)
        ]
        await world.log.append(slices, actor=ENGINE, cause=self._effect.key)
        self._version = Version(self._version + len(events))

    async def _file(self, file: AccountingFile) -> int:
        """Reads on where the log says that it was left; returns to where it is read now."""
        known = self._view.files.get(file.name)
        if known and file.size == known.size and known.end == known.size:
            return known.end
        head = await self._head(file, known)
        if known is None or head != known.head:
            known = Known(0, 0, head, self._world.clock.now())
            head = await self._head(file, None)
        start, columns = known.end, known.columns
        while self._left > 0 and start < file.size:
            records = Records(columns)
            end = await self._piece(file, head, start, records)
            if end == start:
                break
            start, columns = end, records.columns
            self._left -= 1
        return start

    async def _piece(self, file: AccountingFile, head: str, start: int, records: Records) -> int:
        now = int(self._world.clock.now().timestamp())
        tally = self._counting.tally(self._effect.node, now, self._leaked)
        at = start
        while at < min(start + PIECE, file.size):
            data = await self._bytes(file.name, at, min(CHUNK, file.size - at))
            if not data:
                break
            at += len(data)
            for block in records.feed(data):
                tally.add(block)
        end = start + records.consumed
        if end > start:
            await self.append(counted(self._read(file, head, start, end, records, tally), tally))
            self._leaked |= {leak.stop for of in tally.leaks().values() for leak in of.values()}
        return end

    def _read(
        self,
        file: AccountingFile,
        head: str,
        start: int,
        end: int,
        records: Records,
        tally: Tally,
    ) -> FileRead:
        return FileRead(
            node=self._effect.node,
            file=file.name,
            start=start,
            end=end,
            size=file.size,
            head=head,
            columns=records.columns if end < file.size else (),
            rows=tally.rows,
            deleted=tally.deleted,
            unreadable=records.unreadable + tally.strange + tally.misdated,
        )

    async def _head(self, file: AccountingFile, known: Known | None) -> str:
        """Of as many bytes as were looked at when the file was first seen."""
        size = int(known.head.partition(":")[0]) if known else min(HEAD, file.size)
        data = await self._bytes(file.name, 0, size)
        return f"{len(data)}:{hashlib.sha256(data).hexdigest()[:16]}"

    async def _bytes(self, name: str, start: int, most: int) -> bytes:
        async with asyncio.timeout(CALL_S):
            return await self._world.files.read(self._effect.node, name, start, most)

    async def _clean(self, found: Sequence[AccountingFile]) -> tuple[str, ...]:
        """The engine's own files that were counted long ago.  Others' are only read."""
        source = self._world.sources.get(self._effect.node)
        if source is None or not source.own:
            return ()
        before = self._world.clock.now() - KEEP
        removed: list[str] = []
        for file in found:
            known = self._view.files.get(file.name)
            if known and known.end == file.size == known.size and known.at < before:
                async with asyncio.timeout(CALL_S):
                    await self._world.files.remove(self._effect.node, file.name)
                removed.append(file.name)
        return tuple(removed)
