"""What people must hear of their domains' DNS, part by part."""

from datetime import datetime

from engine.events import Event, Recorded
from engine.events.dns import DomainValidated
from engine.events.domain import DomainRemoved
from engine.projections.alert_change import NOTHING, Change
from engine.rules import domain_standing
from engine.rules.timing import DOMAIN_SILENCE
from engine.values.alert import SEVERITIES, Severity
from engine.values.sending_domain import PARTS, PartName

CAUSES = (DomainValidated, DomainRemoved)
WRONG, SILENT, LISTED = "domain_dns", "domain_silent", "domain_listed"
NAMES = (SILENT, LISTED)  # of `change`; the third must know its part

# Without these three, mail is refused or thrown away; without the others it suffers.
_SEVERITY: dict[PartName, Severity] = {
    "spf": "critical",
    "dkim": "critical",
    "ptr": "critical",
    "dmarc": "warning",
    "mx": "warning",
}
_OF_LIST: dict[str, Severity] = {"error": "critical", "warning": "warning"}
_RANK = SEVERITIES.index
_FIXES_MAX = 3
_TEXT_MAX = 600  # letters; a DKIM record alone may have 400


def of(event: Event) -> tuple[tuple[str, str], ...]:
    if not isinstance(event, DomainValidated | DomainRemoved):
        return ()
    beside = (SILENT, event.domain), (LISTED, event.domain)
    return *beside, *((WRONG, f"{event.domain}/{part}") for part in PARTS)


def change(name: str, recorded: Recorded[Event]) -> Change:
    return _listed(recorded) if name == LISTED else _silent(recorded)


def wrong(subject: str, recorded: Recorded[Event]) -> Change:
    event = recorded.event
    if isinstance(event, DomainRemoved):
        return _REMOVED
    part = next((one for one in PARTS if subject.endswith(f"/{one}")), None)
    if not isinstance(event, DomainValidated) or part is None:
        return NOTHING
    found = domain_standing.verdicts(event.validation.report, event.beside)
    if found[part]:
        return Change(facts={"Now": f"{part.upper()} is as it should be", "Next": ""}, clears=True)
    since = event.failing.get(part)
    return _fires(event, part, since) if found[part] is False and since else NOTHING


def _silent(recorded: Recorded[Event]) -> Change:
    event = recorded.event
    if isinstance(event, DomainRemoved):
        return _REMOVED
    if not isinstance(event, DomainValidated):
        return NOTHING
    since = event.silent_since
    if since is None:
        return Change(facts={"Now": "all of it is answered again", "Next": ""}, clears=True)
    if recorded.at - since < DOMAIN_SILENCE:
        return NOTHING
    facts = {
        "Domain": event.domain,
        "Unanswered since": _time(since),
        "Asked": event.validation.resolver,
        "Effect": "the last definite answers stand; nothing is judged by silence",
        "Next": "see whether the name server asked, and those of the domain, answer",
    }
    return Change(fires=True, severity="warning", title="DNS does not answer", facts=facts)


def _listed(recorded: Recorded[Event]) -> Change:
    """By lists of domains, which say nothing of addresses.  Silence of one ends nothing."""
    event = recorded.event
    if isinstance(event, DomainRemoved):
        return _REMOVED
    if not isinstance(event, DomainValidated):
        return NOTHING
    lists = event.beside.lists
    hits = [one for one in lists if one.answer.verdict == "listed" and one.answer.counts]
    if not hits:
        definite = all(one.answer.verdict == "clean" and one.answer.counts for one in lists)
        return Change(facts={"Now": "no list names it", "Next": ""}, clears=definite)
    worst: Severity = max((_OF_LIST.get(one.severity, "info") for one in hits), key=_RANK)
    facts = {
        "Domain": event.domain,
        "Listed by": _short("; ".join(f"{one.name}: {', '.join(one.says)}" for one in hits)),
        "Delisting": _short(" ".join(filter(None, (one.page for one in hits)))),
        "Next": "find what was sent with this domain, or linked to it, before asking for delisting;"
        " another address would be refused with it too",
    }
    return Change(fires=True, severity=worst, title="Sending domain listed", facts=facts)


def _fires(event: DomainValidated, part: PartName, since: datetime) -> Change:
    """Each later look tells what is wrong by then."""
    found = domain_standing.errors(event.validation.report, event.beside, part)
    fixes = [one.fix for one in found if one.fix]
    facts = {
        "Domain": event.domain,
        "What": _short(" ".join(one.message for one in found[:_FIXES_MAX])),
        "Since": _time(since),
        "Next": _next(event.domain, fixes),
    }
    title = f"{part.upper()} of a sending domain is wrong"
    return Change(fires=True, severity=_SEVERITY[part], title=title, facts=facts)


def _next(domain: str, fixes: list[str]) -> str:
    """Whole ones alone: a key that is cut off, copied and published would be a broken one."""
    told: list[str] = []
    for fix in fixes[:_FIXES_MAX]:
        if len(" ".join((*told, fix))) > _TEXT_MAX:
            break
        told.append(fix)
    if len(told) < len(fixes):
        told.append(
            f"{'And more' if told else 'What to publish'}: email-engine domain show {domain}"
        )
    return " ".join(told)


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}Z"


def _short(text: str) -> str:
    return text if len(text) <= _TEXT_MAX else f"{text[:_TEXT_MAX]}…"


_REMOVED = Change(facts={"Now": "the domain was removed", "Next": ""}, clears=True)
