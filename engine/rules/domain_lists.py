"""Lists of domains (RFC 5782 2.3): what is asked about a sending domain, and what answers mean.

Lists hold registered domains, or names below them.  Which of a name's parents is the registered one
takes a list of public suffixes to know, so that each is asked about: a suffix is in no list, and a
listing of any parent strikes the name.
"""

from collections.abc import Sequence
from typing import NamedTuple

from engine.ids import Zone
from engine.rules import dnsbl
from engine.rules.dnsbl import Reply
from engine.rules.dnsbl_catalogue import Catalogue
from engine.rules.dnsbl_catalogue import Severity as Weight
from engine.rules.dnsbl_codes import order
from engine.rules.dnsbl_health import Expect
from engine.rules.domain_name import parse_domain
from engine.values.domain_listing import DomainListing
from engine.values.finding import Severity
from engine.values.verdict import Answer, Verdict

NAMES_MAX = 4  # of one domain; those nearest to the root are more often listed

_WORST: tuple[Verdict, ...] = ("listed", "refused", "unanswered", "clean")


# What a listing is to the mail of the domain, by how much the list weighs.
_SEVERITY: dict[Weight, Severity] = {
    "critical": "error",
    "high": "error",
    "policy": "warning",
    "medium": "warning",
    "low": "info",
    "info": "info",
}


class DomainPoint(NamedTuple):
    """A test point of a list of domains."""

    domain: str
    expect: Expect

    @property
    def subject(self) -> str:
        return self.domain


# --- asking --------------------------------------------------------------------------------------


def names(domain: str) -> tuple[str, ...]:
    """The domain and its parents, as far as somebody can have registered them; raises ValueError
    for what is no domain.  An address is none: asked about one, these lists answer with an error
    that looks like a listing.
    """
    labels = parse_domain(domain).split(".")
    found = [".".join(labels[first:]) for first in range(len(labels) - 1)]
    return tuple([name for name in found if _registrable(name)][-NAMES_MAX:])


def questions(domain: str, catalogue: Catalogue) -> dict[Zone, tuple[str, ...]]:
    """For each list of domains the names to look up, which may hold its key."""
    wanted = names(domain)
    return {
        zone: tuple(question(name, zone, catalogue) for name in wanted)
        for zone in dnsbl.asked_of("domain", (), catalogue)
    }


def question(name: str, zone: Zone, catalogue: Catalogue) -> str:
    """``name`` is a domain or a test point, which is a single word with some lists."""
    return f"{name}.{catalogue[zone].asked}"


def _registrable(name: str) -> bool:
    try:
        parse_domain(name)
    except ValueError:
        return False
    return True


# --- judging -------------------------------------------------------------------------------------


def judge(zone: Zone, replies: Sequence[Reply], catalogue: Catalogue) -> Answer:
    """What a list says of a domain, by its replies about the domain's names: listed if one of them
    is, and clean if all are.
    """
    answers = [dnsbl.judge(zone, reply, catalogue)[zone] for reply in replies]
    if not answers:
        return Answer("unanswered")
    worst = min(answers, key=_badness)
    codes = {code for one in answers if _alike(one, worst) for code in one.codes}
    return Answer(worst.verdict, worst.proof, tuple(sorted(codes, key=order)))


def _badness(answer: Answer) -> tuple[bool, int]:
    """An answer that no list gives says that all of them may be somebody else's."""
    return answer.proof != "unproved", _WORST.index(answer.verdict)


def _alike(one: Answer, other: Answer) -> bool:
    return (one.verdict, one.proof) == (other.verdict, other.proof)


# --- test points ---------------------------------------------------------------------------------


def points(zone: Zone, nonce: str, catalogue: Catalogue) -> tuple[DomainPoint, ...]:
    """As ``dnsbl_health.points``.  ``nonce``: a word that was never asked about; it finds wildcards
    (RFC 2606: nobody can register a name in .example).
    """
    one = catalogue[zone]
    return (
        *(DomainPoint(name, "listed") for name in one.must_list),
        *(DomainPoint(name, "clean") for name in one.must_not_list),
        DomainPoint(f"{nonce}.example", "unused"),
    )


def delisting_page(zone: Zone, domain: str, catalogue: Catalogue) -> str:
    """Where a person reads why the domain is listed and asks for its removal."""
    return catalogue[zone].delisting.replace("{domain}", domain)


def told(zone: Zone, domain: str, answer: Answer, catalogue: Catalogue) -> DomainListing:
    """All that people need to know of it, and no key."""
    one = catalogue[zone]
    if answer.verdict != "listed":
        return DomainListing(zone=zone, name=one.name, answer=answer)
    return DomainListing(
        zone=zone,
        name=one.name,
        answer=answer,
        severity=_SEVERITY[dnsbl.severity(zone, answer.codes, catalogue)],
        says=dnsbl.explained(zone, answer.codes, catalogue),
        page=delisting_page(zone, domain, catalogue),
        removal=one.removal,
    )
