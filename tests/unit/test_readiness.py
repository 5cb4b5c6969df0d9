"""Whether Gmail, Yahoo, Microsoft and Apple would take bulk mail, by what the DNS shows."""

from typing import NamedTuple

import msgspec
import pytest

from engine.rules.readiness import readiness
from engine.values.dkim_report import DkimReport
from engine.values.dmarc_report import DmarcReport
from engine.values.finding import Finding, Severity
from engine.values.mx_report import MxReport
from engine.values.ptr_report import PtrReport
from engine.values.readiness import Readiness

EVERYBODY = {"gmail_bulk", "yahoo", "microsoft", "apple"}


class Spf(NamedTuple):
    findings: tuple[Finding, ...]


def ready(*found: tuple[str, Severity], scope: str = "ips") -> dict[str, Readiness]:
    """With these findings, each in the report that its code names."""

    def of(part: str) -> tuple[Finding, ...]:
        return tuple(
            Finding(code=code, severity=severity, message="")
            for code, severity in found
            if code.startswith(f"{part}.")
        )

    ptr = PtrReport(valid=True, status="ok", scope="ips", findings=of("ptr"))
    return readiness(
        spf=Spf(of("spf")),
        dkim=DkimReport(domain="example.com", valid=True, status="ok", findings=of("dkim")),
        dmarc=DmarcReport(domain="example.com", valid=True, status="ok", findings=of("dmarc")),
        ptr=ptr if scope == "ips" else msgspec.structs.replace(ptr, scope="mx_hosts"),
        mx=MxReport(domain="example.com", valid=True, status="ok", findings=of("mx")),
    )


def against(*found: tuple[str, Severity]) -> set[str]:
    return {provider for provider, one in ready(*found).items() if one.ok is False}


def test_a_domain_without_findings_is_ready_as_far_as_the_dns_shows() -> None:
    found = ready()
    assert set(found) == EVERYBODY
    assert all(one.ok is True for one in found.values())
    assert "one_click_unsubscribe" in found["gmail_bulk"].beyond_dns


@pytest.mark.parametrize(
    ("code", "severity", "expected"),
    [
        ("spf.missing", "error", EVERYBODY),
        ("dkim.missing", "error", EVERYBODY),
        ("dkim.weak", "warning", set()),
        ("dmarc.missing", "error", EVERYBODY),
        ("dmarc.unaligned", "error", EVERYBODY),
        ("dmarc.none", "info", set()),
        ("dmarc.spf_unaligned", "warning", set()),
        ("ptr.missing", "error", EVERYBODY),
        ("ptr.generic", "warning", {"microsoft"}),
        ("mx.soa", "error", {"yahoo"}),
        ("mx.missing", "error", {"yahoo"}),
        ("mx.cname", "error", set()),
    ],
)
def test_a_finding_stands_against_who_asks_for_it(
    code: str, severity: Severity, expected: set[str]
) -> None:
    assert against((code, severity)) == expected
    for provider in expected:
        assert ready((code, severity))[provider].missing == (code,)


def test_what_could_not_be_told_leaves_it_open_unless_something_else_stands_against() -> None:
    found = ready(("dkim.temperror", "unknown"))["gmail_bulk"]
    assert (found.ok, found.unknown) == (None, ("dkim.temperror",))
    found = ready(("dkim.temperror", "unknown"), ("spf.missing", "error"))["gmail_bulk"]
    assert (found.ok, found.missing) == (False, ("spf.missing",))


def test_the_names_of_mx_hosts_say_nothing_of_those_that_send() -> None:
    found = ready(("ptr.missing", "error"), scope="mx_hosts")["apple"]
    assert (found.ok, found.unknown) == (None, ("ptr.no_ips",))
