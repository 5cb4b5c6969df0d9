"""The log, as those see it who append to it and read it."""

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, TypeVar

from msgspec import Struct

from engine.events import Category, Event, Recorded
from engine.ids import Actor, EventId, Position, TenantId, Version

E = TypeVar("E", bound=Event)


class New(NamedTuple):
    id: EventId
    event: Event


class Slice(Struct, frozen=True, kw_only=True):
    """Events for one stream; one without events only checks the version."""

    stream: str
    tenant: TenantId | None
    events: Sequence[New]
    expected: Version | None = None  # the version last seen; None: whatever is there


class Wanted(Struct, frozen=True, kw_only=True):
    """Which events a reader wants; what is left empty does not narrow."""

    tenant: TenantId | None = None
    streams: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


ALL = Wanted()


class Tip(NamedTuple):
    """The last event.  Kept outside, it tells later whether the log up to it was rewritten."""

    position: Position
    digest: bytes
    at: datetime | None  # None: the log is empty


class Page(NamedTuple):
    """Some events that follow each other, and how far was looked for them."""

    events: list[Recorded[Event]]
    end: Position


class Log(Protocol):
    async def append(self, slices: Sequence[Slice], *, actor: Actor, cause: str) -> Position:
        """All slices or none; returns the last position once it is committed (with no events:
        the head).  Raises VersionConflict, RepeatedId, LogUnavailable (nothing was written) or
        Deposed (the process must end).  Repeating it with the same ids is safe.
        """

    async def read(
        self, category: Category[E], key: str, *, known_only: bool = False
    ) -> list[Recorded[E]]:
        """One stream, from its beginning.  An event of an unknown tag raises UnknownEvent, or is
        left out with ``known_only``.
        """

    async def read_from(
        self, after: Position, limit: int, wanted: Wanted = ALL
    ) -> list[Recorded[Event]]:
        """The next events of the whole log, in its order.  Those of unknown tags are passed over;
        an empty list means that up to the head there is nothing more to read.
        """

    def pages(
        self, after: Position, until: Position, wanted: Wanted = ALL, size: int = 1_000
    ) -> AsyncGenerator[Page, None]:
        """All of them up to ``until``, in order, read ahead of whoever folds them.  A page may be
        empty; the last one ends at ``until``.  To be closed (``aclosing``) when it is left before.
        """

    async def position_of(self, event: EventId, tenant: TenantId | None = None) -> Position | None:
        """Where this event stands; None where there is none, or none of this tenant's."""

    async def position_at(self, moment: datetime) -> Position:
        """The last position that was written at ``moment`` or before; 0 before the first."""

    async def head(self) -> Position:
        """The last position; 0 when the log is empty."""

    async def tip(self) -> Tip:
        """The same with its digest and time."""

    async def wait_beyond(self, position: Position) -> None:
        """Return once the log is longer than ``position``."""
