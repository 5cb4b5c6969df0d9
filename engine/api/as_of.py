"""How things stood: the moment a question is about, and the views as they were then."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import msgspec

from engine.api import moments, places
from engine.api.call import Call
from engine.api.problems import Problem
from engine.ids import Position, TenantId
from engine.ports import Reader
from engine.projections.authorities import AUTHORITIES, Authority
from engine.projections.projection import Projection, V
from engine.values.authority import Mode

FIELD = "$.as_of"
ALL = 1_000_000  # of the platform's authorities: one for each tenant and node

Modes = Callable[[str], Mode]  # by what the engine may act over


class Stood(NamedTuple):
    position: Position  # all events up to it had happened
    at: datetime


async def stood(call: Call, as_of: str) -> Stood | None:
    """None: nothing was said, so it is about now.  Raises Problem."""
    if not as_of:
        return None
    position = places.number(as_of) if call.caller.tenant is None else None
    if position is not None:
        return await _place(call, position)
    try:
        then = moments.parse(as_of)
    except ValueError as wrong:
        raise Problem("invalid", str(wrong), field=FIELD) from wrong
    now = call.deps.clock.now()
    if then > now:
        why = f"{as_of} is yet to come: it is {moments.written(now)}"
        raise Problem("invalid", why, field=FIELD)
    return Stood(await call.deps.log.position_at(then), then)


async def _place(call: Call, position: Position) -> Stood:
    head = await call.deps.log.head()
    if head < position:
        raise Problem("invalid", f"the log ends at position {head}", field=FIELD)
    found = await call.deps.log.read_from(Position(max(0, position - 1)), 1)
    return Stood(position, found[0].at if found else call.deps.clock.now())


async def reader(
    call: Call, then: Stood | None, projection: Projection[V], tenant: TenantId | None
) -> Reader:
    """For this projection; as it stands now where ``then`` is None."""
    if then is None:
        return call.deps.models
    return await call.deps.past.at(then.position, (projection.name,), tenant)


async def modes(call: Call, then: Stood | None) -> Modes:
    """Where the engine acted, and where it only observed."""
    if then is None:
        return live(call)
    past = await reader(call, then, AUTHORITIES, None)
    rows = await past.some(AUTHORITIES.name, tenant=None, where={}, limit=ALL)
    known = {key: msgspec.json.decode(body, type=Authority).mode for key, body in rows}
    return lambda over: known.get(over, AUTHORITIES.initial.mode)


def live(call: Call) -> Modes:
    return lambda over: call.deps.views.get(AUTHORITIES, over).mode
