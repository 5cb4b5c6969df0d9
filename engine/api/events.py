"""The log, from a place on: in pages, with a long poll if asked, or as a stream."""

import asyncio
from typing import Annotated

from msgspec import Meta, Struct

from engine.api import event_shown, event_stream, following
from engine.api.call import LIMIT_MAX, Answer, Call
from engine.api.event_filters import EventFilter
from engine.api.event_shown import EventShown
from engine.api.following import Follower, Found

WAIT_MAX_S = 30


class EventPage(EventFilter, frozen=True, kw_only=True):
    limit: Annotated[int, Meta(ge=1, le=LIMIT_MAX)] = 100
    wait: Annotated[int, Meta(ge=0, le=WAIT_MAX_S)] = 0  # seconds, while there is nothing


class EventItems(Struct, frozen=True):
    items: list[EventShown]
    next: str  # ``after`` of what comes after these
    more: bool  # whether it is there already


class Stream(Struct, frozen=True):
    """Server-sent events.  The data of each is an event as in the pages, its id is the cursor."""


async def listed(call: Call, query: EventPage) -> Answer:
    reader = await following.begun(call, query)
    found, more = await reader.some(query.limit)
    if not found and query.wait:
        with call.deps.requests.aside():
            found, more = await _waited(reader, query)
    platform = call.caller.tenant is None
    shown = [event_shown.shown(one, platform=platform) for one in found]
    return Answer(EventItems(shown, reader.cursor, more))


async def _waited(reader: Follower, query: EventPage) -> tuple[Found, bool]:
    """Until there is something to see, or the client has waited enough."""
    try:
        async with asyncio.timeout(query.wait):
            while await reader.grown():
                found, more = await reader.some(query.limit)
                if found:
                    return found, more
                await reader.gathered()
    except TimeoutError:
        pass
    return [], False


async def streamed(call: Call, query: EventFilter) -> Answer:
    """A client that lost its connection says in Last-Event-ID where it was."""
    reader = await following.begun(call, query, call.last_event_id or "")
    return Answer(event_stream.feed(call, reader), content_type=event_stream.CONTENT_TYPE)
