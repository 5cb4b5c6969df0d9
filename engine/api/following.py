"""Somebody who reads the log from a place on, in bounded portions, and waits at its end."""

from contextlib import aclosing

from engine.api import event_filters, places
from engine.api.call import Call
from engine.api.event_filters import EventFilter
from engine.api.places import Place
from engine.events import Event, Recorded
from engine.ids import Position
from engine.ports import Wanted
from engine.runtime.real import pause

GATHER_S = 0.1  # after news that were not his: others' appends shall not make him read all the time

Found = list[Recorded[Event]]


async def begun(call: Call, query: EventFilter, last_seen: str = "") -> "Follower":
    """``last_seen`` is what a client says that lost its connection.  Raises Problem."""
    wanted = event_filters.wanted(call, query)
    field = "Last-Event-ID" if last_seen else "$.after"
    place = await places.opened(call, last_seen or query.after, query.since, field)
    return Follower(call, wanted, place)


class Follower:
    def __init__(self, call: Call, wanted: Wanted, place: Place) -> None:
        self._call = call
        self._log = call.deps.log
        self._wanted = wanted
        self._position, self.cursor = place

    async def some(self, limit: int) -> tuple[Found, bool]:
        """The next ones, and whether there are more already."""
        head = await self._log.head()
        found = await self._next(limit + 1, head)
        more = len(found) > limit
        found = found[:limit]
        last = found[-1].position if found else self._position
        self._move(found, last if more else max(head, last))
        return found, more

    async def grown(self) -> bool:
        """Whether the log has grown, and not the process begun to end."""
        return await self._call.deps.requests.until_end(self._log.wait_beyond(self._position))

    async def gathered(self) -> None:
        """Called when what the log grew by was nothing of his."""
        await pause(GATHER_S)

    async def _next(self, limit: int, head: Position) -> Found:
        found: Found = []
        pages = self._log.pages(self._position, head, self._wanted, limit)
        async with aclosing(pages):
            async for page in pages:
                found += page.events
                if len(found) >= limit:
                    break
        return found[:limit]

    def _move(self, found: Found, position: Position) -> None:
        self._position = position
        if found:
            self.cursor = places.cursor(self._call, found[-1])
        if self._call.caller.tenant is None:
            self.cursor = str(position)
