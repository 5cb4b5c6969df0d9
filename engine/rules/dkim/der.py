"""As much of DER (X.690) as public keys are written in."""

from typing import NamedTuple

INTEGER, BIT_STRING, NULL, OID, SEQUENCE = 0x02, 0x03, 0x05, 0x06, 0x30


class Value(NamedTuple):
    tag: int
    content: bytes


def values(data: bytes) -> list[Value]:
    """What stands in there one after the other; raises ValueError."""
    found, at = [], 0
    while at < len(data):
        value, at = _value(data, at)
        found.append(value)
    return found


def only(data: bytes, tag: int) -> bytes:
    """The content of the one value in there, of that tag; raises ValueError."""
    found = values(data)
    if len(found) != 1 or found[0].tag != tag:
        raise ValueError("it is not the one value that a key is")
    return found[0].content


def number(value: Value) -> int:
    """A positive INTEGER; raises ValueError."""
    content = value.content
    padded = content[:1] == b"\0" and content[1:2] < b"\x80"
    if value.tag != INTEGER or not content or content[0] >= 0x80 or padded:
        raise ValueError("it has no positive number where one must be")
    return int.from_bytes(content, "big")


def encoded(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content


def integer(value: int) -> bytes:
    return encoded(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _value(data: bytes, at: int) -> tuple[Value, int]:
    if len(data) < at + 2:
        raise ValueError("it ends in the middle")
    tag, size, start = data[at], data[at + 1], at + 2
    if size >= 0x80:
        size, start = _long(data, start, size & 0x7F)
    if len(data) < start + size:
        raise ValueError("it ends in the middle")
    return Value(tag, data[start : start + size]), start + size


def _long(data: bytes, at: int, octets: int) -> tuple[int, int]:
    size = int.from_bytes(data[at : at + octets], "big")
    if not 1 <= octets <= 4 or size < 0x80 or size >> (8 * (octets - 1)) == 0:
        raise ValueError("it gives a length that DER does not write so")
    return size, at + octets
