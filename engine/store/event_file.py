"""Events in a file that can be proved without a database: lines of JSON, gzipped.

The first line says what follows, the last one how it ended, so that a torn file is noticed.  In
between there is one line for each event with every column; a body stands there as the text it is,
or in base64 where it is none.  In a tenant's file events of others are left out; so each line also
carries the digest of the event before it, from which its own follows.
"""

from base64 import b64decode, b64encode
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct

from engine.ids import Actor, EventId, Position, TenantId, Version
from engine.store.entry import Entry
from engine.store.link import Link, entry_of, link_of

FORMAT = 1


class _Line(Struct, frozen=True, kw_only=True, tag_field="line", forbid_unknown_fields=True):
    """One of the file."""


class Opening(_Line, frozen=True, kw_only=True, tag="opening"):
    format: int
    engine: str  # its id, as the configuration has it
    tenant: TenantId | None  # None: all events there are
    after: Position  # events after this one
    digest: str  # of that one, hexadecimal


class EventLine(_Line, frozen=True, kw_only=True, tag="event", omit_defaults=True):
    position: Position
    stream: str
    version: Version
    id: EventId
    tag: str
    at: datetime
    tenant: TenantId | None
    actor: Actor
    cause: str
    body: str
    base64: bool = False  # so is the body
    digest: str
    before: str = ""  # of the event before it; in a tenant's file


class Ending(_Line, frozen=True, kw_only=True, tag="ending"):
    events: int
    position: Position  # of the last one; that of the opening, if there is none
    digest: str


Line = Opening | EventLine | Ending

_ENCODER = msgspec.json.Encoder()
_DECODER: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)


def to_line(line: Line) -> bytes:
    return _ENCODER.encode(line) + b"\n"


def of_line(data: bytes) -> Line:
    """Raises MsgspecError for what is none."""
    return _DECODER.decode(data)


def event_line(link: Link, before: str = "") -> EventLine:
    entry = entry_of(link)
    body, base64 = _text(entry.body)
    fields: dict[str, Any] = entry._asdict() | {"body": body, "digest": entry.digest.hex()}
    return EventLine(**fields, base64=base64, before=before)


def link_of_line(line: EventLine) -> Link:
    """Raises ValueError or struct.error where a field is not what it should be."""
    body = b64decode(line.body, validate=True) if line.base64 else line.body.encode()
    at = line.at
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} is in no time zone")
    return link_of(
        Entry(
            position=line.position,
            stream=line.stream,
            version=line.version,
            id=line.id,
            tag=line.tag,
            at=at.astimezone(UTC),
            tenant=line.tenant,
            actor=line.actor,
            cause=line.cause,
            body=body,
            digest=bytes.fromhex(line.digest),
        )
    )


def _text(body: bytes) -> tuple[str, bool]:
    try:
        return body.decode(), False
    except UnicodeDecodeError:
        return b64encode(body).decode(), True
