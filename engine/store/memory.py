"""The log in memory: the same contract, for tests and the demo.

Two logs on one ``MemoryDatabase`` are two processes on one Postgres: who leads last deposes the
other.
"""

from bisect import bisect_right
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from operator import attrgetter
from typing import TypeVar

from engine.errors import Deposed
from engine.events import Category, Event, Recorded
from engine.ids import Actor, EventId, Position, TenantId
from engine.ports import ALL, Clock, Fence, Page, Rebuilt, Row, Slice, Tip, Wanted
from engine.store import codec
from engine.store.admission import BEGINNING, Tail, drafted
from engine.store.digest import GENESIS
from engine.store.entry import Entry
from engine.store.head import Head
from engine.store.rows import recorded_of
from engine.store.views import VIEWS

E = TypeVar("E", bound=Event)


class MemoryDatabase:
    """What outlives a process."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.streams: dict[str, list[Entry]] = {}
        self.tail = Tail(Position(0), GENESIS, BEGINNING, {}, set())
        self.fence = Fence(0, "")
        self.head = Head()
        self.rows: dict[str, dict[str, Row]] = {name: {} for name in VIEWS}
        self.checkpoint = Position(0)
        self.generation = 1
        self.codecs: dict[str, str] = {}
        self.rebuilt: Rebuilt | None = None
        self.laid: dict[str, dict[str, Row]] = {name: {} for name in VIEWS}  # by a rebuild


class MemoryLog:
    """Leads from the start unless somebody else does; ``lead`` is for tests of that."""

    def __init__(self, clock: Clock, database: MemoryDatabase | None = None) -> None:
        self.database = database or MemoryDatabase()
        self._clock = clock
        self._fence = self.database.fence

    async def lead(self, holder: str) -> Fence:
        self._fence = self.database.fence = Fence(self.database.fence.epoch + 1, holder)
        return self._fence

    def fence(self) -> Fence:
        return self._fence

    async def append(self, slices: Sequence[Slice], *, actor: Actor, cause: str) -> Position:
        database = self.database
        if self._fence != database.fence:
            raise Deposed(f"the log belongs to {database.fence.holder!r} now")
        for entry in database.tail.admit(drafted(slices, actor, cause), self._clock.now()):
            database.entries.append(entry)
            database.streams.setdefault(entry.stream, []).append(entry)
        database.head.move(database.tail.position, database.tail.digest, database.tail.at)
        return database.tail.position

    async def read(
        self, category: Category[E], key: str, *, known_only: bool = False
    ) -> list[Recorded[E]]:
        stream = category.stream(key)
        return [
            recorded_of(entry, codec.decode_of(category, stream, entry.body))
            for entry in self.database.streams.get(stream, ())
            if not known_only or codec.is_known(entry.body)
        ]

    async def read_from(
        self, after: Position, limit: int, wanted: Wanted = ALL
    ) -> list[Recorded[Event]]:
        """Events of unknown tags are passed over, as the log in Postgres does it."""
        found: list[Recorded[Event]] = []
        for entry in self.database.entries[after:]:
            if len(found) == limit:
                break
            event = codec.decode(entry.body) if _fits(entry, wanted) else None
            if event is not None:
                found.append(recorded_of(entry, event))
        return found

    async def pages(
        self, after: Position, until: Position, wanted: Wanted = ALL, size: int = 1_000
    ) -> AsyncGenerator[Page, None]:
        until = min(until, self.database.head.position)
        while after < until:
            end = Position(min(after + size, until))
            some = [one for one in self.database.entries[after:end] if _fits(one, wanted)]
            found = [(one, codec.decode(one.body)) for one in some]
            yield Page([recorded_of(one, event) for one, event in found if event is not None], end)
            after = end

    async def position_of(self, event: EventId, tenant: TenantId | None = None) -> Position | None:
        for entry in self.database.entries:
            if entry.id == event and tenant in {None, entry.tenant}:
                return entry.position
        return None

    async def position_at(self, moment: datetime) -> Position:
        return Position(bisect_right(self.database.entries, moment, key=attrgetter("at")))

    async def head(self) -> Position:
        return self.database.head.position

    async def tip(self) -> Tip:
        return self.database.head.tip

    async def wait_beyond(self, position: Position) -> None:
        await self.database.head.beyond(self._passed_over(position))

    def _passed_over(self, position: Position) -> Position:
        """The last of the unknown events that follow ``position``, if nothing else does."""
        rest = self.database.entries[position:]
        if any(codec.is_known(entry.body) for entry in rest):
            return position
        return rest[-1].position if rest else position


def _fits(entry: Entry, wanted: Wanted) -> bool:
    return (
        wanted.tenant in {None, entry.tenant}
        and (not wanted.streams or entry.stream in wanted.streams)
        and (not wanted.tags or entry.tag in wanted.tags)
    )
