"""DNS block lists (RFC 5782): how to ask, what an answer means, when a zone is to be believed.

An answer is judged by zone and code: "it resolves" is not "it is listed".  Codes also say that the
list refuses us, a parked domain resolves to anything, and an emptied zone calls everybody clean.
"""

import ipaddress
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Literal, get_args

from engine.ids import IpAddr, Zone
from engine.rules.dnsbl_catalogue import DEFAULT, BlockList, Catalogue, Kind, Severity
from engine.rules.dnsbl_codes import Sense, meanings, order, outside, sense
from engine.values.verdict import Answer, Health, Verdict

EVERY = timedelta(hours=4)  # each IP, and the test points of a dead zone
CONFIRM_AFTER = timedelta(minutes=5)  # a hit is believed when a second round finds it too
HITS_MIN = 2
CLEAR_APART = timedelta(hours=24)  # two clean looks this far apart end a listing
ROUND_MAX = 500  # IPs
ROUND_S = 60  # of questions, in real seconds

# A records, or what came instead.  nodata: the name is there, and has no such record.
Reply = tuple[str, ...] | Literal["refused", "unanswered", "nodata"]

DEAD = Answer("unanswered", proof="unproved")  # or worth as little
_UNASKED: Mapping[Health, Answer] = {
    "refusing": Answer("refused", proof="unproved"),
    "silent": Answer("unanswered"),
}
_SPOILS: frozenset[Sense] = frozenset({"error", "unknown", "astray"})  # nothing is clean beside it


# --- asking --------------------------------------------------------------------------------------


def question(ip: IpAddr, zone: Zone, catalogue: Catalogue = DEFAULT) -> str:
    """The name to look up: octets, or the 32 nibbles of IPv6, reversed (RFC 5782 2.1, 2.4).  It
    may hold a key: it is for the resolver alone, and ``without_keys`` for everybody else.
    """
    below = catalogue[zone].asked if zone in catalogue else zone
    return f"{_reversed(ip)}.{below}"


def _reversed(ip: IpAddr) -> str:
    if is_v6(ip):
        return ipaddress.IPv6Address(ip).reverse_pointer.removesuffix(".ip6.arpa")
    return ".".join(reversed(ip.split(".")))


def without_keys(text: str, catalogue: Catalogue) -> str:
    """What a resolver or a list said, fit to be told: it may repeat the name that it was asked."""
    for one in catalogue.values():
        text = one.key.out_of(text) if one.key else text
    return text


def parts(zone: Zone, catalogue: Catalogue = DEFAULT) -> tuple[Zone, ...]:
    """The zones that are read from the answer of this one."""
    return tuple(one.zone for one in catalogue.values() if one.part_of == zone)


def to_ask(zones: Sequence[Zone] = (), catalogue: Catalogue = DEFAULT) -> tuple[Zone, ...]:
    """The zones that answer for these lists of addresses, all if none is named: a part's is its
    whole.  A zone that the catalogue holds no more is passed over, and so are lists of domains,
    which take a question about an address for an error.
    """
    return asked_of("ip", zones, catalogue)


def asked_of(kind: Kind, zones: Sequence[Zone], catalogue: Catalogue) -> tuple[Zone, ...]:
    wanted = [catalogue[zone] for zone in zones or catalogue if zone in catalogue]
    return tuple(dict.fromkeys(one.part_of or one.zone for one in wanted if one.kind == kind))


def can_list(ip: IpAddr, zone: Zone, catalogue: Catalogue = DEFAULT) -> bool:
    """Most lists hold IPv4 addresses alone, and would call every other one clean."""
    return catalogue[zone].ipv6 or not is_v6(ip)


def is_v6(ip: IpAddr) -> bool:
    return ":" in ip


# --- judging -------------------------------------------------------------------------------------


def judge(zone: Zone, reply: Reply, catalogue: Catalogue = DEFAULT) -> dict[Zone, Answer]:
    """What a reply says for the zone that was asked and for each of its parts.

    A code that the catalogue does not know is no listing, and nothing is called clean beside it.
    Where there is no listing, the codes of the answer are those that kept it from being clean.
    """
    named = (zone, *parts(zone, catalogue))
    if astray(reply):
        return dict.fromkeys(named, Answer("unanswered", "unproved", codes_of(reply)))
    asked = catalogue[zone]
    strange = tuple(code for code in codes_of(reply) if sense(asked, code) in _SPOILS)
    rest = Answer(otherwise(asked, reply), codes=strange)
    return {name: _read(catalogue[name], reply, rest) for name in named}


def unasked(zone: Zone, health: Health, catalogue: Catalogue = DEFAULT) -> dict[Zone, Answer]:
    """Of a zone that failed its opening test: it is named, and nothing was learned.  Silence
    disproves nothing; it is an answer still to come.
    """
    answer = _UNASKED.get(health, DEAD)
    return dict.fromkeys((zone, *parts(zone, catalogue)), answer)


def disprove(answers: Mapping[Zone, Answer], health: Health) -> dict[Zone, Answer]:
    """Of a zone that failed its closing test: heard, and not believed.  A list that refuses us may
    have answered "clean" to say so (Spamhaus' mirrors once did).
    """
    return {zone: _disproved(answer, health) for zone, answer in answers.items()}


def _disproved(answer: Answer, health: Health) -> Answer:
    if health == "refusing" and answer.verdict == "clean":
        return Answer("refused", proof="unproved")
    return Answer(answer.verdict, proof="unproved", codes=answer.codes)


def _read(one: BlockList, reply: Reply, rest: Answer) -> Answer:
    codes = listing(one, reply)
    return Answer("listed", codes=codes) if codes else rest


def listing(one: BlockList, reply: Reply) -> tuple[str, ...]:
    """The codes by which this list says "listed"."""
    return tuple(code for code in codes_of(reply) if sense(one, code) == "listing")


def otherwise(one: BlockList, reply: Reply) -> Verdict:
    """The verdict where no listing is found.  Errors that come with listings only spoil "clean"."""
    if reply == "nodata":
        return "clean" if one.nodata else "unanswered"
    if isinstance(reply, str):
        return reply
    senses = {sense(one, code) for code in reply}
    if "error" in senses:
        return "refused"
    return "unanswered" if senses & _SPOILS else "clean"


def codes_of(reply: Reply) -> tuple[str, ...]:
    return () if isinstance(reply, str) else tuple(sorted(set(reply), key=order))


def astray(reply: Reply) -> bool:
    """An address outside 127/8: the domain is parked, or a resolver on the way rewrites."""
    return any(outside(code) for code in codes_of(reply))


# --- telling -------------------------------------------------------------------------------------


def sublists(zone: Zone, codes: Sequence[str], catalogue: Catalogue = DEFAULT) -> tuple[str, ...]:
    """The lists within the list that these codes name, by the name that people know."""
    said = (means.sub for code in codes for means in meanings(catalogue[zone], code))
    return tuple(dict.fromkeys(sub for sub in said if sub))


def explained(zone: Zone, codes: Sequence[str], catalogue: Catalogue = DEFAULT) -> tuple[str, ...]:
    """Each code of a listing in words: "CSS (127.0.0.3): spam source, listed by machine"."""
    return tuple(
        f"{means.sub} ({code}): {means.means}" if means.sub else f"{code}: {means.means}"
        for code in codes
        for means in meanings(catalogue[zone], code)
    )


def severity(zone: Zone, codes: Sequence[str], catalogue: Catalogue = DEFAULT) -> Severity:
    """How much a listing by these codes costs: that of the worst."""
    one = catalogue[zone]
    found = [means.severity or one.severity for code in codes for means in meanings(one, code)]
    return min(found, key=get_args(Severity).index, default=one.severity)


def delisting_page(zone: Zone, ip: IpAddr, catalogue: Catalogue = DEFAULT) -> str:
    """Where a person reads why the address is listed and asks for its removal."""
    return catalogue[zone].delisting.replace("{ip}", ip)
