"""Pictures, as the Bot API takes them: a file beside the form, of a size that phones can show.

Limits: core.telegram.org/bots/api#sendphoto (10 MB, width and height 10,000 in all, ratio 20).
"""

import struct
import zlib

from aiohttp.web import FileField

from engine.demo.telegram_wire import Form, bad

BYTES_MAX = 10 * 1024 * 1024
SIDES_MAX, RATIO_MAX = 10_000, 20
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def photo_of(form: Form) -> bytes:
    """Raises Said as Telegram does for what is no picture."""
    name = str(form.get("photo", ""))
    if not name:
        raise bad("there is no photo in the request")
    file = form.get(name.removeprefix("attach://")) if name.startswith("attach://") else None
    if not isinstance(file, FileField):
        raise bad("wrong file identifier/HTTP URL specified")
    data = file.file.read()
    if len(data) > BYTES_MAX:
        raise bad("file is too big")
    width, height = _sides(data)
    if width + height > SIDES_MAX or max(width, height) > RATIO_MAX * min(width, height):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return data


def _sides(data: bytes) -> tuple[int, int]:
    """Of a PNG whose every chunk is whole; raises Said."""
    if not data.startswith(_SIGNATURE):
        raise bad("IMAGE_PROCESS_FAILED")
    at, kinds = len(_SIGNATURE), list[bytes]()
    pixels = bytearray()
    while at + 12 <= len(data):
        (size,) = struct.unpack_from(">I", data, at)
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        if data[at + 8 + size : at + 12 + size] != struct.pack(">I", zlib.crc32(kind + body)):
            raise bad("IMAGE_PROCESS_FAILED")
        kinds.append(kind)
        pixels += body if kind == b"IDAT" else b""
        at += 12 + size
    if at != len(data) or kinds[:1] != [b"IHDR"] or kinds[-1:] != [b"IEND"]:
        raise bad("IMAGE_PROCESS_FAILED")
    width, height = struct.unpack_from(">II", data, 16)
    try:
        whole = bool(width and height and zlib.decompress(pixels))
    except zlib.error:
        whole = False
    if not whole:
        raise bad("IMAGE_PROCESS_FAILED")
    return int(width), int(height)
