"""The log, from a position on; a long poll if asked."""

import asyncio
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from engine.api import reading
from engine.api.call import LIMIT_MAX, Answer, Call, Reading
from engine.api.problems import Problem
from engine.events import Event, Recorded
from engine.ids import Position, TenantId
from engine.runtime.notes import ENGINE

WAIT_MAX_S = 30
SCAN = 1_000  # events looked through at once for those of a tenant
SCANS_MAX = 10  # in one request


class EventPage(Reading, frozen=True, kw_only=True):
    after: str = ""  # for the platform a position, for a tenant ``next`` of the page before
    limit: Annotated[int, Meta(ge=1, le=LIMIT_MAX)] = 100
    wait: Annotated[int, Meta(ge=0, le=WAIT_MAX_S)] = 0  # seconds, while there is nothing


class EventShown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    position: Position | None = None  # the platform's alone: it tells of everybody's events
    id: str
    at: datetime
    stream: str
    tenant: TenantId | None
    actor: str
    cause: str | None = None  # a look made for several names the one that wanted it
    type: str
    event: Event


class EventItems(Struct, frozen=True):
    items: list[EventShown]
    next: str  # ``after`` of what comes after these
    more: bool  # whether it is there already


async def listed(call: Call, query: EventPage) -> Answer:
    after = _position(call, query.after)
    found, end, head = await _some(call, after, query.limit)
    if not found and end >= head and query.wait:
        with call.deps.requests.aside():
            found, end, head = await _waited(call, end, query)
    shown = [_present(one, platform=call.caller.tenant is None) for one in found]
    return Answer(EventItems(shown, _cursor(call, end), end < head))


async def _waited(
    call: Call, after: Position, query: EventPage
) -> tuple[list[Recorded[Event]], Position, Position]:
    """Until there is something to see, or the client has waited enough."""
    found, end, head = list[Recorded[Event]](), after, after
    try:
        async with asyncio.timeout(query.wait):
            while not found:
                if not await call.deps.requests.until_end(call.deps.log.wait_beyond(end)):
                    break
                found, end, head = await _some(call, end, query.limit)
    except TimeoutError:
        pass
    return found, end, head


async def _some(
    call: Call, after: Position, limit: int
) -> tuple[list[Recorded[Event]], Position, Position]:
    """Events, the position they were looked for up to, and the head before that."""
    log, tenant = call.deps.log, call.caller.tenant
    head = await log.head()
    if tenant is None:
        found = await log.read_from(after, limit)
        return found, found[-1].position if found else max(after, head), head
    found, end = [], after
    for _ in range(SCANS_MAX):
        batch = await log.read_from(end, SCAN)
        if not batch:
            return found, max(end, head), head  # what is left, this version cannot read
        for one in batch:
            end = one.position
            if one.tenant == tenant:
                found.append(one)
            if len(found) == limit:
                return found, end, head
    return found, end, head


def _position(call: Call, after: str) -> Position:
    text = after if call.caller.tenant is None else reading.opened(after)
    if not text:
        return Position(0)
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        why = f"{after!r} is not a place in the log; give `next` of the page before"
        raise Problem("invalid", why, field="$.after")
    return Position(int(text))


def _cursor(call: Call, position: Position) -> str:
    return str(position) if call.caller.tenant is None else reading.closed(str(position))


def _present(recorded: Recorded[Event], *, platform: bool) -> EventShown:
    return EventShown(
        position=recorded.position if platform else None,
        id=recorded.id,
        at=recorded.at,
        stream=recorded.stream,
        tenant=recorded.tenant,
        actor=recorded.actor,
        cause=recorded.cause if platform or recorded.actor != ENGINE else None,
        type=str(recorded.event.__struct_config__.tag),
        event=recorded.event,
    )
