"""Whether a list is to be believed now: its test points, and what their answers say (RFC 5782 5).

A list that died calls everybody clean, one that was parked or shut down in anger lists everybody,
and one that refuses us does either.  All three have happened (SORBS 2024, SpamCop 2021).
"""

import ipaddress
from collections.abc import Mapping
from typing import Literal, NamedTuple, Protocol, TypeVar

from engine.ids import IpAddr, Zone
from engine.rules.dnsbl import Reply, astray, codes_of, listing, otherwise
from engine.rules.dnsbl_catalogue import DEFAULT, BlockList, Catalogue
from engine.rules.dnsbl_codes import sense
from engine.values.verdict import Health

_NEVER_USED = ipaddress.ip_network("198.18.0.0/15")  # RFC 2544: benchmarks; no mail comes from it

Expect = Literal["listed", "clean", "unused"]


class Tested(Protocol):
    """A test point of either kind: it is known what a living list answers (RFC 5782 5)."""

    @property
    def expect(self) -> Expect: ...

    @property
    def subject(self) -> str:
        """Who is asked about: an address, or a domain."""


T = TypeVar("T", bound=Tested)


class Point(NamedTuple):
    """A test point of a list of addresses."""

    ip: IpAddr
    expect: Expect

    @property
    def subject(self) -> str:
        return self.ip


class Finding(NamedTuple):
    health: Health
    why: str  # the test points and what they answered


def unused_ip(number: int) -> IpAddr:
    """The ``number``-th address that nobody sends from.  A random public one will not do: PBL
    lists a large part of them, and ZEN would look as if it listed everything.
    """
    return IpAddr(str(_NEVER_USED[number % _NEVER_USED.num_addresses]))


def points(zone: Zone, unused: IpAddr, catalogue: Catalogue = DEFAULT) -> tuple[Point, ...]:
    """The addresses a living list must list, must not list, and has no reason to list.  The last,
    a new one each time, finds the wildcard that spares 127.0.0.1.
    """
    one = catalogue[zone]
    return (
        *(Point(IpAddr(ip), "listed") for ip in one.must_list),
        *(Point(IpAddr(ip), "clean") for ip in one.must_not_list),
        Point(unused, "unused"),
    )


def points_v6(zone: Zone, catalogue: Catalogue = DEFAULT) -> tuple[Point, ...]:
    """The same addresses as IPv6 lists hold them, ::ffff:7f00:2 for 127.0.0.2 (RFC 5782 5)."""
    one = catalogue[zone]
    return (
        *(Point(_mapped(ip), "listed") for ip in one.must_list),
        *(Point(_mapped(ip), "clean") for ip in one.must_not_list),
    )


def _mapped(ip: str) -> IpAddr:
    number = (0xFFFF << 32) + int(ipaddress.IPv4Address(ip))
    return IpAddr(ipaddress.IPv6Address(number).compressed)


def health(zone: Zone, heard: Mapping[T, Reply], catalogue: Catalogue = DEFAULT) -> Finding:
    """How a zone is, by what its test points answered; only an alive one is believed."""
    one = catalogue[zone]
    state, cause = _state(one, heard)
    if one.retired and state != "alive":
        state, cause = "dead", one.retired
    said = "; ".join(f"{point.subject}: {_said(one, reply)}" for point, reply in heard.items())
    return Finding(state, f"{cause} ({said})")


def _state(one: BlockList, heard: Mapping[T, Reply]) -> tuple[Health, str]:
    """The first that holds: who refuses cannot be judged, nor who lists everybody believed."""
    must = [reply for point, reply in heard.items() if point.expect == "listed"]
    if any(otherwise(one, reply) == "refused" for reply in heard.values()):
        return "refusing", "it refuses our questions"
    if any(astray(reply) for reply in must):
        return "dead", "it answers outside 127.0.0.0/8: its domain is parked, or answers are forged"
    if any(_wrongly(one, point, reply) for point, reply in heard.items()):
        return "lists_everything", "it lists what no list may list"
    if "unanswered" in heard.values():
        return "silent", "it does not answer"
    if any(reply in ((), "nodata") for reply in must):
        return "dead", "it does not list its own test entry: it is empty or gone"
    if "nodata" in heard.values() and not one.nodata:
        return "silent", "it says neither that an address is listed nor that it is not"
    if not all(_lists(one, reply) for reply in must):
        return "silent", "it lists its test entry with a code that we do not know"
    return "alive", "its test points answer as they must"


def _lists(one: BlockList, reply: Reply) -> bool:
    """A test entry may have a code of its own."""
    return bool(listing(one, reply)) or any(code in one.test_codes for code in codes_of(reply))


def _wrongly(one: BlockList, point: Tested, reply: Reply) -> bool:
    """Whole ranges may hold an address that nobody uses; nothing may hold 127.0.0.1."""
    if point.expect == "listed":
        return False
    excused = one.ranges if point.expect == "unused" else ()
    return any(code not in excused and sense(one, code) != "harmless" for code in codes_of(reply))


def _said(one: BlockList, reply: Reply) -> str:
    if isinstance(reply, str):
        return reply
    return (
        ", ".join(f"{c} {one.errors.get(c, '')}".strip() for c in codes_of(reply)) or "not listed"
    )
