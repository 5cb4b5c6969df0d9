"""MTA-STS and TLS-RPT records, as information."""

import pytest

from engine.rules.transport import judge
from tests.support.zones import Zone

STS, RPT = "_mta-sts.example.com TXT", "_smtp._tls.example.com TXT"


def test_what_is_published_is_shown() -> None:
    report = Zone(
        {
            STS: ["v=STSv1; id=20260801T1;", "other"],
            RPT: ["v=TLSRPTv1; rua=mailto:a@example.com,https://example.net/r"],
        }
    ).run(judge("example.com"))
    assert report.mta_sts_id == "20260801T1"
    assert report.tls_rpt_rua == ("mailto:a@example.com", "https://example.net/r")
    assert report.findings == ()


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ({}, []),
        ({STS: ["v=STSv1; id=a", "v=STSv1; id=b"]}, ["mta_sts.multiple"]),
        ({STS: ["v=STSv1;"]}, ["mta_sts.id"]),
        ({STS: ["v=STSv1; id=no-dash"]}, ["mta_sts.id"]),
        ({STS: [f"v=STSv1; id={'a' * 33}"]}, ["mta_sts.id"]),
        ({STS: ["v=STSv2; id=a"]}, []),
        ({RPT: ["v=TLSRPTv1; rua=mailto:a@b.example", "v=TLSRPTv1;"]}, ["tls_rpt.multiple"]),
        ({RPT: ["v=TLSRPTv1; rua= "]}, ["tls_rpt.rua"]),
        ({RPT: ["v=TLSRPTv1; rua=tls@example.com"]}, ["tls_rpt.rua"]),
        ({RPT: ["v=TLSRPTv1; rua=tls@example.com,MAILTO:a@example.com"]}, []),
    ],
)
def test_what_is_wrong_is_a_note_and_no_more(
    records: dict[str, list[str]], expected: list[str]
) -> None:
    report = Zone(records).run(judge("example.com"))
    assert [one.code for one in report.findings] == expected
    assert {one.severity for one in report.findings} <= {"info"}


def test_a_resolver_that_is_down_says_nothing() -> None:
    report = Zone({}, {STS: "servfail", RPT: "timeout"}).run(judge("example.com"))
    assert (report.mta_sts, report.tls_rpt, report.findings) == (None, None, ())
