"""The log as ``COPY … (FORMAT binary)`` sends it: the bytes that the digests cover, nearly as they
are.

A field of COPY is its length as a 4-byte integer, then its bytes, and NULL is the length -1: just
what a digest takes in (engine/store/digest.py), for texts, integers, ids and bodies.  Only a time
differs, which Postgres counts from 2000.  So nothing is taken apart or built for each field.  In
front of them each row sends what is needed to find one's way: digest, numbers, and sizes.
"""

import struct
from collections.abc import Callable, Sequence

from engine.ids import Position, TenantId
from engine.store.link import Link
from engine.store.pool import Borrowed

PAGE = 20_000  # positions of one COPY: a long one would keep Postgres from tidying up meanwhile
PAGE_S = 60.0  # real seconds

COLUMNS = (
    "digest, at, position, version, octet_length(stream), octet_length(tag),"
    " coalesce(octet_length(tenant), 0) + octet_length(actor) + octet_length(cause),"
    " octet_length(body),"
    " position, stream, version, id, tag, tenant, actor, cause, body"
)
# The count of fields, then each with its length in front.
_HEAD = struct.Struct(">2x 4x32s 4xq 4xq 4xq 4xi 4xi 4xi 4xi")
_TO_STREAM = 4 + 8 + 4  # a position, and the length of the stream
_TO_TAG = 4 + 8 + 4 + 16 + 4  # a version, an id, and the length of the tag
_LENGTHS = 4 * 4  # of tenant, actor, cause and body
_SIGNATURE = 19  # what COPY sends before the first row, without extensions
_END = b"\xff\xff"
_number = struct.Struct(">iQ").pack
_new = tuple.__new__  # at half the price of a call of the class
_64_BITS = 2**64 - 1  # `infinity` is no time the engine wrote, but no reason to fall over either
_SINCE_1970 = 946_684_800_000_000  # microseconds from there to 2000


class Rows:
    """Takes chunks of one COPY, wherever they were cut, and gives links."""

    def __init__(self) -> None:
        self._left = b""
        self._begun = False

    def take(self, chunk: bytes) -> list[Link]:
        data = self._left + chunk  # asyncpg's chunks are bytearrays now and then
        at, end = 0, len(data)
        if not self._begun and end >= _SIGNATURE:
            at, self._begun = _SIGNATURE, True
        found: list[Link] = []
        while end - at >= _HEAD.size:
            digest, moment, position, version, stream, tag, names, body = _HEAD.unpack_from(
                data, at
            )
            first = at + _HEAD.size
            to_tag = first + _TO_STREAM + stream + _TO_TAG
            middle = to_tag + tag
            at_end = middle + names + _LENGTHS + body
            if at_end > end:
                break
            at = at_end
            moment += _SINCE_1970
            link = (
                position,
                data[first + _TO_STREAM : to_tag - _TO_TAG],
                version,
                moment,
                data[to_tag:middle],
                data[at - body : at],
                data[first:middle] + _number(8, moment & _64_BITS) + data[middle:at],
                digest,
            )
            found.append(_new(Link, link))
        self._left = data[at:]
        return found

    @property
    def whole(self) -> bool:
        """Nothing came that was not a row, but for the end."""
        return self._left == _END


async def copy_out(
    connection: Borrowed,
    after: Position,
    upto: Position,
    take: Callable[[Sequence[Link]], None],
    *,
    tenant: TenantId | None = None,
) -> None:
    """Gives ``take`` all events in between, or the tenant's, some at a time and in their order.
    The connection is lost where ``take`` raises.
    """
    rows = Rows()

    async def sink(chunk: bytes) -> None:
        take(rows.take(chunk))

    where = f"position > {after:d} AND position <= {upto:d}"
    if tenant is not None:
        where += " AND tenant = $1"
    try:
        await connection.copy_from_query(
            f"SELECT {COLUMNS} FROM engine.event WHERE {where} ORDER BY position",
            *([] if tenant is None else [tenant]),
            output=sink,
            format="binary",
            timeout=PAGE_S,
        )
    except BaseException:
        connection.terminate()  # asyncpg would wait for the rest of a COPY that nobody reads
        raise
    if not rows.whole:
        raise OSError("Postgres sent rows that are cut off")
