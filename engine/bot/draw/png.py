"""PNG, as far as the bot writes it: eight bits of red, green and blue, no filter (W3C PNG, third
edition, 5 and 11.2).
"""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RGB = 2


def encoded(width: int, height: int, pixels: bytes) -> bytes:
    """``pixels``: three bytes each, row by row from the top."""
    head = struct.pack(">IIBBBBB", width, height, 8, _RGB, 0, 0, 0)
    stride = 3 * width
    rows = b"".join(b"\0" + pixels[y * stride : (y + 1) * stride] for y in range(height))
    data = zlib.compress(rows, 6)
    return SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    checked = kind + data
    return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))
