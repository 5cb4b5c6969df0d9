"""Where the reports of a domain go: whether those who get them agreed to (RFC 9990 4)."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from engine.rules.asking import Asking, ask_all, together
from engine.rules.dmarc.alignment import within
from engine.rules.dmarc.propose import agreement_line, agreement_place
from engine.rules.dmarc.record import is_record, parse
from engine.rules.dmarc.uri import ReportUri
from engine.rules.dmarc.walk import NAME_MAX
from engine.rules.mx.hosts import ROOT
from engine.rules.mx.hosts import parse as parse_mx
from engine.values.dmarc_report import ReportAddress
from engine.values.dns import DnsAnswer, Question
from engine.values.finding import Finding

HOSTS_MAX = 10  # that are asked about


class Host(NamedTuple):
    name: str
    external: bool
    authorised: bool | None
    reachable: bool | None


def hosts(
    policy_domain: str, organizational: str, uris: Sequence[ReportUri]
) -> Asking[dict[str, Host]]:
    """Each host of these URIs.  One below the organisational domain counts as one's own; that a
    psd=n between them could part them is left out.
    """
    names = list(dict.fromkeys(one.host for one in uris))[:HOSTS_MAX]
    found = yield from together([_host(name, policy_domain, organizational) for name in names])
    return {one.name: one for one in found}


def addresses(uris: Sequence[ReportUri], found: dict[str, Host]) -> tuple[ReportAddress, ...]:
    return tuple(
        ReportAddress(one.uri, host.external, host.authorised, _takes(one, host))
        for one in uris
        if (host := found.get(one.host))
    )


def findings(
    policy_domain: str, uris: Sequence[ReportUri], found: dict[str, Host]
) -> Iterator[Finding]:
    for host in found.values():
        if host.authorised is False:
            yield _not_authorised(policy_domain, host.name)
        if host.reachable is False and any(_mail(one, host) for one in uris):
            yield _unreachable(host.name)
        if host.authorised is None or host.reachable is None:
            yield Finding(
                code="dmarc.report_unknown",
                severity="info",
                message=f"Whether {host.name} takes reports is not known: the DNS did not say.",
                ref="RFC 9990 4",
                subject=host.name,
            )
    more = len({one.host for one in uris}) - len(found)
    if more > 0:
        yield Finding(
            code="dmarc.report_many",
            severity="info",
            message=f"Reports go to {more} more hosts than were asked about; so many are not served"
            " by every receiver.",
            ref="RFC 9990 3.5",
        )


def _host(name: str, policy_domain: str, organizational: str) -> Asking[Host]:
    external = not within(name, organizational)
    agreement = agreement_place(policy_domain, name)
    asks = external and len(agreement) <= NAME_MAX
    questions = [Question(name, "MX"), *([Question(agreement, "TXT")] if asks else [])]
    mx, *agreed = yield from ask_all(questions)
    reachable = yield from _reachable(name, mx)
    authorised = _agrees(agreed[0], name) if asks else not external
    return Host(name, external, authorised, reachable)


def _agrees(answer: DnsAnswer, name: str) -> bool | None:
    """A record that reads whole, and sends the reports to no other host."""
    if not answer.answered:
        return None
    read = [parse(text) for text in answer.records if is_record(text)]
    whole = [one for one in read if not any(fault.kind == "syntax" for fault in one.faults)]
    return any(all(uri.host == name for uri in one.rua) for one in whole)


def _reachable(name: str, mx: DnsAnswer) -> Asking[bool | None]:
    """An MX, or without one an address (RFC 5321 5.1)."""
    if not mx.answered:
        return None
    if mx.records:
        return any(parse_mx(text).host != ROOT for text in mx.records)
    found = yield from ask_all([Question(name, "A"), Question(name, "AAAA")])
    if any(answer.records for answer in found):
        return True
    return False if all(answer.answered for answer in found) else None


def _mail(one: ReportUri, host: Host) -> bool:
    return one.host == host.name and one.scheme == "mailto"


def _takes(one: ReportUri, host: Host) -> bool | None:
    return host.reachable if one.scheme == "mailto" else None


def _not_authorised(policy_domain: str, name: str) -> Finding:
    return Finding(
        code="dmarc.report_not_authorised",
        severity="warning",
        message=f"{name} has not agreed to take reports about {policy_domain}: receivers must not"
        " send them. Mail is not affected.",
        ref="RFC 9990 4",
        fix=f"Have {name} publish: {agreement_line(policy_domain, name)}",
        subject=name,
    )


def _unreachable(name: str) -> Finding:
    return Finding(
        code="dmarc.report_no_mail",
        severity="warning",
        message=f"Reports go to {name}, which takes no mail: they are lost. Mail is not affected.",
        ref="RFC 5321 5.1",
        fix="Name an address that takes mail in rua= and ruf=.",
        subject=name,
    )
