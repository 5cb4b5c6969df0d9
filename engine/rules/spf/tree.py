"""What a record amounts to, together with those that it leads to."""

from collections.abc import Iterator

from engine.rules.spf.record import (
    RESULT,
    A,
    All,
    Directive,
    Ip4,
    Ip6,
    Mx,
    Record,
    Redirect,
    Term,
)
from engine.rules.spf.run import MX_MAX, is_void
from engine.rules.spf.survey import Part, Sighting
from engine.values.spf import Policy

BROAD_V4, BROAD_V6 = 16, 32  # shorter prefixes let in strangers' addresses


def governing(part: Part) -> Part:
    """The record whose `all` counts: redirect= hands over to another (RFC 7208 6.1)."""
    last = part.sightings[-1] if part.sightings else None
    if last and isinstance(last.term, Redirect) and last.below and last.below.record:
        return governing(last.below)
    return part


def policy(part: Part) -> Policy | None:
    record = governing(part).record
    return RESULT[record.all.qualifier] if record and record.all else None


def trusted(part: Part) -> Iterator[Part]:
    """The records whose pass is a pass of the whole."""
    yield part
    for one in part.sightings:
        if one.below and (isinstance(one.term, Redirect) or lets_pass(one.term)):
            yield from trusted(one.below)


def opens(record: Record) -> list[Term]:
    """The terms that let every address pass."""
    return [term for term in record.reached if lets_pass(term) and _matches_all(term)]


def broad(record: Record) -> list[Term]:
    """The terms that let a whole provider pass."""
    wide = [term for term in record.reached if any(0 < n < most for n, most in _lengths(term))]
    return [term for term in wide if lets_pass(term)]


def lets_pass(term: Term) -> bool:
    return isinstance(term, Directive) and RESULT[term.qualifier] == "pass"


def is_broken(part: Part) -> bool:
    """Whoever includes it gets a permerror."""
    missing = part.answer.answered and not part.texts
    too_many = any(one.mx_names > MX_MAX for one in part.sightings)
    return missing or len(part.texts) > 1 or bool(part.problems) or too_many


def is_dead(sighting: Sighting) -> bool:
    """It names what is not there.  A host without an A record may have an AAAA record."""
    first = [answer for _, answer in sighting.asked[:1] if is_void(answer)]
    return any(answer.outcome == "nxdomain" or not isinstance(sighting.term, A) for answer in first)


def _matches_all(term: Term) -> bool:
    return isinstance(term, All) or any(length == 0 for length, _ in _lengths(term))


def _lengths(term: Term) -> list[tuple[int, int]]:
    """Its prefix lengths, each with that below which it is broad."""
    match term:
        case A() | Mx():
            pairs = [(term.v4, BROAD_V4), (term.v6, BROAD_V6)]
        case Ip4():
            pairs = [(term.length, BROAD_V4)]
        case Ip6():
            pairs = [(term.length, BROAD_V6)]
        case _:
            pairs = []
    return [(length, most) for length, most in pairs if length is not None]
