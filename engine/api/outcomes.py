"""Waiting for what comes of a request that needs the world."""

import asyncio
from collections.abc import Callable

from engine.api.call import Call
from engine.ids import Position
from engine.projections.projection import Projection, V

WITHIN_S = 20.0  # real seconds; then it is read where the answer says


async def seen(
    call: Call,
    projection: Projection[V],
    key: str,
    after: Position,
    done: Callable[[V], bool],
) -> V | None:
    """The view, once readers see ``after`` and it is ``done``; None: not in time, or the process
    ends.
    """
    try:
        async with asyncio.timeout(WITHIN_S):
            return await _seen(call, projection, key, after, done)
    except TimeoutError:
        return None


async def _seen(
    call: Call, projection: Projection[V], key: str, after: Position, done: Callable[[V], bool]
) -> V | None:
    pump, log, requests = call.deps.pump, call.deps.log, call.deps.requests
    await pump.reached(after)
    while True:
        view, at = call.deps.views.get(projection, key), pump.position
        if done(view):
            return view
        if not await requests.until_end(log.wait_beyond(at)):
            return None
        await pump.reached(Position(at + 1))
