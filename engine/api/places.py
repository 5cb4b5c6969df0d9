"""Places in the log, as clients name them.

The platform counts positions.  A tenant must not: how they grow tells what others do.  Its place
is the id of the last event it saw, or, before it has seen any, the moment it asked to begin at.
"""

from typing import NamedTuple
from uuid import UUID

from engine.api import moments
from engine.api.call import Call
from engine.api.problems import Problem
from engine.events import Event, Recorded
from engine.ids import EventId, Position

START = Position(0)


class Place(NamedTuple):
    position: Position  # what is beyond it was not seen yet
    cursor: str  # as the client knows it; "" = the beginning


async def opened(call: Call, after: str, since: str = "", field: str = "$.after") -> Place:
    """Beyond ``after``; a client that says none begins at ``since``.  Raises Problem."""
    if after:
        return await _after(call, after, field)
    return await _since(call, since) if since else Place(START, "")


def cursor(call: Call, last: Recorded[Event]) -> str:
    return str(last.position) if call.caller.tenant is None else last.id


async def _after(call: Call, text: str, field: str) -> Place:
    tenant = call.caller.tenant
    if tenant is None:
        position = number(text)
        if position is None:
            raise _nowhere(text, field)
        return Place(position, text)
    try:
        found = await call.deps.log.position_of(EventId(str(UUID(text))), tenant)
    except ValueError:
        return await _from(call, text, field)
    if found is None:
        raise _nowhere(text, field)
    return Place(found, text)


async def _from(call: Call, text: str, field: str) -> Place:
    """A tenant's page that found nothing goes on where it began."""
    try:
        at = moments.parse(text)
    except ValueError as wrong:
        raise _nowhere(text, field) from wrong
    return Place(await call.deps.log.position_at(at - moments.TICK), text)


async def _since(call: Call, text: str) -> Place:
    position = number(text) if call.caller.tenant is None else None
    if position is not None:
        before = Position(max(0, position - 1))
        return Place(before, str(before))
    try:
        at = moments.ago(text, call.deps.clock.now()) or moments.parse(text)
    except ValueError as wrong:
        why = f"{wrong}; or how long ago, such as 30m, 2h or 3d"
        raise Problem("invalid", why, field="$.since") from wrong
    at = max(at, _FIRST)
    before = await call.deps.log.position_at(at - moments.TICK)
    tenant = call.caller.tenant
    return Place(before, str(before) if tenant is None else moments.written(at))


_FIRST = moments.parse("1970-01-01")


def number(text: str) -> Position | None:
    """A position, if it is one."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return None
    return Position(int(text))


def _nowhere(text: str, field: str) -> Problem:
    why = f"{text!r} is not a place in the log; give `next` of the page before"
    return Problem("invalid", why, field=field)
