"""The record to publish instead: what its owner means, without what is wrong with it."""

from collections.abc import Sequence

from engine.ids import IpAddr
from engine.rules.asking import Asking, once, together
from engine.rules.spf import mistakes, propose, tree
from engine.rules.spf.check import Verdict, check_host, envelope_of
from engine.rules.spf.parse import MECHANISMS, Malformed, parse
from engine.rules.spf.record import VERSION, All, Ptr, Record, Term, Unknown
from engine.rules.spf.survey import Part, Sighting, survey
from engine.values.dns import DnsAnswer, Question


def remedy(part: Part, ips: Sequence[IpAddr], sender: str, helo: str) -> Asking[Record | None]:
    """Every mistake of the record itself mended, and every address of the pool let pass.  Nothing
    where it cannot be told what is meant, or nothing is wrong.
    """
    meant = _meant(part, ips)
    if meant is None:
        return None
    seen = part if part.record else (yield from _foreseen(part.domain, meant, helo))
    tidy = _tidy(meant, {one.term for one in seen.sightings if _is_harmful(one)})
    verdicts = yield from what_if(part.domain, tidy, ips, sender, helo)
    known = [(ip, one.result) for ip, one in zip(ips, verdicts, strict=True)]
    outside = [ip for ip, result in known if result not in ("pass", "temperror")]
    whole = propose.once_each(propose.with_ips(tidy, outside))
    return None if whole == part.record else whole


def what_if(
    domain: str, record: Record, ips: Sequence[IpAddr], sender: str, helo: str
) -> Asking[list[Verdict]]:
    """What the addresses come to if this is published; the rest of the world stays as it is."""
    checks = [check_host(envelope_of(ip, sender, helo), domain) for ip in ips]
    return (yield from together([once(one, _published(domain, record)) for one in checks]))


def _foreseen(domain: str, record: Record, helo: str) -> Asking[Part]:
    """What it leads to, where what is published now leads nowhere."""
    return (yield from once(survey(domain, "A", domain, helo), _published(domain, record)))


def _published(domain: str, record: Record) -> dict[Question, DnsAnswer]:
    return {Question(domain, "TXT"): DnsAnswer("ok", (record.text,))}


def _meant(part: Part, ips: Sequence[IpAddr]) -> Record | None:
    if part.record:
        return part.record
    if part.answer.answered and not part.texts:
        return Record((All("~"),)) if ips else None
    records = [_read(text) for text in part.texts]
    whole = [one for one in records if one is not None]
    return propose.merged(whole) if whole and len(whole) == len(records) else None


def _read(text: str) -> Record | None:
    try:
        return parse(mistakes.corrected(text) or text)
    except Malformed:
        return None


def _is_harmful(sighting: Sighting) -> bool:
    below = sighting.below
    if below is None:
        return tree.is_dead(sighting)
    broken = any(one.loops or tree.is_broken(one) for one in below.parts)
    open_ = tree.lets_pass(sighting.term) and any(
        tree.opens(one.record) for one in tree.trusted(below) if one.record
    )
    return broken or open_


def _tidy(record: Record, dropped: set[Term]) -> Record:
    bad: set[Term] = {term for term in record.terms if isinstance(term, Ptr)}
    bad |= {term for term in tree.opens(record) if not isinstance(term, All)}
    kept = propose.without(record, dropped | bad)
    with_colons = Record(tuple(_with_colon(term) for term in kept.terms))
    tidy = propose.once_each(propose.up_to_all(with_colons))
    weak = tidy.all.qualifier in ("", "+", "?") if tidy.all else tidy.redirect is None
    return propose.ending_in(tidy, "~") if weak else tidy


def _with_colon(term: Term) -> Term:
    """ "ip4=192.0.2.1" is an unknown modifier, and not what anybody means."""
    if not isinstance(term, Unknown) or term.name not in MECHANISMS:
        return term
    read = _read(f"{VERSION} {term.name}:{term.value}")
    return read.terms[0] if read else term
