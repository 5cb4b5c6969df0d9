"""What is certain of a domain's DNS, look after look.

A part is valid, invalid, or could not be told.  What could not be told changes nothing: the last
definite answer stands.  A failure is believed once two looks at least ten minutes apart found it.
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from engine.rules import domain_beside, timing
from engine.values.domain_report import DomainReport
from engine.values.finding import Finding
from engine.values.sending_domain import PARTS, Beside, PartName


class Standing(Struct, frozen=True, gc=False):
    """The last definite answer about one part."""

    valid: bool
    records: tuple[str, ...]
    errors: tuple[str, ...]  # codes of the findings that make it invalid
    since: datetime  # it has been so, in every look that could tell
    at: datetime  # the last of them
    looks: int = 1  # of them, in a row


Standings = Mapping[PartName, Standing]
Verdicts = Mapping[PartName, bool | None]


def verdicts(report: DomainReport, seen: Beside) -> dict[PartName, bool | None]:
    """What was seen beside the DNS may make a part invalid too."""
    wrong = {
        one.code.partition(".")[0]
        for one in domain_beside.findings(seen, report.ptr)
        if one.severity == "error"
    }
    return {part: False if part in wrong else getattr(report, part).valid for part in PARTS}


def errors(report: DomainReport, seen: Beside, part: PartName) -> list[Finding]:
    """What makes a part invalid."""
    beside = domain_beside.findings(seen, report.ptr)
    own = [one for one in beside if one.code.startswith(f"{part}.")]
    found: tuple[Finding, ...] = getattr(report, part).findings
    return [one for one in (*found, *own) if one.severity == "error"]


def heard(
    before: Standings, report: DomainReport, seen: Beside, at: datetime
) -> dict[PartName, Standing]:
    after = dict(before)
    for part, valid in verdicts(report, seen).items():
        if valid is not None:
            known = before.get(part)
            same = known is not None and known.valid == valid
            codes = [one.code for one in errors(report, seen, part)]
            after[part] = Standing(
                valid=valid,
                records=records(report, part),
                errors=tuple(dict.fromkeys(codes)),
                since=known.since if known and same else at,
                at=at,
                looks=known.looks + 1 if known and same else 1,
            )
    return after


def failing(before: Standings, found: Verdicts, now: datetime) -> dict[PartName, datetime]:
    """The failures that this look makes believed, or finds again, and since when they last."""
    since = {part: one.since for part, one in before.items() if not one.valid}
    return {
        part: since[part]
        for part, valid in found.items()
        if valid is False and part in since and now - since[part] >= timing.DOMAIN_CONFIRM
    }


def records(report: DomainReport, part: PartName) -> tuple[str, ...]:
    """What is published, so that two looks can be compared."""
    match part:
        case "spf":
            return report.spf.records
        case "dkim":
            return tuple(f"{one.selector}: {one.record or ''}" for one in report.dkim.selectors)
        case "dmarc":
            record, place = report.dmarc.record, report.dmarc.found_at
            return (f"{place}: {record}",) if record else ()
        case "ptr":
            return tuple(f"{one.ip}: {', '.join(one.names)}" for one in report.ptr.ips)
        case "mx":
            return report.mx.records
