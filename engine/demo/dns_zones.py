"""What the demo's name server holds, and what it answers.

Block lists have the test entry of RFC 5782 5 (127.0.0.2) and behave, on demand, as real ones have:
emptied, silent, refusing, listing everybody.
"""

import ipaddress
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Literal, NamedTuple

from engine.demo import dns_packets as packets
from engine.ids import IpAddr, Zone

Mood = Literal[
    "well",
    "dead",  # emptied: says "no such name" to everything, its test entry too
    "silent",  # does not answer
    "refused",  # answers REFUSED
    "servfail",
    "everything",  # lists whatever is asked
    "error_code",  # answers 127.255.255.254, "you ask through a public resolver" (Spamhaus)
    "parked",  # every name leads to somebody's web server
]

TEST_ENTRY = IpAddr("127.0.0.2")
KEEP_YES_S, KEEP_NO_S = 300, 60
HEARD_MAX = 10_000

_ALIKE = {"everything": "127.0.0.2", "error_code": "127.255.255.254", "parked": "203.0.113.80"}
_RCODES = {"refused": packets.REFUSED, "servfail": packets.SERVFAIL}


class Reply(NamedTuple):
    packet: bytes
    after_s: float


class DnsZones:
    """Change the dictionaries or call the methods at any time; the next answer knows."""

    def __init__(self, zones: Iterable[Zone] = ()) -> None:
        self.lists: dict[Zone, dict[IpAddr, tuple[str, ...]]] = {}
        self.records: dict[str, dict[str, tuple[str, ...]]] = {}  # "A" -> name -> values
        self.moods: dict[str, Mood] = {}  # of a zone or a name, and of all below it
        self.slow: dict[str, float] = {}  # seconds before an answer, likewise
        self.heard: deque[tuple[str, str]] = deque(maxlen=HEARD_MAX)  # ("A", name), newest last
        for zone in zones:
            self.open(zone)

    def open(self, zone: Zone, *codes: str) -> None:
        """A block list with its test entry, listed with these codes (127.0.0.2)."""
        self.lists[zone] = {TEST_ENTRY: codes or ("127.0.0.2",)}

    def list(self, ip: IpAddr, zone: Zone, *codes: str) -> None:
        self.lists[zone][ip] = codes or ("127.0.0.2",)

    def clear(self, ip: IpAddr, zone: Zone) -> None:
        self.lists[zone].pop(ip, None)

    def behave(self, zone: str, mood: Mood) -> None:
        self.moods[zone] = mood

    def a(self, name: str, *addresses: str) -> None:
        """Its A and AAAA records; none removes them."""
        for kind, version in (("A", 4), ("AAAA", 6)):
            fits = [ip for ip in addresses if ipaddress.ip_address(ip).version == version]
            self._set(kind, name, fits)

    def ptr(self, ip: IpAddr, *names: str) -> None:
        self._set("PTR", ipaddress.ip_address(ip).reverse_pointer, names)

    def txt(self, name: str, *texts: str) -> None:
        self._set("TXT", name, texts)

    def mx(self, name: str, *texts: str) -> None:
        """As in "10 mx1.example.net"."""
        self._set("MX", name, texts)

    def soa(self, name: str) -> None:
        """A zone begins here: there is such a domain."""
        self._set("SOA", name, (f"ns.{name} hostmaster.{name} 1 3600 600 86400 {KEEP_NO_S}",))

    def cname(self, name: str, target: str) -> None:
        self._set("CNAME", name, (target,))

    def _set(self, kind: str, name: str, values: Sequence[str]) -> None:
        self.records.setdefault(kind, {})[name.lower()] = tuple(values)

    def reply(self, packet: bytes) -> Reply | None:
        """None: silence."""
        try:
            query = packets.parse(packet)
        except packets.BadPacket as bad:
            return None if bad.rcode is None else Reply(packets.failure(packet, bad.rcode), 0)
        self.heard.append((packets.KINDS.get(query.kind, str(query.kind)), query.name))
        mood = self.moods.get(_nearest(query.name, self.moods), "well")
        if mood == "silent":
            return None
        after_s = self.slow.get(_nearest(query.name, self.slow), 0.0)
        if mood in _RCODES:
            return Reply(packets.answer(query, _RCODES[mood], []), after_s)
        return Reply(self._answer(query, mood), after_s)

    def _answer(self, query: packets.Query, mood: Mood) -> bytes:
        found = self._found(query, mood)
        if found:
            return packets.answer(query, packets.NOERROR, found)
        rcode = packets.NOERROR if self._exists(query.name, mood) else packets.NXDOMAIN
        zone = _nearest(query.name, self.lists) or "demo.invalid"
        return packets.answer(query, rcode, [], packets.soa(zone, KEEP_NO_S))

    def _found(self, query: packets.Query, mood: Mood) -> Sequence[packets.Found]:
        if mood in _ALIKE:
            return _records(query.kind, [_ALIKE[mood]] if query.kind == packets.A else [])
        if mood == "dead":
            return []
        if query.kind == packets.A and (codes := self._codes(query.name)):
            return _records(packets.A, codes)
        return self._recorded(query.kind, query.name)

    def _recorded(self, kind: int, name: str) -> Sequence[packets.Found]:
        alias = self._values(packets.CNAME, name)
        if not alias or kind == packets.CNAME:
            return _records(kind, self._values(kind, name))
        target = _records(kind, self._values(kind, alias[0]))
        return [*_records(packets.CNAME, alias), *(r._replace(name=alias[0]) for r in target)]

    def _values(self, kind: int, name: str) -> tuple[str, ...]:
        return self.records.get(packets.KINDS.get(kind, ""), {}).get(name, ())

    def _codes(self, name: str) -> tuple[str, ...]:
        zone = _nearest(name, self.lists)
        listed = self.lists.get(Zone(zone), {})
        return listed.get(_address(name.removesuffix(zone).rstrip(".")), ())

    def _exists(self, name: str, mood: Mood) -> bool:
        """There are other records, here or below, or it is a zone's own name: then the answer is
        "no data" (RFC 8020).
        """
        listed = mood != "dead" and bool(self._codes(name))
        held = any(map(partial(_holds, name), self.records.values()))
        return name in self.lists or listed or held


def _holds(name: str, held: Mapping[str, Sequence[str]]) -> bool:
    return any(values and f".{one}".endswith(f".{name}") for one, values in held.items())


def _records(kind: int, values: Iterable[str]) -> Sequence[packets.Found]:
    return [packets.Found(kind, packets.data(kind, value), KEEP_YES_S) for value in values]


def _nearest(name: str, among: Iterable[str]) -> str:
    """The longest of them that is this name or stands above it; "" if none does."""
    return max(
        (one for one in among if name == one or name.endswith(f".{one}")), key=len, default=""
    )


def _address(labels: str) -> IpAddr:
    """The address that octets or nibbles, reversed, stand for; "" if they stand for none."""
    parts = labels.split(".")[::-1]
    text = ".".join(parts)
    if len(parts) == 32:
        text = ":".join("".join(parts[i : i + 4]) for i in range(0, 32, 4))
    try:
        return IpAddr(ipaddress.ip_address(text).compressed)
    except ValueError:
        return IpAddr("")
