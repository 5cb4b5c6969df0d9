"""Reads: through the read models, as whoever asks, and never before an own write is there."""

import asyncio
import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Generic, TypeVar

import msgspec
from msgspec import Struct

from engine.api import as_of, auth, places
from engine.api.as_of import Stood
from engine.api.call import Answer, Call, Caller, Page
from engine.api.decode import NUL
from engine.api.deps import Deps
from engine.api.problems import Problem
from engine.ids import Position, TenantId
from engine.ports import Reader
from engine.projections.projection import Projection

VISIBLE_WITHIN_S = 2
V = TypeVar("V")
T = TypeVar("T")


class Later(Struct, frozen=True):
    """It was done, and can be read there in a moment."""

    see: str


class Items(Struct, Generic[T], frozen=True):
    items: list[T]
    next: str | None  # ``after`` of the next page; None: this was the last one


async def visible(deps: Deps, position: Position) -> bool:
    """Whether readers see what stands at ``position``; waits a little for it."""
    try:
        async with asyncio.timeout(VISIBLE_WITHIN_S):
            await deps.pump.reached(position)
    except TimeoutError:
        return False
    return True


def token(deps: Deps, caller: Caller, position: Position) -> str:
    """A position as whoever asks may know it: the platform counts, a tenant holds a token."""
    tenant = caller.tenant
    return str(position) if tenant is None else deps.seal.position(tenant, position)


async def at_least(deps: Deps, caller: Caller, field: str, text: str) -> None:
    """Raises Problem while readers do not see it, and for what was never given out."""
    try:
        position = _position(deps, caller, text)
    except ValueError as wrong:
        why = f"{text!r} is not the X-Position of an answer to you; send it as it came"
        raise Problem("invalid", why, field=field) from wrong
    if not await visible(deps, position):
        why = "what stands at this position cannot be read yet; ask again"
        raise Problem("behind", why, headers={"Retry-After": "1"})


def _position(deps: Deps, caller: Caller, text: str) -> Position:
    if caller.tenant is not None:
        return deps.seal.position_of(caller.tenant, text)
    found = places.number(text)
    if found is None:
        raise ValueError(text)
    return found


async def one(
    reader: Reader, projection: Projection[V], key: str, tenant: TenantId | None
) -> V | None:
    body = await reader.one(projection.name, key, tenant=tenant)
    return None if body is None else msgspec.json.decode(body, type=type(projection.initial))


async def written(
    deps: Deps, position: Position, projection: Projection[V], key: str, tenant: TenantId | None
) -> V | None:
    """A row as it stands after an own write; None: it cannot be read yet."""
    if not await visible(deps, position):
        return None
    return await one(deps.models, projection, key, tenant)


def later(call: Call, path: str, position: Position) -> Answer:
    """It was done, and can be read there in a moment."""
    seen = token(call.deps, call.caller, position)
    return Answer(Later(f"{path}?at_least={seen}"), 202, position, path)


async def page(
    call: Call,
    query: Page,
    projection: Projection[V],
    show: Callable[[V], T | None],
    where: Mapping[str, str | None] | None = None,
) -> Answer:
    """Rows in the order of their keys; one that ``show`` makes nothing of is passed over."""
    decoder = msgspec.json.Decoder(type(projection.initial))
    return await rows(call, query, projection, lambda body, _: show(decoder.decode(body)), where)


async def rows(
    call: Call,
    query: Page,
    projection: Projection[V],
    show: Callable[[bytes, datetime], T | None],
    where: Mapping[str, str | None] | None = None,
) -> Answer:
    """A page whose rows ``show`` is given as they are stored, with the moment that it is of."""
    tenant = auth.reads_as(call.deps.views, call.caller, query.tenant)
    then = await as_of.stood(call, query.as_of)
    reader = await as_of.reader(call, then, projection, tenant)
    at = then.at if then else call.deps.clock.now()
    wanted = {name: text for name, text in (where or {}).items() if text is not None}
    after, found = opened(call, query.after), list[T]()
    while True:
        left = query.limit - len(found)
        some = await reader.some(
            projection.name, tenant=tenant, where=wanted, after=after, limit=left
        )
        shown = [show(body, at) for _, body in some]
        found += [row for row in shown if row is not None]
        after = some[-1][0] if some else after
        if len(some) < left:
            return as_then(call, then, Answer(Items(found, None)))
        if len(found) == query.limit:
            return as_then(call, then, Answer(Items(found, closed(call, after))))


def as_then(call: Call, then: Stood | None, answer: Answer) -> Answer:
    """The answer, saying what it is as of."""
    if then is None:
        return answer
    position = then.position if call.caller.tenant is None else None
    return answer._replace(then=(position, then.at))


def closed(call: Call, text: str) -> str:
    """A cursor: opaque, and safe in a URL.  A tenant's is sealed, for keys of rows hold positions
    and others' names.
    """
    if call.caller.tenant is not None:
        return call.deps.seal.closed(call.caller.tenant, "after", text)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def opened(call: Call, cursor: str) -> str:
    """Raises Problem; none was given: ""."""
    if not cursor:
        return ""
    try:
        if call.caller.tenant is not None:
            return call.deps.seal.opened(call.caller.tenant, "after", cursor)
        return _plain(cursor)
    except ValueError as wrong:
        why = f"{cursor!r} is not a cursor; give `next` of the page before, or leave it out"
        raise Problem("invalid", why, field="$.after") from wrong


def _plain(cursor: str) -> str:
    text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode()
    if NUL in text:
        raise ValueError("no key of a row holds a NUL")
    return text
