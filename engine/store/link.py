"""One event as the chain takes it in: its stored bytes, taken apart only as far as is needed."""

import struct
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from engine.ids import Actor, EventId, Position, TenantId, Version
from engine.store.digest import frame, moment
from engine.store.entry import Entry

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_length = struct.Struct(">i").unpack_from
_number = struct.Struct(">q").unpack_from


class Link(NamedTuple):
    """``content`` is what a digest covers behind its predecessor's (engine/store/digest.py)."""

    position: int
    stream: bytes
    version: int
    at: int  # microseconds since 1970 UTC
    tag: bytes
    body: bytes
    content: bytes
    digest: bytes


def link_of(entry: Entry) -> Link:
    own = frame(
        stream=entry.stream,
        id=UUID(entry.id).bytes,
        tag=entry.tag,
        tenant=entry.tenant,
        actor=entry.actor,
        cause=entry.cause,
        body=entry.body,
    )
    at = moment(entry.at)
    place = (
        struct.pack(">iq", 8, entry.position) + own.stream + struct.pack(">iq", 8, entry.version)
    )
    return Link(
        position=entry.position,
        stream=entry.stream.encode(),
        version=entry.version,
        at=_number(at, 4)[0],
        tag=entry.tag.encode(),
        body=entry.body,
        content=place + own.what + at + own.rest,
        digest=entry.digest,
    )


def entry_of(link: Link) -> Entry:
    """The columns again, from the very bytes that the digest covers."""
    position, stream, version, id, tag, at, tenant, actor, cause, body = _fields(link.content)
    return Entry(
        position=Position(int.from_bytes(position or b"")),
        stream=_text(stream),
        version=Version(int.from_bytes(version or b"")),
        id=EventId(str(UUID(bytes=id))),
        tag=_text(tag),
        at=EPOCH + timedelta(microseconds=int.from_bytes(at or b"", signed=True)),
        tenant=None if tenant is None else TenantId(tenant.decode()),
        actor=Actor(_text(actor)),
        cause=_text(cause),
        body=body or b"",
        digest=link.digest,
    )


def _fields(content: bytes) -> list[bytes | None]:
    fields: list[bytes | None] = []
    at = 0
    while at < len(content):
        size = _length(content, at)[0]
        at += 4
        if size < 0:
            fields.append(None)
            continue
        fields.append(content[at : at + size])
        at += size
    return fields


def _text(field: bytes | None) -> str:
    return (field or b"").decode()
