"""May this append be written, and as which entries?  The rules of the log, without its storage."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID

from msgspec import Struct

from engine.errors import RepeatedId, VersionConflict
from engine.ids import Actor, EventId, Position, Version
from engine.ports import New, Slice
from engine.store import codec
from engine.store.digest import Frame, chained, frame, moment
from engine.store.entry import Entry

SET_BACK_MAX = timedelta(minutes=10)
_CANONICAL = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_new = tuple.__new__  # at half the price of a call of the class


class Draft(Struct, frozen=True, gc=False):
    """An event that waits for its place; encoded before the writer's turn comes."""

    id: EventId
    tag: str
    body: bytes
    frame: Frame


class Part(Struct, frozen=True):
    """One slice of an append."""

    slice: Slice
    drafts: tuple[Draft, ...]


class Append(Struct, frozen=True):
    parts: tuple[Part, ...]
    actor: Actor
    cause: str
    events: int
    size: int  # bytes of bodies
    stop: bool  # it holds an event for which nothing else may be waited for

    def ids(self) -> list[EventId]:
        return [draft.id for part in self.parts for draft in part.drafts]


def drafted(slices: Sequence[Slice], actor: Actor, cause: str) -> Append:
    """Raises ValueError for an id that is no UUID: whoever made it has a bug."""
    parts: list[Part] = []
    events, size, stop = 0, 0, False
    for one in slices:
        drafts = tuple([_draft(one, new, actor, cause) for new in one.events])
        parts.append(Part(one, drafts))
        for new, draft in zip(one.events, drafts, strict=True):
            events, size, stop = events + 1, size + len(draft.body), stop or new.event.stop
    return Append(tuple(parts), actor, cause, events, size, stop)


def _draft(into: Slice, new: New, actor: Actor, cause: str) -> Draft:
    id, octets = _id(new.id)
    tag, body = codec.tag_of_event(new.event), codec.encode(new.event)
    own = frame(into.stream, octets, tag, into.tenant, actor, cause, body)
    return Draft(id, tag, body, own)


def _id(text: EventId) -> tuple[EventId, bytes]:
    if _CANONICAL(text):
        return text, bytes.fromhex(text.replace("-", ""))
    other = UUID(text)
    return EventId(str(other)), other.bytes


class Tail:
    """Where the log ends, and what it holds of the streams and ids that are asked about.

    An append that is admitted moves it; one that is refused leaves it as it was, so the next may
    be judged at once.
    """

    def __init__(
        self,
        position: Position,
        digest: bytes,
        at: datetime,
        versions: dict[str, Version],
        ids: set[EventId],
    ) -> None:
        self.position = position
        self.digest = digest
        self.at = at
        self.versions = versions
        self._ids = ids

    def admit(self, append: Append, now: datetime) -> list[Entry]:
        """The entries to write; raises VersionConflict or RepeatedId for the append as a whole.

        Time does not decrease along the log, so that a moment of the past is one position: what a
        clock that was set back a little says is not believed.  One that was wrong by more is.
        """
        at = self.at if now < self.at <= now + SET_BACK_MAX else now
        stamp = moment(at)
        position: int = self.position
        digest, moved = self.digest, dict[str, int]()
        ids: set[EventId] = set()
        entries: list[Entry] = []
        for part in append.parts:
            stream, tenant, expected = part.slice.stream, part.slice.tenant, part.slice.expected
            version: int = moved[stream] if stream in moved else self.versions.get(stream, 0)
            if expected is not None and expected != version:
                raise VersionConflict(stream, expected, Version(version))
            for draft in part.drafts:
                id = draft.id
                if id in self._ids or id in ids:
                    raise RepeatedId(id)
                ids.add(id)
                position, version = position + 1, version + 1
                digest = chained(digest, position, version, stamp, draft.frame)
                row = (position, stream, version, id, draft.tag, at, tenant)
                entries.append(_new(Entry, (*row, append.actor, append.cause, draft.body, digest)))
            moved[stream] = version
        self.versions |= cast(dict[str, Version], moved)
        self._ids |= ids
        if entries:
            self.position, self.digest, self.at = Position(position), digest, at
        return entries
