"""All that happened to a tenant, line by line, for it to keep.

The first line says whose and when, the last how many events there were; a file without a last line
is not whole.  Each line but the first carries a chain: SHA-256 of the chain before it (of 32 zeros
at first) and of the line itself without its chain.  Positions in the log, and its digests, which
cover them, are left out: they count everybody's events.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from hashlib import sha256

import msgspec
from msgspec import Struct

from engine.api import auth, event_shown, tenants
from engine.api.call import Answer, Call, Reading
from engine.api.event_shown import EventShown
from engine.events import Event, Recorded
from engine.ids import Position, TenantId, Version
from engine.ports import Wanted

CONTENT_TYPE = "application/x-ndjson"
FORMAT = "email-engine tenant events 1"
PORTION = 100  # events that are held at a time


class Lines(Struct, frozen=True):
    """A JSON object on each line: one `export`, then each `event` as in the pages of `/events` with
    its `version` in its stream, then one `end`.  A file without `end` is not whole."""


class Opened(Struct, frozen=True, kw_only=True, tag_field="line", tag="export"):
    format: str
    tenant: TenantId
    at: datetime


class Told(
    EventShown, frozen=True, kw_only=True, omit_defaults=True, tag_field="line", tag="event"
):
    version: Version  # in its stream, from 1 on without a gap


class Ended(Struct, frozen=True, kw_only=True, tag_field="line", tag="end"):
    events: int


class Chain:
    """Of the lines so far."""

    def __init__(self) -> None:
        self._last = bytes(32)

    def line(self, of: Struct) -> bytes:
        text = msgspec.json.encode(of)
        self._last = sha256(self._last + text).digest()
        return text[:-1] + b',"chain":"' + self._last.hex().encode() + b'"}\n'


async def export(call: Call, _: Reading) -> Answer:
    """One at a time for each tenant; raises Problem while another one is under way."""
    slug = (await tenants.known(call)).slug
    until = await call.deps.log.head()
    lines = _lines(call, slug, until)
    first = await anext(lines)  # so that a refusal is answered before anything is sent
    name = f'attachment; filename="{slug}.jsonl"'
    return Answer(
        _with(first, lines), content_type=CONTENT_TYPE, headers={"Content-Disposition": name}
    )


async def _with(first: bytes, rest: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    async with aclosing(rest):
        yield first
        async for part in rest:
            yield part


async def _lines(call: Call, tenant: TenantId, until: Position) -> AsyncGenerator[bytes, None]:
    """Ends early, and without its last line, with the process or when the key is good no more."""
    deps, chain, events = call.deps, Chain(), 0
    platform = call.caller.tenant is None
    with deps.exports.one(tenant), deps.requests.aside():
        opened = Opened(format=FORMAT, tenant=tenant, at=deps.clock.now())
        yield msgspec.json.encode(opened) + b"\n"
        pages = deps.log.pages(Position(0), until, Wanted(tenant=tenant), PORTION)
        async with aclosing(pages):
            async for page in pages:
                good = auth.still(deps.views, call.caller, "read", deps.clock.now())
                if deps.requests.ending or not good:
                    return
                told = [chain.line(_told(one, platform)) for one in page.events]
                events += len(told)
                yield b"".join(told)
        yield chain.line(Ended(events=events))


def _told(recorded: Recorded[Event], platform: bool) -> Told:
    shown = event_shown.shown(recorded, platform=platform)
    fields = {name: getattr(shown, name) for name in shown.__struct_fields__}
    return Told(**fields, version=recorded.version)
