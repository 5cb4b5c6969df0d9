"""Writes: commands of one request in one append, once for each Idempotency-Key."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from engine.api import reading
from engine.api.call import Call, Raw
from engine.api.problems import Problem
from engine.api.route import Route
from engine.commands import By, Command
from engine.errors import Rejected
from engine.events.command import COMMAND
from engine.ids import CommandId, Position, TenantId
from engine.runtime.command_handler import Asked

KEY_MAX = 255  # letters of an Idempotency-Key


def request_id(call: Call, tenant: TenantId | None) -> CommandId:
    """Equal for equal tenant, actor and Idempotency-Key; without one, like no other."""
    key = call.idempotency_key
    if key is None:
        return CommandId(call.deps.ids())
    if not key or len(key) > KEY_MAX or not key.isascii() or not key.isprintable():
        why = f"an Idempotency-Key is 1 to {KEY_MAX} printable ASCII letters, such as a UUID"
        raise Problem("bad-request", why)
    text = msgspec.json.encode([tenant, call.caller.actor, key])
    return CommandId(hashlib.sha256(text).hexdigest())


def digest(key: str | None, route: Route, path: Mapping[str, str], taken: Any) -> str:
    """Equal for what is asked again by the same Idempotency-Key, however it was written down; ""
    where nothing can be.  The key is in it, so that nobody guesses from it what was asked.
    """
    if key is None or isinstance(taken, Raw):
        return ""
    asked = [key, route.method, route.path, dict(path), taken]
    return hashlib.sha256(msgspec.json.encode(asked, order="deterministic")).hexdigest()


async def ask(
    call: Call, asked: Sequence[Asked], tenant: TenantId | None, request: CommandId | None = None
) -> Position:
    """Where its last event stands; raises Rejected."""
    request = request or request_id(call, tenant)
    if call.since is not None:  # the first is about what the path names
        asked = [asked[0]._replace(since=call.since), *asked[1:]]
    actor = call.caller.actor
    by = By(tenant=tenant, actor=actor, cause=request, id=request, asked=call.asked)
    completed, position = await call.deps.handler.handle(asked, by)
    if completed.code == "changed":
        why = f"{completed.why}; read it again, and send its ETag in If-Match as it came"
        raise Problem("changed", why)
    if completed.outcome == "rejected":
        raise Rejected(completed.why, code=completed.code, index=completed.index)
    return position


async def seen(call: Call, position: Position) -> bool:
    return await reading.visible(call.deps, position)


async def asked_before(call: Call, request: CommandId) -> list[Command]:
    """The commands that this request was answered for, if it was."""
    recorded = await call.deps.log.read(COMMAND, request)
    if not recorded:
        return []
    return msgspec.json.decode(recorded[-1].event.commands, type=list[Command])
