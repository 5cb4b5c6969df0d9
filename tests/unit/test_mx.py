"""Who takes mail for a domain, and whether there is such a domain."""

import pytest

from engine.rules.mx.judge import judge
from engine.values.dns import Outcome
from engine.values.mx_report import MxReport
from tests.support.zones import Zone

DOMAIN = "example.com"
BASE = {
    "example.com SOA": ["ns.example.com hostmaster.example.com 1 2 3 4 5"],
    "mx1.example.com A": ["9.9.9.1"],
    "mx2.example.com AAAA": ["2620:fe::fe"],
}
TWO = {**BASE, "example.com MX": ["20 mx2.example.com", "10 mx1.example.com"]}


def judged(records: dict[str, list[str]], **failing: Outcome) -> MxReport:
    return Zone(records, {key.replace("_", " "): how for key, how in failing.items()}).run(
        judge(DOMAIN)
    )


def with_mx(*records: str, **more: list[str]) -> MxReport:
    extra = {key.replace("__", " ").replace("_", "."): value for key, value in more.items()}
    return judged({**BASE, "example.com MX": list(records), **extra})


def codes(report: MxReport) -> list[tuple[str, str]]:
    return [(one.code, one.severity) for one in report.findings]


def test_hosts_are_shown_by_preference_and_nothing_is_found() -> None:
    report = judged(TWO)
    assert (report.valid, report.status, report.findings) == (True, "ok", ())
    assert report.record == "10 mx1.example.com"
    assert report.records == ("10 mx1.example.com", "20 mx2.example.com")
    assert [one.addresses for one in report.hosts] == [("9.9.9.1",), ("2620:fe::fe",)]
    assert (report.exists, report.implicit) == (True, False)


M1 = "10 mx1.example.com"


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        (["0 ."], ("mx.null", "error")),
        (["0 .", M1], ("mx.null", "error")),
        ([M1, "20 192.0.2.1"], ("mx.ip_literal", "error")),
        ([M1, "20 [192.0.2.1]"], ("mx.ip_literal", "error")),
        ([M1, "20 2001:db8::1"], ("mx.ip_literal", "error")),
        ([M1, "20 localhost"], ("mx.localhost", "error")),
        ([M1, "20 bad_host.example.com"], ("mx.bad_hostname", "error")),
        ([M1, "20 mail"], ("mx.bad_hostname", "error")),
        ([M1, "mx2.example.com"], ("mx.bad_hostname", "error")),
        ([M1, "20 gone.example.com"], ("mx.no_address", "error")),
        ([M1, "20 mx1.example.com"], ("mx.duplicate", "warning")),
        ([M1], ("mx.single", "info")),
    ],
)
def test_what_is_wrong_with_the_records_is_found(
    records: list[str], expected: tuple[str, str]
) -> None:
    report = with_mx(*records)
    assert expected in codes(report)
    assert report.valid is (expected[1] != "error")


def test_a_host_may_be_no_alias() -> None:
    records = {**TWO, "example.com MX": [M1, "20 alias.example.com"]}
    report = judged({**records, "alias.example.com CNAME": ["mx1.example.com"]})
    assert codes(report) == [("mx.cname", "error")]
    assert report.hosts[1].aliases == ("mx1.example.com",)
    report = judged({**records, "alias.example.com CNAME": ["gone.example.com"]})
    assert codes(report) == [("mx.cname", "error"), ("mx.no_address", "error")]


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        (["10.0.0.1"], [("mx.private", "error")]),
        (["127.0.0.1"], [("mx.private", "error")]),
        (["9.9.9.1", "192.168.1.1"], [("mx.private", "warning")]),
        (["9.9.9.1"], []),
    ],
)
def test_an_address_nobody_outside_can_reach_takes_no_mail(
    addresses: list[str], expected: list[tuple[str, str]]
) -> None:
    records = {**TWO, "mx1.example.com A": addresses}
    assert codes(judged(records)) == expected
    allowed = Zone(records).run(judge(DOMAIN, allow_reserved=True))
    assert allowed.findings == ()


def test_without_mx_records_the_domain_s_own_address_takes_its_mail() -> None:
    report = judged({**BASE, "example.com A": ["9.9.9.1"]})
    assert codes(report) == [("mx.missing", "warning")]
    assert (report.valid, report.implicit, report.hosts[0].host) == (True, True, DOMAIN)
    report = judged(BASE)
    assert codes(report) == [("mx.missing", "error")]
    assert report.valid is False


def test_a_domain_that_does_not_exist_is_refused_whatever_else() -> None:
    report = Zone({}).run(judge("gone.example.com"))
    assert codes(report) == [("mx.soa", "error")]
    assert report.exists is False


def test_a_name_inside_its_parent_s_zone_exists_without_an_soa() -> None:
    zone = Zone({**BASE, "news.example.com MX": [M1, "20 mx2.example.com"]})
    report = zone.run(judge("news.example.com"))
    assert (report.valid, report.exists) == (True, True)


@pytest.mark.parametrize(
    "question",
    ["example.com MX", "example.com SOA", "mx1.example.com A"],
)
def test_what_is_not_answered_makes_nothing_invalid(question: str) -> None:
    report = Zone(TWO, {question: "servfail"}).run(judge(DOMAIN))
    assert report.valid is None
    assert codes(report) == [("mx.temperror", "unknown")]


def test_a_host_with_one_address_answered_is_reached() -> None:
    assert Zone(TWO, {"mx1.example.com AAAA": "timeout"}).run(judge(DOMAIN)).valid is True


def test_whether_a_private_address_is_all_there_is_hangs_on_both_families() -> None:
    records = {**TWO, "mx1.example.com A": ["10.0.0.1"]}
    report = Zone(records, {"mx1.example.com AAAA": "timeout"}).run(judge(DOMAIN))
    assert codes(report) == [("mx.temperror", "unknown")]


def test_of_many_records_only_the_first_are_asked_about() -> None:
    hosts = [f"{n} mx{n}.example.com" for n in range(30)]
    zone = Zone({**BASE, "example.com MX": hosts})
    report = zone.run(judge(DOMAIN))
    assert ("mx.many", "info") in codes(report)
    assert len(zone.asked) <= 4 + 20 * 3
