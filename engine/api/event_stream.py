"""The log as server-sent events (WHATWG HTML 9.2), without a gap and without a double.

Each event carries the id from which a client goes on.  A portion is held at a time, and the next
is read when the client has taken it.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import msgspec

from engine.api import auth, event_shown, places
from engine.api.call import Call
from engine.api.following import Follower
from engine.errors import LogUnavailable
from engine.events import Event, Recorded
from engine.runtime.real import pause

CONTENT_TYPE = "text/event-stream"
PORTION = 100  # events
HEARTBEAT_S = 15.0  # real seconds
AGAIN_MS = 2_000  # after which a browser tries again
AWAY_S = 1.0

_BEAT = b":\n\n"
_NO_KEY = b": this key may not read any more\n\n"


async def feed(call: Call, reader: Follower) -> AsyncGenerator[bytes, None]:
    """Ends with the process, or when the key may not read any more."""
    with call.deps.requests.aside():
        yield f"retry: {AGAIN_MS}\nid: {reader.cursor}\n\n".encode()
        async with aclosing(_portions(call, reader)) as portions:
            async for portion in portions:
                if not auth.still(call.deps.views, call.caller, "read", call.deps.clock.now()):
                    yield _NO_KEY
                    return
                yield portion


async def _portions(call: Call, reader: Follower) -> AsyncGenerator[bytes, None]:
    """A log that grows all the time by what is others' gives heartbeats too."""
    loop, requests = asyncio.get_running_loop(), call.deps.requests
    due = loop.time() + HEARTBEAT_S
    while not requests.ending:
        found, more = await _some(reader)
        if found or loop.time() >= due:
            yield b"".join(_line(call, one) for one in found) or _BEAT
            due = loop.time() + HEARTBEAT_S
        if not more and await _grown(reader, due) and not found:
            await reader.gathered()


async def _some(reader: Follower) -> tuple[list[Recorded[Event]], bool]:
    """A log that is away is waited for, with heartbeats meanwhile."""
    try:
        return await reader.some(PORTION)
    except LogUnavailable:
        await pause(AWAY_S)
        return [], False


async def _grown(reader: Follower, due: float) -> bool:
    """Whether the log has, before a heartbeat is due by the loop's clock, or the process ends."""
    try:
        async with asyncio.timeout_at(due):
            return await reader.grown()
    except TimeoutError:
        return False


def _line(call: Call, recorded: Recorded[Event]) -> bytes:
    shown = event_shown.shown(recorded, platform=call.caller.tenant is None)
    head = f"id: {places.cursor(call, recorded)}\nevent: {shown.type}\ndata: "
    return head.encode() + msgspec.json.encode(shown) + b"\n\n"
