"""The chain: each entry's digest covers its predecessor's digest and its own stored bytes.

    digest = SHA-256(predecessor || field || field || …)    before the first entry: 32 zero bytes

The fields are those of ``Entry`` in their order, without the digest.  Each is its length as a
4-byte big-endian integer, then its bytes; NULL is the length -1 and no bytes, so that it differs
from an empty text.  Texts are UTF-8; position and version are 8-byte big-endian integers; id is
the 16 bytes of the UUID; at is microseconds since 1970 UTC, 8-byte big-endian; body is as stored.
``sql/look/chain.sql`` computes the same in Postgres alone.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from engine.ids import Position
from engine.store.entry import Entry

GENESIS = bytes(32)
START = Position(0)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NULL = (-1).to_bytes(4, "big", signed=True)


def digest_of(entry: Entry, before: bytes) -> bytes:
    """What ``entry.digest`` must be, given its predecessor's; what it is does not matter here."""
    whole = hashlib.sha256(before)
    for field in (
        _integer(entry.position),
        entry.stream.encode(),
        _integer(entry.version),
        UUID(entry.id).bytes,
        entry.tag.encode(),
        _integer((entry.at - _EPOCH) // timedelta(microseconds=1)),
        None if entry.tenant is None else entry.tenant.encode(),
        entry.actor.encode(),
        entry.cause.encode(),
        entry.body,
    ):
        if field is None:
            whole.update(_NULL)
        else:
            whole.update(len(field).to_bytes(4, "big", signed=True) + field)
    return whole.digest()


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


def _integer(number: int) -> bytes:
    return number.to_bytes(8, "big", signed=True)
