"""The chain: each entry's digest covers its predecessor's digest and its own stored bytes.

    digest = SHA-256(predecessor || field || field || …)    before the first entry: 32 zero bytes

The fields are those of ``Entry`` in their order, without the digest.  Each is its length as a
4-byte big-endian integer, then its bytes; NULL is the length -1 and no bytes, so that it differs
from an empty text.  Texts are UTF-8; position and version are 8-byte big-endian integers; id is
the 16 bytes of the UUID; at is microseconds since 1970 UTC, 8-byte big-endian; body is as stored.
``sql/look/chain.sql`` computes the same in Postgres alone.
"""

import struct
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct

from engine.ids import Actor, Position, TenantId
from engine.store.entry import Entry

GENESIS = bytes(32)
START = Position(0)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ID_LENGTH = (16).to_bytes(4, "big")
_NULL = (-1).to_bytes(4, "big", signed=True)
_number = struct.Struct(">iq").pack  # a length, which is 8, and an integer
_length = struct.Struct(">i").pack


class Frame(Struct, frozen=True, gc=False):
    """The fields that are known before an entry has its place, as the digest takes them in."""

    stream: bytes
    what: bytes  # id, tag
    rest: bytes  # tenant, actor, cause, body


def frame(
    stream: str,
    id: bytes,
    tag: str,
    tenant: TenantId | None,
    actor: Actor,
    cause: str,
    body: bytes,
) -> Frame:
    data = cause.encode()
    rest = (_text(tenant), _text(actor), _length(len(data)), data, _length(len(body)), body)
    return Frame(_text(stream), _ID_LENGTH + id + _text(tag), b"".join(rest))


def frame_of(entry: Entry) -> Frame:
    return frame(
        entry.stream,
        UUID(entry.id).bytes,
        entry.tag,
        entry.tenant,
        entry.actor,
        entry.cause,
        entry.body,
    )


def content(position: int, version: int, at: bytes, own: Frame) -> bytes:
    """All that the digest covers, but the predecessor's; ``at`` as ``moment`` gives it."""
    return b"".join(_fields(position, version, at, own))


def chained(before: bytes, position: int, version: int, at: bytes, own: Frame) -> bytes:
    """The digest of an entry."""
    return sha256(b"".join((before, *_fields(position, version, at, own)))).digest()


def _fields(position: int, version: int, at: bytes, own: Frame) -> tuple[bytes, ...]:
    place = (_number(8, position), own.stream, _number(8, version))
    return (*place, own.what, at, own.rest)


def moment(at: datetime) -> bytes:
    return _number(8, (at - _EPOCH) // _MICROSECOND)


def digest_of(entry: Entry, before: bytes) -> bytes:
    """What ``entry.digest`` must be, given its predecessor's; what it is does not matter here."""
    return chained(before, entry.position, entry.version, moment(entry.at), frame_of(entry))


class Break(NamedTuple):
    """The first place at which the chain does not hold."""

    position: Position
    why: str


def first_break(
    entries: Iterable[Entry], *, after: Position = START, before: bytes = GENESIS
) -> Break | None:
    """Walks entries that follow ``after``, whose digest is ``before``; None: the chain is whole."""
    for entry in entries:
        if entry.position != after + 1:
            return Break(Position(after + 1), f"missing: {entry.position} comes after {after}")
        if entry.digest != digest_of(entry, before):
            return Break(
                entry.position, "its digest does not follow from what precedes it and itself"
            )
        after, before = entry.position, entry.digest
    return None


@lru_cache(10_000)  # the same few streams, tags, tenants and actors come again and again
def _text(text: str | None) -> bytes:
    if text is None:
        return _NULL
    data = text.encode()
    return _length(len(data)) + data
