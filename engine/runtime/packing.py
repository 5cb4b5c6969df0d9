"""The views of a projection as an image holds them, and back.

A part is a line for each view, ``[key, view]`` in JSON, packed.  Both ways go in slices, so that
nobody else waits for the loop longer than a few milliseconds, however large the fleet is.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from engine.ids import TenantId
from engine.ports import ImageFailed, Part
from engine.projections.projection import Projection, V
from engine.runtime.real import pause
from engine.runtime.sharing import share

SLICE = 64 * 1024  # bytes of JSON between two pauses; about 2 ms to read, less to write
LEVEL = 6  # of zlib: a quarter smaller than 1, for three times the work

_ENCODER = msgspec.json.Encoder()


async def packed(projection: Projection[V], views: Mapping[str, V]) -> list[Part]:
    """One part for each tenant that has views, and one for what is nobody's."""
    keys: dict[TenantId | None, list[str]] = {}
    for n, (key, view) in enumerate(views.items(), start=1):
        keys.setdefault(projection.tenant(view), []).append(key)
        if n % 1_000 == 0:
            await pause(0)
    parts: list[Part] = []
    for tenant, own in keys.items():
        parts.append(Part(tenant, await _packed(views, own)))
        await pause(0)
    return parts


async def _packed(views: Mapping[str, Any], keys: Iterable[str]) -> bytes:
    packer, body, lines = zlib.compressobj(LEVEL), list[bytes](), bytearray()
    for key in keys:
        lines += _ENCODER.encode((key, views[key])) + b"\n"
        if len(lines) >= SLICE:
            body.append(packer.compress(lines))
            lines.clear()
            await pause(0)
    return b"".join((*body, packer.compress(lines), packer.flush()))


async def unpacked(projection: Projection[V], parts: Sequence[Part]) -> dict[str, V]:
    """Raises ImageFailed for what was damaged, or made by another codec."""
    kind = type(projection.initial)
    decoder: msgspec.json.Decoder[tuple[str, V]] = msgspec.json.Decoder(tuple[str, kind])  # type: ignore[valid-type]
    views, known = dict[str, V](), dict[Any, Any]()
    for part in parts:
        try:
            await _unpack(part.body, decoder, views, known)
        except (zlib.error, msgspec.DecodeError) as damage:
            raise ImageFailed(f"what it holds of {part.tenant or 'the platform'}: {damage}") from (
                damage
            )
    return views


async def _unpack(
    body: bytes,
    decoder: "msgspec.json.Decoder[tuple[str, V]]",
    views: dict[str, V],
    known: dict[Any, Any],
) -> None:
    unpacker, rest = zlib.decompressobj(), b""
    piece = b" "
    while piece:
        piece = unpacker.decompress(body, SLICE)
        body = unpacker.unconsumed_tail
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            key, view = decoder.decode(line)
            share(view, known)
            views[key] = view
        await pause(0)
    if rest or not unpacker.eof:
        raise ImageFailed("it is cut off")
