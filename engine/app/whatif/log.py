"""As much of the log as deciders, performers and the driver ask for, and nothing written down.

Its events are kept as they are: no bytes, no digests, one writer.  What it refuses is what the log
refuses (a version that has gone by), so a decision that would lose its race here loses it there.
"""

from collections.abc import Sequence
from typing import TypeVar

from engine.errors import VersionConflict
from engine.events import Category, Event, Recorded
from engine.ids import Actor, Position, Version
from engine.ports import Clock, Slice

E = TypeVar("E", bound=Event)


class UnwrittenLog:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._events: list[Recorded[Event]] = []
        self._streams: dict[str, list[Recorded[Event]]] = {}

    async def append(self, slices: Sequence[Slice], *, actor: Actor, cause: str) -> Position:
        self._admit(slices)
        for one in slices:
            stream = self._streams.setdefault(one.stream, [])
            for id, event in one.events:
                recorded = Recorded(
                    position=Position(len(self._events) + 1),
                    stream=one.stream,
                    version=Version(len(stream) + 1),
                    id=id,
                    at=self._clock.now(),
                    tenant=one.tenant,
                    actor=actor,
                    cause=cause,
                    event=event,
                )
                self._events.append(recorded)
                stream.append(recorded)
        return await self.head()

    def _admit(self, slices: Sequence[Slice]) -> None:
        """All slices or none."""
        versions: dict[str, int] = {}
        for one in slices:
            there = versions.get(one.stream, len(self._streams.get(one.stream, ())))
            if one.expected is not None and one.expected != there:
                raise VersionConflict(one.stream, one.expected, Version(there))
            versions[one.stream] = there + len(one.events)

    async def read(
        self,
        category: Category[E],
        key: str,
        *,
        known_only: bool = False,  # noqa: ARG002 - no newer engine has written here
    ) -> list[Recorded[E]]:
        found: list[Recorded[E]] = list(self._streams.get(category.stream(key), ()))  # type: ignore[arg-type]
        return found

    def after(self, position: Position) -> Sequence[Recorded[Event]]:
        return self._events[position:]

    async def head(self) -> Position:
        return Position(len(self._events))
