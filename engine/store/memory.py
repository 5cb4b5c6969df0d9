"""Log and read models in memory: the same contract, for tests and the demo.

Two logs on one ``MemoryDatabase`` are two processes on one Postgres: who leads last deposes the
other.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from engine.errors import Deposed
from engine.events import Category, Event, Recorded
from engine.ids import Actor, Position, TenantId
from engine.ports import Clock, Fence, Row, Slice
from engine.store import codec
from engine.store.admission import Tail, drafted
from engine.store.digest import GENESIS
from engine.store.entry import Entry
from engine.store.head import Head
from engine.store.views import PLATFORM_VIEWS, VIEWS, check_names

E = TypeVar("E", bound=Event)


class MemoryDatabase:
    """What outlives a process."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.streams: dict[str, list[Entry]] = {}
        self.tail = Tail(Position(0), GENESIS, {}, set())
        self.fence = Fence(0, "")
        self.head = Head()
        self.rows: dict[str, dict[str, Row]] = {name: {} for name in VIEWS}
        self.checkpoint = Position(0)


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
        database.head.move(database.tail.position)
        return database.tail.position

    async def read(
        self, category: Category[E], key: str, *, known_only: bool = False
    ) -> list[Recorded[E]]:
        stream = category.stream(key)
        return [
            _recorded(entry, codec.decode_of(category, stream, entry.body))
            for entry in self.database.streams.get(stream, ())
            if not known_only or codec.is_known(entry.body)
        ]

    async def read_from(self, after: Position, limit: int) -> list[Recorded[Event]]:
        """Events of unknown tags are passed over, as the log in Postgres does it."""
        found: list[Recorded[Event]] = []
        for entry in self.database.entries[after:]:
            if len(found) == limit:
                break
            event = codec.decode(entry.body)
            if event is not None:
                found.append(_recorded(entry, event))
        return found

    async def head(self) -> Position:
        return self.database.head.position

    async def wait_beyond(self, position: Position) -> None:
        await self.database.head.beyond(self._passed_over(position))

    def _passed_over(self, position: Position) -> Position:
        """The last of the unknown events that follow ``position``, if nothing else does."""
        rest = self.database.entries[position:]
        if any(codec.is_known(entry.body) for entry in rest):
            return position
        return rest[-1].position if rest else position


def _recorded(entry: Entry, event: E) -> Recorded[E]:
    return Recorded(
        position=entry.position,
        stream=entry.stream,
        version=entry.version,
        id=entry.id,
        at=entry.at,
        tenant=entry.tenant,
        actor=entry.actor,
        cause=entry.cause,
        event=event,
    )


class MemoryReadModels:
    def __init__(self, log: MemoryLog) -> None:
        self._log = log
        self._database = log.database

    async def checkpoint(self) -> Position:
        return self._database.checkpoint

    async def write(self, rows: Sequence[Row], *, was: Position, now: Position) -> None:
        for row in rows:
            check_names(row.projection, row.columns)
        self._own()
        at = self._database.checkpoint
        if at != was:
            if at == now:
                return  # written before, by this process
            raise Deposed(f"the read models stand at {at}, not at {was}")
        for row in rows:
            self._database.rows[row.projection][row.key] = row
        self._database.checkpoint = now

    async def reset(self) -> None:
        self._own()
        for rows in self._database.rows.values():
            rows.clear()
        self._database.checkpoint = Position(0)

    async def one(self, projection: str, key: str, *, tenant: TenantId | None) -> bytes | None:
        check_names(projection, ())
        row = self._database.rows[projection].get(key)
        return row.body if row is not None and _visible(row, tenant) else None

    async def some(
        self,
        projection: str,
        *,
        tenant: TenantId | None,
        where: Mapping[str, str],
        after: str = "",
        limit: int = 100,
    ) -> list[tuple[str, bytes]]:
        check_names(projection, where)
        found = [
            (key, row.body)
            for key, row in sorted(self._database.rows[projection].items())
            if key > after
            and _visible(row, tenant)
            and all(row.columns.get(name) == value for name, value in where.items())
        ]
        return found[:limit]

    def _own(self) -> None:
        if self._log.fence() != self._database.fence:
            raise Deposed(f"the log belongs to {self._database.fence.holder!r} now")


def _visible(row: Row, tenant: TenantId | None) -> bool:
    return tenant is None or (row.tenant == tenant and row.projection not in PLATFORM_VIEWS)
