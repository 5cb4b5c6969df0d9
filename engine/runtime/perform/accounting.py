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
from engine.runtime.gate import Gate
from engine.runtime.notes import ENGINE
from engine.runtime.views import Views
from engine.values import authority
from engine.values.traffic import Source

CHUNK = 262_144  # bytes; the loop is held for no more than one
PIECE = 32 * CHUNK  # bytes counted by one append
PIECES_MAX = 32  # of one look; what is beyond waits for the next
HEAD = 1_024  # bytes behind the names of its columns that tell a file, under whatever name
NAMES_MAX = 15_360  # bytes of these, of which all files of a node begin with the same
SETTLED = timedelta(hours=1)  # in which nothing came: what lies there is the file's end
CALL_S = 30
READ = ".csv"
PACKED_MAX = 20  # of which the names are told
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
        self._counting, self._gate = Counting(views), Gate(views)

    async def read(self, effect: ReadAccounting) -> None:
        view = self._views.get(ACCOUNTING, effect.node)
        acts = not self._gate.observing((authority.ENGINE, authority.over_node(effect.node)))
        look = _Look(self._world, effect, view, self._counting, acts=acts)
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
        *,
        acts: bool,
    ) -> None:
        self._world, self._effect, self._view = world, effect, view
        self._counting, self._acts = counting, acts
        self._known = dict(view.files)  # as far as this look has read them
        self._listed: Mapping[str, AccountingFile] = {}
        self._leaked: set[Position] = set()  # stops whose leak this look has told
        self._version = view.version
        self._left = PIECES_MAX

    async def run(self) -> FilesLooked:
        node = self._effect.node
        async with asyncio.timeout(CALL_S):
            listed = await self._world.files.listed(node)
        found = [file for file in listed if file.name.endswith(READ)]
        self._listed = {file.name: file for file in found}
        ends = {file.name: await self._file(file) for file in found}
        removed = await self._clean(found)
        left = {file.name for file in listed}
        long_ago = self._world.clock.now() - REMEMBER
        return FilesLooked(
            node=node,
            files=len(found) - len(removed),
            behind=sum(file.size - ends[file.name] for file in found) if self._left <= 0 else 0,
            removed=removed,
            packed=tuple(file.name for file in listed if self._is_unread(file))[:PACKED_MAX],
            gone=tuple(
                name
                for name, known in sorted(self._view.files.items())
                if name not in left and known.at < long_ago
            ),
        )

    def _is_unread(self, file: AccountingFile) -> bool:
        """Compressed, and not after it was counted, as far as that is remembered."""
        plain, read, _ = file.name.rpartition(READ)
        if file.name.endswith(READ) or not read:
            return False
        known = self._view.files.get(plain + READ)
        lately = self._world.clock.now() - REMEMBER
        return (known is None or known.end < known.size) and file.changed > lately.timestamp()

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
        known = self._known.get(file.name)
        if known and file.size == known.size and known.end == known.size:
            return known.end
        begins = await self._begins(file)
        # Of a file that was short when it was first seen, more tells it apart now.
        head = _head(begins)
        if known is None or _head_as(known, begins) != known.head:
            known = await self._new(file, head)
        start = known.end
        columns = known.columns or (await self._columns(file) if start else ())
        last = False
        while self._left > 0 and start < file.size:
            records = Records(columns)
            end = await self._piece(file, head, start, records, last=last)
            if end == start and (last or start > known.end or not self._settled(file, known)):
                break
            last = end == start
            start, columns = end, records.columns
            self._left -= 1
        return start

    async def _new(self, file: AccountingFile, head: str) -> Known:
        """Nothing of it was read, unless it is another that was renamed: then it is read on from
        where that was left.  Of a copy nothing is counted but what the other has not.
        """
        now = self._world.clock.now()
        seen = [*self._known.items(), *self._view.files.items()]
        # By as many bytes as no two files have in common, or by all there are.
        twins = [(one.end, name, one) for name, one in seen if one.head == head]
        if not twins:
            return Known(0, 0, head, now)
        start, name, known = max(twins, key=lambda twin: twin[:2])
        there = self._listed.get(name)
        if there and _head_as(known, await self._begins(there)) == known.head:
            start = max(start, there.size)
        start = min(start, file.size)  # nothing is counted again of what was cut short
        await self.append([(None, self._renamed(file, head, start, known.columns))])
        return Known(start, file.size, head, now, known.columns)

    def _renamed(
        self, file: AccountingFile, head: str, start: int, columns: tuple[str, ...]
    ) -> FileRead:
        """So that it is known by this name when the other is forgotten."""
        return FileRead(
            node=self._effect.node,
            file=file.name,
            start=start,
            end=start,
            size=file.size,
            head=head,
            columns=columns if start < file.size else (),
        )

    async def _columns(self, file: AccountingFile) -> tuple[str, ...]:
        """By its first line: a file that had been read to its end goes on after all."""
        data = await self._bytes(file.name, 0, min(CHUNK, file.size))
        records = Records()
        for _ in records.feed(data.partition(b"\n")[0] + b"\n"):
            pass
        return records.columns

    def _settled(self, file: AccountingFile, known: Known) -> bool:
        """By both clocks: the node's, and ours for what was read of it before."""
        before = self._world.clock.now() - SETTLED
        return file.changed < before.timestamp() and (not known.end or known.at < before)

    async def _piece(
        self, file: AccountingFile, head: str, start: int, records: Records, *, last: bool
    ) -> int:
        """``last``: nothing will follow what lies there."""
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
        for block in records.rest() if last else ():
            tally.add(block)
        end = start + records.consumed
        if end > start:
            read = self._read(file, head, start, end, records, tally)
            await self.append(counted(read, tally))
            now_at = self._world.clock.now()
            self._known[file.name] = Known(end, file.size, head, now_at, read.columns)
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

    async def _begins(self, file: AccountingFile) -> bytes:
        return await self._bytes(file.name, 0, min(NAMES_MAX + HEAD, file.size))

    async def _bytes(self, name: str, start: int, most: int) -> bytes:
        async with asyncio.timeout(CALL_S):
            return await self._world.files.read(self._effect.node, name, start, most)

    async def _clean(self, found: Sequence[AccountingFile]) -> tuple[str, ...]:
        """The engine's own files that were counted long ago.  Others' are only read, and so is
        everything where the engine only observes: to take a file away is no look.
        """
        source = self._world.sources.get(self._effect.node)
        if source is None or not source.own or not self._acts:
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


def _head(begins: bytes) -> str:
    """What tells a file from any other."""
    return _digest(begins[: begins.find(b"\n", 0, NAMES_MAX) + 1 + HEAD])


def _head_as(known: Known, begins: bytes) -> str:
    """By as many bytes as there were when that one was seen."""
    return _digest(begins[: int(known.head.partition(":")[0])])


def _digest(data: bytes) -> str:
    return f"{len(data)}:{hashlib.sha256(data).hexdigest()[:16]}"
