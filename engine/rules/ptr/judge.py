"""Reverse DNS of the addresses that send for a domain."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from engine.ids import IpAddr
from engine.rules.addresses import addresses_in
from engine.rules.asking import Asking, ask_all, together
from engine.rules.mx.hosts import addresses_of
from engine.rules.ptr import lints
from engine.rules.ptr.address import Looked, look, reverse_name
from engine.rules.unanswered import LOOK_AGAIN
from engine.rules.zone_text import ptr_line
from engine.values.dns import Question
from engine.values.finding import Finding
from engine.values.ptr_report import PtrReport
from engine.values.status import status_of, valid_of

MX_ADDRESSES_MAX = 10  # looked at where no sending address is known

Scope = Literal["ips", "mx_hosts"]


class Greeted(NamedTuple):
    name: str  # said in EHLO
    resolves: bool | None  # None: not answered


def judge(
    ips: Mapping[IpAddr, str | None], helo: str | None, domain: str | None = None
) -> Asking[PtrReport]:
    """``ips``: each sending address and the name that the engine gives it; where there is none, the
    addresses of the domain's MX hosts stand in.  ``helo``: the EHLO name that was heard.
    """
    scope: Scope = "ips"
    whole = True
    if not ips and domain:
        scope = "mx_hosts"
        found, whole = yield from addresses_of(domain)
        ips = dict.fromkeys(found[:MX_ADDRESSES_MAX])
    looked, greeted = yield from _looked(ips, helo)
    findings = [
        *(one for each in looked for one in lints.of_address(each, helo)),
        *(one for each in greeted for one in lints.of_helo(each.name, each.resolves)),
        *(_unrelated(looked, domain) if domain and scope == "ips" else ()),
        *(() if whole else (_unanswered(domain),)),
        *(() if looked or not whole else (_nothing(domain),)),
    ]
    return _report(scope, looked, findings)


def _looked(
    ips: Mapping[IpAddr, str | None], helo: str | None
) -> Asking[tuple[list[Looked], list[Greeted]]]:
    """Each address and each EHLO name, in step."""
    names = dict.fromkeys(name for name in (helo, *ips.values()) if name)
    askings: list[Asking[Looked | Greeted]] = [look(ip, name) for ip, name in ips.items()]
    found = yield from together([*askings, *(_greeted(name) for name in names)])
    return (
        [one for one in found if isinstance(one, Looked)],
        [one for one in found if isinstance(one, Greeted)],
    )


def _greeted(name: str) -> Asking[Greeted]:
    answers = yield from ask_all([Question(name, "A"), Question(name, "AAAA")])
    found = addresses_in(answers)
    return Greeted(name, None if found is None else bool(found))


def _report(scope: Scope, looked: Sequence[Looked], findings: Sequence[Finding]) -> PtrReport:
    first = looked[0].seen if looked else None
    names = (*first.confirmed, *first.names) if first else ()
    return PtrReport(
        valid=valid_of(findings),
        status=status_of(findings),
        scope=scope,
        record=ptr_line(reverse_name(first.ip), names[0]) if first and names else None,
        hostname=names[0] if names else None,
        ips=tuple(one.seen for one in looked),
        findings=tuple(findings),
    )


def _unrelated(looked: Sequence[Looked], domain: str) -> Iterator[Finding]:
    """Judged by the last two labels, for there is no list of public suffixes here."""
    for one in looked:
        name = one.seen.confirmed[0] if one.seen.confirmed else None
        if name and name.split(".")[-2:] != domain.split(".")[-2:]:
            yield Finding(
                code="ptr.domain_unrelated",
                severity="info",
                message=f"{name} is in another domain than {domain}; that is usual, and harmless.",
                subject=one.seen.ip,
            )


def _unanswered(domain: str | None) -> Finding:
    return Finding(
        code="ptr.temperror",
        severity="unknown",
        message=f"The addresses of the MX hosts of {domain} are not known: the DNS did not say.",
        fix=LOOK_AGAIN,
    )


def _nothing(domain: str | None) -> Finding:
    return Finding(
        code="ptr.no_ips",
        severity="unknown",
        message="No sending address is known"
        + (f", and {domain} has no MX host to look at in its place." if domain else "."),
        fix="Name the addresses that send for the domain.",
    )
