"""What is found in the DMARC record that concerns a domain."""

import pytest

from engine.rules.dmarc.judge import judge
from engine.rules.dmarc.propose import start_line, start_record
from engine.rules.dmarc.record import parse
from engine.values.dmarc_report import DmarcReport, ReportAddress
from engine.values.dns import Outcome
from tests.support.zones import Zone

DOMAIN = "example.com"
PLACE = "_dmarc.example.com TXT"
MX = {"example.com MX": ["10 mx.example.com"]}
GOOD = "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
FAR = "v=DMARC1; p=reject; rua=mailto:a@reports.example.net"
AGREED = "example.com._report._dmarc.reports.example.net TXT"
FAR_MX = {"reports.example.net MX": ["10 mx.example.net"]}


def judged(*texts: str) -> DmarcReport:
    return Zone({PLACE: texts, **MX}).run(judge(DOMAIN, None, []))


def codes(report: DmarcReport) -> list[tuple[str, str]]:
    return [(one.code, one.severity) for one in report.findings]


def test_a_good_record_is_valid_and_nothing_is_found() -> None:
    report = judged(GOOD)
    assert (report.valid, report.status, report.findings) == (True, "ok", ())
    assert (report.record, report.found_at, report.ttl) == (GOOD, "_dmarc.example.com", 300)
    assert report.rua == (ReportAddress("mailto:dmarc@example.com", False, True, True),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v=DMARC1; p=none", ("dmarc.none", "info")),
        ("v=DMARC1; p=none", ("dmarc.no_rua", "warning")),
        ("v=DMARC1; p=none", ("dmarc.bimi_needs", "info")),
        (GOOD + "; t=y", ("dmarc.testing", "warning")),
        (GOOD + "; t=y", ("dmarc.bimi_needs", "info")),
        (GOOD + "; p=none", ("dmarc.syntax", "error")),
        (GOOD + "; bogus", ("dmarc.syntax", "error")),
        (GOOD + "; sp=no", ("dmarc.p_invalid", "error")),
        ("v=DMARC1; p=block", ("dmarc.p_invalid", "error")),
        ("v=DMARC1; rua=mailto:a@example.com", ("dmarc.p_missing", "warning")),
        ("v=DMARC1", ("dmarc.p_missing", "error")),
        (GOOD + "; adkim=x", ("dmarc.value", "warning")),
        (GOOD + ",bogus", ("dmarc.uri", "warning")),
        (GOOD + ",https://example.com/r", ("dmarc.uri", "warning")),
        (GOOD + "; fo=1", ("dmarc.fo", "info")),
        (GOOD + "; pct=50", ("dmarc.obsolete", "warning")),
        (GOOD + "; rf=afrf", ("dmarc.obsolete", "warning")),
        (GOOD + "; ri=3600", ("dmarc.obsolete", "warning")),
        (GOOD + "!10m", ("dmarc.size", "warning")),
        ("v=DMARC1; rua=mailto:a@example.com; p=none", ("dmarc.p_order", "warning")),
        (GOOD + "; psd=y", ("dmarc.psd", "warning")),
    ],
)
def test_what_is_wrong_with_a_record_is_found(text: str, expected: tuple[str, str]) -> None:
    report = judged(text)
    assert expected in codes(report)
    assert report.valid is ("error" not in [severity for _, severity in codes(report)])


@pytest.mark.parametrize("more", ["", ";", " ; ", "; x=y", "; sp=none", "; psd=n", "; adkim=s"])
def test_nothing_is_found_where_nothing_is_wrong(more: str) -> None:
    assert judged(GOOD + more).findings == ()


def test_without_a_record_one_to_begin_with_is_written_out() -> None:
    report = judged()
    assert codes(report) == [("dmarc.missing", "error")]
    assert '_dmarc.example.com. IN TXT "v=DMARC1; p=none"' in report.findings[0].fix


def test_several_records_are_none_and_what_was_meant_as_one_is_pointed_out() -> None:
    assert codes(judged(GOOD, "v=DMARC1; p=none")) == [
        ("dmarc.multiple", "error"),
        ("dmarc.missing", "error"),
    ]
    assert ("dmarc.syntax", "error") in codes(judged("v=DMARC1 p=none"))


@pytest.mark.parametrize(
    ("text", "record"),
    [
        ("v=dmarc1; p=reject; rua=mailto:a@example.com", "p=reject; rua=mailto:a@example.com"),
        ("p=reject; v=DMARC1; sp=none", "p=reject; sp=none"),
        ("rua=mailto:a@example.com; v=DMARC1; p=none", "p=none; rua=mailto:a@example.com"),
        ("v=DMARC1 p=quarantine pct=100", "p=quarantine; pct=100"),
        ('"v=DMARC1; p=reject"', "p=reject"),
        ("p=reject; adkim=s", "p=reject; adkim=s"),
        ("v=DMARC1, p=what", "p=none"),
        ("v=DMARC; p=reject; bogus", "p=none"),
    ],
)
def test_what_is_meant_as_a_record_is_written_out_as_one(text: str, record: str) -> None:
    meant, missing = judged(text).findings
    assert (meant.code, missing.code) == ("dmarc.syntax", "dmarc.missing")
    assert f'_dmarc.example.com. IN TXT "v=DMARC1; {record}"' in meant.fix


@pytest.mark.parametrize("texts", [(GOOD, "v=DMARC1; p=none"), ("v=dmarc1; p=none",)])
def test_nobody_is_told_to_publish_a_further_record_beside_one_that_does_not_count(
    texts: tuple[str, ...],
) -> None:
    (missing,) = [one for one in judged(*texts).findings if one.code == "dmarc.missing"]
    assert "IN TXT" not in missing.fix
    assert "no DMARC record that counts" in missing.message


def test_several_records_above_are_said_of_the_domain_below() -> None:
    zone = Zone({PLACE: [GOOD, "v=DMARC1; p=none"]})
    report = zone.run(judge("mail.example.com", None, []))
    assert ("dmarc.missing", "error") in codes(report)


def test_a_record_at_the_domain_itself_is_in_the_wrong_place() -> None:
    zone = Zone({"example.com TXT": [GOOD, "v=spf1 -all"], PLACE: [GOOD], **MX})
    (found,) = zone.run(judge(DOMAIN, None, [])).findings
    assert (found.code, found.severity) == ("dmarc.wrong_place", "warning")
    assert "Delete it" in found.fix
    alone = Zone({"example.com TXT": [GOOD], **MX}).run(judge(DOMAIN, None, []))
    moved, missing = alone.findings
    assert f'_dmarc.example.com. IN TXT "{GOOD}"' in moved.fix
    assert "IN TXT" not in missing.fix


def test_an_alias_is_followed_and_one_that_leads_nowhere_is_an_error() -> None:
    records = {
        "_dmarc.example.com CNAME": ["dmarc.example.net"],
        "dmarc.example.net TXT": [GOOD],
        **MX,
    }
    assert codes(Zone(records).run(judge(DOMAIN, None, []))) == [("dmarc.cname", "info")]
    del records["dmarc.example.net TXT"]
    report = Zone(records).run(judge(DOMAIN, None, []))
    assert ("dmarc.cname", "error") in codes(report)
    assert ("dmarc.missing", "error") in codes(report)


def test_sp_of_a_subdomain_counts_for_nobody() -> None:
    records = {"_dmarc.mail.example.com TXT": [GOOD + "; sp=none"], PLACE: [GOOD], **MX}
    report = Zone(records).run(judge("mail.example.com", None, []))
    assert codes(report) == [("dmarc.sp_ignored", "info")]


def test_a_policy_of_the_public_suffix_alone_is_said() -> None:
    zone = Zone({"_dmarc.bank.example TXT": ["v=DMARC1; p=reject; psd=y"]})
    report = zone.run(judge("giant.bank.example", None, []))
    assert ("dmarc.of_suffix", "warning") in codes(report)
    assert ("dmarc.psd", "warning") not in codes(report)


def test_one_of_spf_and_dkim_that_does_not_stand_for_the_domain_is_a_warning() -> None:
    zone = Zone({PLACE: [GOOD], **MX})
    assert codes(zone.run(judge(DOMAIN, "esp.example", [DOMAIN]))) == [
        ("dmarc.spf_unaligned", "warning")
    ]
    assert codes(zone.run(judge(DOMAIN, DOMAIN, ["esp.example"]))) == [
        ("dmarc.dkim_unaligned", "warning")
    ]
    assert codes(zone.run(judge(DOMAIN, None, ["esp.example", DOMAIN]))) == []
    assert codes(zone.run(judge(DOMAIN, "esp.example", ["esp.example"]))) == [
        ("dmarc.unaligned", "error")
    ]


def test_a_record_at_the_parent_is_advised_where_it_would_make_one_organisation() -> None:
    zone = Zone({"_dmarc.news.example.com TXT": ["v=DMARC1; p=none"]})
    report = zone.run(judge("news.example.com", "bounce.example.com", []))
    (found,) = (one for one in report.findings if one.code == "dmarc.unaligned")
    assert "_dmarc.example.com" in found.fix


# The outcomes of mox's TestLookupExternalReportsAccepted (dmarc/dmarc_test.go).
@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["v=DMARC1"], True),
        (["v=DMARC1;"], True),
        (["v=DMARC1; p=none;", "other"], True),
        (["v=DMARC1; p=none;", "v=DMARC1"], True),
        (["v=DMARC1; p=none; bogus;"], False),
        (["other"], False),
        ([], False),
        (["v=DMARC1; rua=mailto:b@reports.example.net"], True),
        (["v=DMARC1; rua=mailto:b@elsewhere.example"], False),  # RFC 9990 4, step 9
    ],
)
def test_who_gets_reports_of_others_must_have_agreed(texts: list[str], expected: bool) -> None:
    zone = Zone({PLACE: [FAR], AGREED: texts, **FAR_MX})
    report = zone.run(judge(DOMAIN, None, []))
    assert report.rua == (ReportAddress("mailto:a@reports.example.net", True, expected, True),)
    assert report.valid is True
    assert (("dmarc.report_not_authorised", "warning") in codes(report)) is not expected
    if not expected:
        assert AGREED.removesuffix(" TXT") in report.findings[0].fix


def test_whether_others_agreed_is_asked_of_the_domain_whose_record_it_is() -> None:
    zone = Zone({PLACE: [FAR], AGREED: ["v=DMARC1"], **FAR_MX})
    report = zone.run(judge("mail.example.com", None, []))
    assert [one.authorised for one in report.rua] == [True]


def test_an_unanswered_agreement_leaves_the_policy_as_good_as_it_is() -> None:
    failing: dict[str, Outcome] = {AGREED: "timeout", "reports.example.net MX": "servfail"}
    report = Zone({PLACE: [FAR]}, failing).run(judge(DOMAIN, None, []))
    assert report.valid is True
    assert report.rua[0].authorised is None
    assert report.rua[0].reachable is None
    assert codes(report) == [("dmarc.report_unknown", "info")]


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ({"example.com MX": ["10 mx.example.com"]}, True),
        ({"example.com A": ["192.0.2.1"]}, True),
        ({"example.com AAAA": ["2001:db8::1"]}, True),
        ({"example.com MX": ["0 ."]}, False),
        ({}, False),
    ],
)
def test_reports_to_a_domain_that_takes_no_mail_are_lost(
    records: dict[str, list[str]], expected: bool
) -> None:
    report = Zone({PLACE: [GOOD], **records}).run(judge(DOMAIN, None, []))
    assert report.rua[0].reachable is expected
    assert (("dmarc.report_no_mail", "warning") in codes(report)) is not expected


def test_of_many_destinations_some_are_left_out_and_it_is_said() -> None:
    uris = ",".join(f"mailto:a@d{n}.example" for n in range(12))
    zone = Zone({PLACE: [f"v=DMARC1; p=reject; rua={uris}"]})
    report = zone.run(judge(DOMAIN, None, []))
    assert len(report.rua) == 10
    assert ("dmarc.report_many", "info") in codes(report)


def test_a_name_that_would_be_too_long_cannot_agree() -> None:
    domain = ".".join(["a" * 60] * 3 + ["example"])
    dest = ".".join(["b" * 60] * 2 + ["example"])
    zone = Zone({f"_dmarc.{domain} TXT": [f"v=DMARC1; p=reject; rua=mailto:a@{dest}"]})
    report = zone.run(judge(domain, None, []))
    assert [one.authorised for one in report.rua] == [False]
    assert all(len(question.name) <= 253 for question in zone.asked)


def test_what_is_proposed_to_begin_with_is_a_whole_record() -> None:
    assert parse(start_record("a@example.com")).faults == ()
    assert judged(start_record("a@example.com")).valid is True
    assert start_line(DOMAIN) == '_dmarc.example.com. IN TXT "v=DMARC1; p=none"'
