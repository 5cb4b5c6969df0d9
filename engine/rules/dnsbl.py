"""DNS block lists (RFC 5782): how to ask, what an answer means, when a zone is to be believed.

An answer is judged by zone and code: "it resolves" is not "it is listed".  Codes also say that the
list refuses us, a parked domain resolves to anything, and an emptied zone calls everybody clean.
"""

import ipaddress
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Literal

from engine.ids import IpAddr, Zone
from engine.rules.dnsbl_catalogue import DEFAULT, BlockList, Catalogue
from engine.values.verdict import Answer, Health, Verdict

EVERY = timedelta(hours=4)  # each IP, and the test points of a dead zone
CONFIRM_AFTER = timedelta(minutes=5)  # a hit is believed when a second round finds it too
HITS_MIN = 2
CLEAR_APART = timedelta(hours=24)  # two clean looks this far apart end a listing
ROUND_MAX = 500  # IPs
ROUND_S = 60  # of questions, in real seconds

Reply = tuple[str, ...] | Literal["refused", "unanswered"]  # A records, or what came instead


_LISTS = ipaddress.ip_network("127.0.0.0/8")  # RFC 5782 2.1: every answer lies in here
_ERRORS = ipaddress.ip_network("127.255.255.0/24")  # Spamhaus and Validity: "we refuse you"
_REFUSED = "127.0.0.1"  # URIBL and SURBL: "we refuse you"; RFC 5782 5 keeps it from being listed


# --- asking --------------------------------------------------------------------------------------


def question(ip: IpAddr, zone: Zone) -> str:
    """The name to look up: octets, or the 32 nibbles of IPv6, reversed (RFC 5782 2.1, 2.4)."""
    reverse = ipaddress.ip_address(ip).reverse_pointer
    return f"{reverse.removesuffix('.in-addr.arpa').removesuffix('.ip6.arpa')}.{zone}"


def parts(zone: Zone, catalogue: Catalogue = DEFAULT) -> tuple[Zone, ...]:
    """The zones that are read from the answer of this one."""
    return tuple(one.zone for one in catalogue.values() if one.part_of == zone)


def to_ask(zones: Sequence[Zone] = (), catalogue: Catalogue = DEFAULT) -> tuple[Zone, ...]:
    """The zones that answer for these lists, all if none is named: a part's is its whole.  A zone
    that the catalogue holds no more is passed over.
    """
    wanted = [catalogue[zone] for zone in zones or catalogue if zone in catalogue]
    return tuple(dict.fromkeys(one.part_of or one.zone for one in wanted))


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
    strange = tuple(code for code in codes_of(reply) if code not in asked.codes)
    rest = Answer(otherwise(asked, reply), codes=strange)
    return {name: _read(catalogue[name], reply, rest) for name in named}


def unasked(zone: Zone, health: Health, catalogue: Catalogue = DEFAULT) -> dict[Zone, Answer]:
    """Of a zone that failed its opening test: it is named, and nothing was learned.  Silence
    disproves nothing; it is an answer still to come.
    """
    verdict: Verdict = "refused" if health == "refusing" else "unanswered"
    answer = Answer(verdict, proof="proved" if health == "silent" else "unproved")
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
    return tuple(code for code in codes_of(reply) if code in one.codes)


def otherwise(one: BlockList, reply: Reply) -> Verdict:
    """The verdict where no listing is found.  Errors that come with listings only spoil "clean"."""
    if isinstance(reply, str):
        return reply
    rest = [code for code in reply if code not in one.codes]
    if any(_is_error(one, code) for code in rest):
        return "refused"
    return "unanswered" if rest else "clean"


def codes_of(reply: Reply) -> tuple[str, ...]:
    return () if isinstance(reply, str) else tuple(sorted(set(reply), key=ipaddress.ip_address))


def _is_error(one: BlockList, code: str) -> bool:
    return code in one.errors or code == _REFUSED or ipaddress.ip_address(code) in _ERRORS


def astray(reply: Reply) -> bool:
    """An address outside 127/8: the domain is parked, or a resolver on the way rewrites."""
    return any(ipaddress.ip_address(code) not in _LISTS for code in codes_of(reply))


def delisting_page(zone: Zone, ip: IpAddr, catalogue: Catalogue = DEFAULT) -> str:
    """Where a person reads why the address is listed and asks for its removal."""
    return catalogue[zone].delisting.replace("{ip}", ip)
