"""The little of the DNS's wire format that a question for addresses needs (RFC 1035 4)."""

from struct import Struct as Layout
from struct import error
from typing import Literal

_HEADER = Layout("!HHHHHH")
_RECORD = Layout("!HHIH")  # type, class, TTL, length
_RECURSE = 0x0100
_RESPONSE, _TRUNCATED, _RCODE = 0x8000, 0x0200, 0x000F
_A, _IN, _NXDOMAIN = 1, 1, 3
_HEAD = _HEADER.pack(0, _RECURSE, 1, 0, 0, 0)
_TAIL = b"\x00\x00\x01\x00\x01"  # the root; type A, class IN
LABEL_MAX, NAME_MAX = 63, 253
_SIZES = [bytes((size,)) for size in range(LABEL_MAX + 1)]
_POINTER = 0xC0

Read = tuple[str, ...] | Literal["foreign", "odd"]


def question(name: str) -> bytes | None:
    """A question for the IPv4 addresses of ``name``, with the id 0; None: it is no name."""
    if not name.isascii() or len(name) > NAME_MAX:
        return None
    labels = name.encode().split(b".")
    sizes = list(map(len, labels))
    if min(sizes) == 0 or max(sizes) > LABEL_MAX:
        return None
    asked = b"".join([_SIZES[size] + label for size, label in zip(sizes, labels, strict=True)])
    return _HEAD + asked + _TAIL


def with_id(packet: bytes, number: int) -> bytes:
    return number.to_bytes(2, "big") + packet[2:]


def read(packet: bytes, asked: bytes) -> Read:
    """The addresses, sorted; () where there are none.  "foreign": no answer to this question,
    whoever sent it; "odd": an answer that takes more than this to understand.
    """
    if len(packet) < len(asked):
        return "foreign"
    _, flags, questions, answers, _, _ = _HEADER.unpack_from(packet)
    ours = packet[12 : len(asked)].lower() == asked[12:].lower()
    if not flags & _RESPONSE or questions != 1 or not ours:
        return "foreign"
    rcode = flags & _RCODE
    if flags & _TRUNCATED or rcode not in (0, _NXDOMAIN):
        return "odd"
    if not answers:
        return ()
    return "odd" if rcode else _addresses(packet, len(asked), answers)


def _addresses(packet: bytes, at: int, records: int) -> Read:
    found: list[str] = []
    try:
        for _ in range(records):
            at = _past_name(packet, at)
            kind, family, _, length = _RECORD.unpack_from(packet, at)
            at += _RECORD.size
            if at + length > len(packet):
                return "odd"
            if (kind, family, length) == (_A, _IN, 4):
                found.append(".".join(map(str, packet[at : at + 4])))
            at += length
    except (IndexError, error):
        return "odd"
    return tuple(sorted(set(found))) if found else "odd"


def _past_name(packet: bytes, at: int) -> int:
    """Names are not compared: the records follow our own question on our own socket."""
    while (size := packet[at]) and size < _POINTER:
        at += size + 1
    return at + (2 if size else 1)
