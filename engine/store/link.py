"""One event as the chain takes it in: its stored bytes, taken apart only as far as is needed."""

import struct
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from engine.ids import Actor, EventId, Position, TenantId, Version
from engine.store.digest import content, frame_of, moment
from engine.store.entry import Entry

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Before a field stands its length, of 4 bytes.
_TO_STREAM = 4 + 8 + 4  # a position
_TO_ID = 4 + 8 + 4  # a version
_AT = 4 + 8

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
    at = moment(entry.at)
    return Link(
        position=entry.position,
        stream=entry.stream.encode(),
        version=entry.version,
        at=_number(at, 4)[0],
        tag=entry.tag.encode(),
        body=entry.body,
        content=content(entry.position, entry.version, at, frame_of(entry)),
        digest=entry.digest,
    )


def entry_of(link: Link) -> Entry:
    """The columns again, from the very bytes that the digest covers."""
    content = link.content
    id_at = _TO_STREAM + len(link.stream) + _TO_ID
    at = id_at + 16 + 4 + len(link.tag) + _AT
    tenant, at = _text(content, at)
    actor, at = _text(content, at)
    cause, at = _text(content, at)
    id = content[id_at : id_at + 16].hex()
    return Entry(
        Position(link.position),
        link.stream.decode(),
        Version(link.version),
        EventId(f"{id[:8]}-{id[8:12]}-{id[12:16]}-{id[16:20]}-{id[20:]}"),
        link.tag.decode(),
        EPOCH + timedelta(microseconds=link.at),
        None if tenant is None else TenantId(tenant),
        Actor(actor or ""),
        cause or "",
        link.body,
        link.digest,
    )


def _text(content: bytes, at: int) -> tuple[str | None, int]:
    """A field, and where the next one begins."""
    size = _length(content, at)[0]
    at += 4
    return (None, at) if size < 0 else (content[at : at + size].decode(), at + size)
