"""An event as the API shows it."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Raw, Struct

from engine.api.sentences import sentence
from engine.events import Event, Recorded
from engine.ids import EffectKey, Position, TenantId
from engine.runtime.notes import ENGINE

# What counts everybody's events; the keys of effects hold a position too.
_COUNTS: tuple[object, ...] = (Position, EffectKey, dict[str, Position])


class EventShown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    position: Position | None = None  # the platform's alone: it tells of everybody's events
    id: str
    at: datetime
    stream: str
    tenant: TenantId | None
    actor: str
    cause: str | None = None  # a look made for several names the one that wanted it
    type: str
    says: str  # the event as a sentence
    event: Raw  # for a tenant without the positions in it


def shown(recorded: Recorded[Event], *, platform: bool) -> EventShown:
    body = msgspec.json.encode(recorded.event)
    return EventShown(
        position=recorded.position if platform else None,
        id=recorded.id,
        at=recorded.at,
        stream=recorded.stream,
        tenant=recorded.tenant,
        actor=recorded.actor,
        cause=recorded.cause if platform or recorded.actor != ENGINE else None,
        type=str(recorded.event.__struct_config__.tag),
        says=sentence(recorded),
        event=Raw(body if platform else _without_counts(recorded.event, body)),
    )


def _without_counts(event: Struct, body: bytes) -> bytes:
    fields = msgspec.json.decode(body)
    return msgspec.json.encode(fields) if _forget(event, fields) else body


def _forget(value: Struct, fields: dict[str, Any]) -> bool:
    """Whether there was something to forget."""
    found = False
    for field in msgspec.structs.fields(value):
        inner = getattr(value, field.name)
        if field.type in _COUNTS:
            found = fields.pop(field.encode_name, None) is not None or found
        elif isinstance(inner, Struct):
            found = _forget(inner, fields[field.encode_name]) or found
    return found
