"""The little of the DNS wire format that an authoritative answer needs (RFC 1035 4, RFC 6891)."""

import ipaddress
import struct
from collections.abc import Sequence
from typing import NamedTuple

A, NS, CNAME, SOA, PTR, MX, TXT, AAAA, OPT = 1, 2, 5, 6, 12, 15, 16, 28, 41
NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED = 0, 1, 2, 3, 4, 5

KINDS = {
    A: "A",
    NS: "NS",
    CNAME: "CNAME",
    SOA: "SOA",
    PTR: "PTR",
    MX: "MX",
    TXT: "TXT",
    AAAA: "AAAA",
}

_HEADER = struct.Struct("!6H")
_QR, _OPCODE, _AA, _TC, _RD, _RA = 0x8000, 0x7800, 0x0400, 0x0200, 0x0100, 0x0080
_PLAIN_MAX = 512  # bytes of an answer to somebody who does not speak EDNS (RFC 1035 2.3.4)
_OURS_MAX = 1232  # and the most we send to anybody: no fragments (DNS flag day 2020)
_POINTER = 0xC000 | _HEADER.size  # to the name in the question


class BadPacket(Exception):
    """Not a question that can be answered; ``rcode`` says why, None that it deserves no answer."""

    def __init__(self, rcode: int | None) -> None:
        super().__init__(rcode)
        self.rcode = rcode


class Query(NamedTuple):
    id: int
    flags: int
    name: str  # lower case, without the last dot
    kind: int
    question: bytes  # as it came: whoever asks compares the letters' case
    edns: int | None  # the size of answers it takes


class Found(NamedTuple):
    """One record of an answer.  ``name`` None means the name that was asked."""

    kind: int
    data: bytes
    ttl: int
    name: str | None = None


def parse(packet: bytes) -> Query:
    """Raises BadPacket."""
    if len(packet) < _HEADER.size:
        raise BadPacket(None)
    number, flags, questions, _, _, more = _HEADER.unpack_from(packet)
    if flags & _QR:
        raise BadPacket(None)  # an answer; two servers would go on for ever
    if flags & _OPCODE:
        raise BadPacket(NOTIMP)
    if questions != 1:
        raise BadPacket(FORMERR)
    name, end = _name_at(packet, _HEADER.size)
    if len(packet) < end + 4:
        raise BadPacket(FORMERR)
    kind = int.from_bytes(packet[end : end + 2])
    question = packet[_HEADER.size : end + 4]
    return Query(number, flags, name, kind, question, _edns(packet, end + 4) if more else None)


def answer(query: Query, rcode: int, found: Sequence[Found], soa: Found | None = None) -> bytes:
    """The reply; ``soa`` says how long "no" may be kept (RFC 2308 3)."""
    records = b"".join(_record(one) for one in found)
    authority = _record(soa) if soa else b""
    extra = b"" if query.edns is None else struct.pack("!BHHIH", 0, OPT, _OURS_MAX, 0, 0)
    flags = _QR | _AA | _RA | (query.flags & _RD) | rcode
    body = query.question + records + authority + extra
    counts = (1, len(found), 1 if soa else 0, 1 if extra else 0)
    most = _PLAIN_MAX if query.edns is None else min(max(query.edns, _PLAIN_MAX), _OURS_MAX)
    if _HEADER.size + len(body) > most:
        flags, body, counts = flags | _TC, query.question + extra, (1, 0, 0, counts[3])
    return _HEADER.pack(query.id, flags, *counts) + body


def failure(packet: bytes, rcode: int) -> bytes:
    """The reply to a packet whose question could not be read."""
    number, flags = struct.unpack_from("!2H", packet)
    return _HEADER.pack(number, _QR | (flags & (_OPCODE | _RD)) | rcode, 0, 0, 0, 0)


def data(kind: int, text: str) -> bytes:
    """What stands in a record of this kind."""
    if kind in (A, AAAA):
        return ipaddress.ip_address(text).packed
    if kind in (PTR, CNAME, NS):
        return name_bytes(text)
    if kind == MX:
        preference, _, host = text.partition(" ")
        return struct.pack("!H", int(preference)) + name_bytes(host)
    if kind == SOA:
        server, mailbox, *numbers = text.split()
        times = struct.pack("!5I", *map(int, numbers))
        return name_bytes(server) + name_bytes(mailbox) + times
    raw = text.encode()
    return b"".join(
        bytes([len(raw[i : i + 255])]) + raw[i : i + 255] for i in range(0, len(raw), 255)
    )


def soa(zone: str, keep_no_s: int) -> Found:
    """A start of authority whose last number lets "no" be kept for that long."""
    numbers = struct.pack("!5I", 1, 3600, 600, 86400, keep_no_s)
    return Found(
        SOA, name_bytes(f"ns.{zone}") + name_bytes(f"hostmaster.{zone}") + numbers, keep_no_s, zone
    )


def name_bytes(name: str) -> bytes:
    labels = [label.encode() for label in name.rstrip(".").split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def _record(one: Found) -> bytes:
    owner = struct.pack("!H", _POINTER) if one.name is None else name_bytes(one.name)
    return owner + struct.pack("!HHIH", one.kind, 1, one.ttl, len(one.data)) + one.data


def _name_at(packet: bytes, at: int) -> tuple[str, int]:
    """A name written out, and where it ends; in a question there is nothing to point back to."""
    labels = []
    while at < len(packet) and packet[at]:
        size = packet[at]
        if size > 63:
            raise BadPacket(FORMERR)
        labels.append(packet[at + 1 : at + 1 + size])
        at += 1 + size
    if at >= len(packet):
        raise BadPacket(FORMERR)
    return b".".join(labels).decode("latin-1").lower(), at + 1


def _edns(packet: bytes, at: int) -> int | None:
    """The answer size of an OPT record, which clients send alone and first (RFC 6891 6.1.2)."""
    if packet[at : at + 3] != struct.pack("!BH", 0, OPT) or len(packet) < at + 5:
        return None
    return int.from_bytes(packet[at + 3 : at + 5])
