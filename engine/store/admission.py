"""May this append be written, and as which entries?  The rules of the log, without its storage."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from engine.errors import RepeatedId, VersionConflict
from engine.ids import Actor, EventId, Position, Version
from engine.ports import Slice
from engine.store import codec
from engine.store.digest import digest_of
from engine.store.entry import Entry


class Draft(NamedTuple):
    """An event that waits for its place; encoded before the writer's turn comes."""

    id: EventId
    tag: str
    body: bytes


class Part(NamedTuple):
    """One slice of an append."""

    slice: Slice
    drafts: tuple[Draft, ...]


class Append(NamedTuple):
    parts: tuple[Part, ...]
    actor: Actor
    cause: str

    def ids(self) -> list[EventId]:
        return [draft.id for part in self.parts for draft in part.drafts]

    def streams(self) -> list[str]:
        return sorted({part.slice.stream for part in self.parts})


def drafted(slices: Sequence[Slice], actor: Actor, cause: str) -> Append:
    """Raises ValueError for an id that is no UUID: whoever made it has a bug."""
    return Append(tuple(Part(one, tuple(_drafts(one))) for one in slices), actor, cause)


def _drafts(one: Slice) -> Iterator[Draft]:
    for new in one.events:
        body = codec.encode(new.event)
        yield Draft(EventId(str(UUID(new.id))), codec.tag_of(body), body)


class Tail:
    """Where the log ends, and what it holds of the streams and ids that are asked about.

    An append that is admitted moves it; one that is refused leaves it as it was, so the next may
    be judged at once.
    """

    def __init__(
        self, position: Position, digest: bytes, versions: dict[str, Version], ids: set[EventId]
    ) -> None:
        self.position = position
        self.digest = digest
        self._versions = versions
        self._ids = ids

    def admit(self, append: Append, at: datetime) -> list[Entry]:
        """The entries to write; raises VersionConflict or RepeatedId for the append as a whole."""
        versions: dict[str, Version] = {}
        ids: set[EventId] = set()
        entries: list[Entry] = []
        for part in append.parts:
            stream = part.slice.stream
            actual = versions.get(stream, self._versions.get(stream, Version(0)))
            if part.slice.expected is not None and part.slice.expected != actual:
                raise VersionConflict(stream, part.slice.expected, actual)
            for number, draft in enumerate(part.drafts, start=1):
                if draft.id in self._ids or draft.id in ids:
                    raise RepeatedId(draft.id)
                ids.add(draft.id)
                version = Version(actual + number)
                entries.append(self._entry(entries, append, part.slice, draft, version, at))
            versions[stream] = Version(actual + len(part.drafts))
        self._versions.update(versions)
        self._ids |= ids
        if entries:
            self.position, self.digest = entries[-1].position, entries[-1].digest
        return entries

    def _entry(
        self,
        before: list[Entry],
        append: Append,
        into: Slice,
        draft: Draft,
        version: Version,
        at: datetime,
    ) -> Entry:
        entry = Entry(
            position=Position(self.position + len(before) + 1),
            stream=into.stream,
            version=version,
            id=draft.id,
            tag=draft.tag,
            at=at,
            tenant=into.tenant,
            actor=append.actor,
            cause=append.cause,
            body=draft.body,
            digest=b"",
        )
        return entry._replace(digest=digest_of(entry, before[-1].digest if before else self.digest))
