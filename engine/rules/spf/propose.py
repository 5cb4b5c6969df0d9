"""Records to publish: for a pool of addresses, and mended ones."""

import ipaddress
from collections.abc import Collection, Iterable, Sequence

from engine.rules.spf.macros import plain
from engine.rules.spf.parse import parse
from engine.rules.spf.record import (
    RESULT,
    VERSION,
    All,
    Directive,
    Exp,
    Include,
    Ip4,
    Ip6,
    Qualifier,
    Record,
    Redirect,
    Term,
)

LENGTH_MAX = 450  # octets: with its name in one UDP packet of 512 (RFC 7208 3.4)


def proposed(ips: Iterable[str], includes: Sequence[str] = (), all: str = "~all") -> str:
    """For a pool: its addresses as networks where they fill one exactly, then what it includes.

    Above LENGTH_MAX octets, move the addresses into a record of their own and include that.
    Raises ValueError for what is no address, and Malformed for what is no name or no ``all``.
    """
    words = [VERSION, *(f"include:{name}" for name in includes), all]
    return with_ips(parse(" ".join(words)), ips).text


def networks(ips: Iterable[str]) -> tuple[Ip4 | Ip6, ...]:
    """As few as hold these addresses and no other."""
    found = [plain(ip) for ip in ips]
    v4 = [ipaddress.IPv4Network(one) for one in found if isinstance(one, ipaddress.IPv4Address)]
    v6 = [ipaddress.IPv6Network(one) for one in found if isinstance(one, ipaddress.IPv6Address)]
    return (
        *(Ip4(*_written(one)) for one in ipaddress.collapse_addresses(v4)),
        *(Ip6(*_written(one)) for one in ipaddress.collapse_addresses(v6)),
    )


def _written(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> tuple[str, int | None]:
    whole = network.prefixlen == network.max_prefixlen
    return str(network.network_address), None if whole else network.prefixlen


def with_ips(record: Record, ips: Iterable[str]) -> Record:
    """In front of the first term that could turn them away, and of what asks the DNS: an address
    costs no lookup.
    """
    terms = record.terms
    at = next((n for n, term in enumerate(terms) if not isinstance(term, Ip4 | Ip6)), len(terms))
    stops = [n for n, term in enumerate(terms) if isinstance(term, Directive) and _stops(term)]
    at = min(at, *stops) if stops else at
    return Record((*terms[:at], *networks(ips), *terms[at:]))


def _stops(term: Directive) -> bool:
    return RESULT[term.qualifier] != "pass"


def without(record: Record, terms: Collection[Term]) -> Record:
    return Record(tuple(term for term in record.terms if term not in terms))


def once_each(record: Record) -> Record:
    """The first of equal terms is the one that counts."""
    return Record(tuple(dict.fromkeys(record.terms)))


def up_to_all(record: Record) -> Record:
    """Without what is never reached; exp= is read wherever it stands."""
    if record.all is None:
        return record
    rest = [term for term in record.terms if not isinstance(term, Directive | Redirect)]
    return Record((*record.reached, *rest))


def ending_in(record: Record, qualifier: Qualifier) -> Record:
    """With this ``all`` in place of what it had, or of a redirect=."""
    terms = [term for term in record.terms if not isinstance(term, All | Redirect)]
    at = next((n for n, term in enumerate(terms) if isinstance(term, Exp)), len(terms))
    return Record((*terms[:at], All(qualifier), *terms[at:]))


def merged(records: Sequence[Record]) -> Record:
    """One of several: whatever any of them lets pass, and -all only if all of them say so."""
    strict = all(one.all is not None and one.all.qualifier == "-" for one in records)
    terms = [term for one in records for term in one.terms]
    exps = [term for term in terms if isinstance(term, Exp)]
    followed = [Include(term.domain) for term in terms if isinstance(term, Redirect)]
    rest = [term for term in terms if not isinstance(term, Exp)]
    joined = Record((*rest, *followed, *exps[:1]))
    return once_each(ending_in(joined, "-" if strict else "~"))
