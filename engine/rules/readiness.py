"""The bulk senders' rules of Gmail, Yahoo, Microsoft and Apple, as far as the DNS shows.

Gmail: support.google.com/a/answer/81126 and /14229414.  Yahoo: senders.yahooinc.com/best-practices.
Microsoft: "new requirements for high-volume senders" (2025).  Apple: support.apple.com/102322.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from engine.values.dkim_report import DkimReport
from engine.values.dmarc_report import DmarcReport
from engine.values.finding import Finding
from engine.values.mx_report import MxReport
from engine.values.ptr_report import PtrReport
from engine.values.readiness import Readiness


class Judged(Protocol):
    @property
    def findings(self) -> tuple[Finding, ...]: ...


class _Rule(NamedTuple):
    """Errors of each part stand against it; and these findings, which elsewhere are none."""

    parts: tuple[str, ...]
    also: tuple[str, ...]
    beyond_dns: tuple[str, ...]


_ALL = ("spf", "dkim", "dmarc", "ptr")
_RULES = {
    "gmail_bulk": _Rule(_ALL, (), ("tls", "one_click_unsubscribe", "spam_rate")),
    # It looks for an SOA of the domains in From and MAIL FROM.
    "yahoo": _Rule((*_ALL, "mx"), (), ("one_click_unsubscribe", "spam_rate")),
    # It refuses names that look dynamic (DY-001, DY-002).
    "microsoft": _Rule(_ALL, ("ptr.generic",), ("unsubscribe",)),
    "apple": _Rule(_ALL, (), ("unsubscribe",)),
}
_YAHOO_MX = frozenset({"mx.soa", "mx.missing", "mx.temperror"})  # its MX hosts are not its concern


def readiness(
    *, spf: Judged, dkim: DkimReport, dmarc: DmarcReport, ptr: PtrReport, mx: MxReport
) -> dict[str, Readiness]:
    """By provider."""
    found = {
        "spf": spf.findings,
        "dkim": dkim.findings,
        "dmarc": dmarc.findings,
        "ptr": _of_senders(ptr),
        "mx": tuple(one for one in mx.findings if one.code in _YAHOO_MX),
    }
    return {provider: _judged(rule, found) for provider, rule in _RULES.items()}


def _of_senders(ptr: PtrReport) -> tuple[Finding, ...]:
    """The names of MX hosts say nothing of those that send."""
    if ptr.scope == "ips":
        return ptr.findings
    return (Finding(code="ptr.no_ips", severity="unknown", message="No sending address is known."),)


def _judged(rule: _Rule, found: Mapping[str, Sequence[Finding]]) -> Readiness:
    findings = [one for part in rule.parts for one in found[part]]
    missing = _codes(one for one in findings if one.severity == "error" or one.code in rule.also)
    unknown = _codes(one for one in findings if one.severity == "unknown")
    return Readiness(
        ok=False if missing else None if unknown else True,
        missing=missing,
        unknown=unknown,
        beyond_dns=rule.beyond_dns,
    )


def _codes(findings: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.code for one in findings))
