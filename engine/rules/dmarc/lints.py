"""What is wrong, or soon may be, with the DMARC record that concerns a domain."""

from collections.abc import Iterator, Sequence

from engine.rules.dmarc.faults import findings_of
from engine.rules.dmarc.record import Record, effective
from engine.rules.dmarc.walk import place
from engine.rules.zone_text import txt_line
from engine.values.finding import Finding

_TAGS = "RFC 9989 4.7"


def of_record(record: Record, found_at: str, *, own: bool) -> Iterator[Finding]:
    """``own``: it stands at the domain itself, and is not the one of a domain above."""
    yield from findings_of(record.faults, found_at)
    yield from _policy(record, found_at)
    yield from _reports(record, found_at)
    yield from _old(record, found_at)
    if own and record.psd == "y":
        yield Finding(
            code="dmarc.psd",
            severity="warning",
            message="psd=y says that other organisations have their names below this one, as below"
            " com: none of those stands for it.",
            ref=_TAGS,
            fix="Take psd=y out, unless you run a registry.",
            subject=found_at,
        )


def of_subdomain(record: Record, found_at: str) -> Iterator[Finding]:
    """Of a record that does not stand at the organisational domain."""
    ignored = [name for name in ("sp", "np") if name in record.tags]
    if ignored:
        yield Finding(
            code="dmarc.sp_ignored",
            severity="info",
            message=f"{' and '.join(ignored)} count only at the organisational domain.",
            ref=_TAGS,
            subject=found_at,
        )


def _policy(record: Record, found_at: str) -> Iterator[Finding]:
    published = effective(record)
    if "p" not in record.tags:
        yield _no_p(found_at, reports=published is not None)
    elif record.p == "none":
        yield Finding(
            code="dmarc.none",
            severity="info",
            message="p=none only asks for reports. It is enough for the bulk rules of Gmail, Yahoo"
            " and Microsoft.",
            ref=_TAGS,
            fix="Once the reports show that all good mail passes: p=quarantine, then p=reject.",
            subject=found_at,
        )
    if record.t:
        yield Finding(
            code="dmarc.testing",
            severity="warning",
            message="t=y: the policy is applied one step weaker than it says.",
            ref=_TAGS,
            fix="Take t=y out when the test is over.",
            subject=found_at,
        )
    if published and (published.p == "none" or record.t):
        yield Finding(
            code="dmarc.bimi_needs",
            severity="info",
            message="Brand logos (BIMI) are shown only from p=quarantine on, without t=y.",
            subject=found_at,
        )


def _no_p(found_at: str, *, reports: bool) -> Finding:
    return Finding(
        code="dmarc.p_missing",
        severity="warning" if reports else "error",
        message="There is no p=. "
        + (
            "It counts as p=none, and older receivers pass over the record."
            if reports
            else "Without p= and rua= receivers do as if there were no record."
        ),
        ref="RFC 9989 4.10.1",
        fix="Begin the record with v=DMARC1; p=none",
        subject=found_at,
    )


def _reports(record: Record, found_at: str) -> Iterator[Finding]:
    if not record.rua:
        yield Finding(
            code="dmarc.no_rua",
            severity="warning",
            message="No address for aggregate reports: who sends as this domain stays unseen.",
            ref=_TAGS,
            fix="Add rua=mailto:<an address that is read>.",
            subject=found_at,
        )
    if record.fo and not record.ruf:
        yield Finding(
            code="dmarc.fo",
            severity="info",
            message="fo= says when failure reports are wanted, and ruf= names nobody to get them.",
            ref=_TAGS,
            subject=found_at,
        )
    for one in (*record.rua, *record.ruf):
        if one.scheme != "mailto":
            yield Finding(
                code="dmarc.uri",
                severity="warning",
                message=f"{one.uri}: receivers need to send reports by mailto: alone.",
                ref="RFC 9989 4.7",
                fix="Add a mailto: address.",
                subject=found_at,
            )


def _old(record: Record, found_at: str) -> Iterator[Finding]:
    """What RFC 7489 had and RFC 9989 has no more, or the other way round."""
    for name, value in record.obsolete:
        partly = name == "pct" and value != "100"
        yield Finding(
            code="dmarc.obsolete",
            severity="warning",
            message=f"{name}= is no longer read"
            + (": for new receivers the policy is whole, for old ones partial." if partly else "."),
            ref="RFC 9989 9.3",
            fix=f"Take {name}= out" + (", or write t=y while you test." if partly else "."),
            subject=found_at,
        )
    if any(one.size for one in (*record.rua, *record.ruf)):
        yield Finding(
            code="dmarc.size",
            severity="warning",
            message="A size after ! in an address is no longer read.",
            ref="RFC 9989 4.8",
            fix="Take it out.",
            subject=found_at,
        )
    if "p" in record.tags[1:]:
        yield Finding(
            code="dmarc.p_order",
            severity="warning",
            message="p= is not right after v=, where older receivers look for it.",
            ref="RFC 7489 6.3",
            fix="Put p= right after v=DMARC1.",
            subject=found_at,
        )


def of_place(domain: str, apex: Sequence[str], *, own: bool) -> Iterator[Finding]:
    """``apex``: DMARC records at the domain itself, where nobody looks.  ``own``: there is one
    where they do.
    """
    if apex:
        yield Finding(
            code="dmarc.wrong_place",
            severity="warning",
            message=f"A DMARC record stands at {domain} itself, where no receiver looks for it.",
            ref="RFC 9989 4.5",
            fix=f"Delete it; the one at {place(domain)} counts."
            if own
            else f"Publish: {txt_line(place(domain), apex[0])}\nThen delete the one at {domain}.",
            subject=domain,
        )
