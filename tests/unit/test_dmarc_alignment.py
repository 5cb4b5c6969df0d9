"""Which names stand for the author, and what is not known while a walk is not answered."""

import pytest

from engine.rules.dmarc.judge import judge
from engine.values.dmarc_report import DmarcReport
from engine.values.dns import Outcome
from tests.support.dmarc_walks import Dns, looked, zone_of


def passes(report: DmarcReport) -> bool:
    return any(one.aligned for one in report.alignment)


# author, zone, MAIL FROM's domain, d=, whether DMARC passes when both are proved
@pytest.mark.parametrize(
    ("author", "dns", "spf", "dkim", "expected"),
    [
        ("example.com", {"example.com": "v=DMARC1; p=reject; adkim=s"}, None, "example.com", True),
        ("mail.example.com", {"example.com": "v=DMARC1; p=reject"}, None, "example.com", True),
        (
            "example.com",
            {"example.com": "v=DMARC1; p=reject"},
            "example.com",
            "signing.example.com",
            True,
        ),
        (
            "a.b.c.d.e.f.g.h.i.j.k.example.com",
            {"example.com": "v=DMARC1; p=reject"},
            "example.com",
            None,
            True,
        ),
        (
            "mail.example.com",
            {"mail.example.com": "v=DMARC1; p=reject"},
            "bounce.example.com",
            "example.com",
            False,
        ),
        (
            "alice.blogspot.com",
            {"blogspot.com": "v=DMARC1; p=reject"},
            None,
            "bob.blogspot.com",
            True,
        ),
        (
            "mail.example.com",
            {"mail.example.com": "v=DMARC1; p=reject; psd=n", "example.com": "v=DMARC1; p=reject"},
            None,
            "example.com",
            False,
        ),
        (
            "example.com",
            {"example.com": "v=DMARC1; p=reject"},
            "bounces.esp.example.net",
            "example.org",
            False,
        ),
        (
            "giant.bank.example",
            {"bank.example": "v=DMARC1; p=reject; psd=y", "giant.bank.example": "v=DMARC1; p=none"},
            "mail.giant.bank.example",
            None,
            True,
        ),
        (
            "giant.bank.example",
            {"bank.example": "v=DMARC1; p=reject; psd=y", "giant.bank.example": "v=DMARC1; p=none"},
            None,
            "mail.mega.bank.example",
            False,
        ),
        (
            "mail.giant.bank.example",
            {"bank.example": "v=DMARC1; p=reject; psd=y"},
            None,
            "giant.bank.example",
            True,
        ),
        (
            "giant.bank.example",
            {"bank.example": "v=DMARC1; p=reject; psd=y"},
            "bank.example",
            "mega.bank.example",
            False,
        ),
        (
            "bank.example",
            {"bank.example": "v=DMARC1; p=reject; psd=y"},
            "mail.bank.example",
            None,
            False,
        ),
        (
            "strict.example",
            {"strict.example": "v=DMARC1; p=reject; adkim=s; aspf=s"},
            "sub.strict.example",
            "sub.strict.example",
            False,
        ),
        (
            "mail.example.com",
            {"example.com": "v=DMARC1; p=reject; adkim=S"},
            None,
            "example.com",
            False,
        ),
        (
            "reject.example",
            {"reject.example": "v=DMARC1; p=reject"},
            "sub.reject.example",
            None,
            True,
        ),
        ("example.com", {"example.com": "v=DMARC1; p=reject"}, None, "com", False),
    ],
)
def test_a_name_stands_for_the_author_or_does_not(
    author: str, dns: Dns, spf: str | None, dkim: str | None, expected: bool
) -> None:
    report = looked(dns, author, spf, *([dkim] if dkim else []))
    assert passes(report) is expected
    assert ("dmarc.unaligned" in [one.code for one in report.findings]) is not expected


REJECT: Dns = {"example.com": "v=DMARC1; p=reject"}


def test_a_policy_that_was_not_answered_is_unknown() -> None:
    zone = zone_of(REJECT, {"_dmarc.example.com TXT": "servfail"})
    report = zone.run(judge("mail.example.com", None, ["example.com"]))
    assert (report.valid, report.policy, report.organizational_domain) == (None, None, None)
    assert [one.code for one in report.findings] == ["dmarc.temperror"]


def test_a_policy_further_up_is_not_taken_for_one_that_was_not_answered() -> None:
    zone = zone_of(REJECT, {"_dmarc.b.example.com TXT": "servfail"})
    report = zone.run(judge("a.b.example.com", None, []))
    assert (report.valid, report.policy, report.found_at) == (None, None, None)


def test_an_author_s_own_record_holds_though_the_walk_above_fails() -> None:
    zone = zone_of(REJECT, {"_dmarc.com TXT": "timeout"})
    report = zone.run(judge("example.com", "example.com", []))
    assert (report.valid, report.policy) == (True, "reject")
    report = zone.run(judge("example.com", "bounce.example.com", []))
    assert (report.valid, report.policy) == (None, "reject")
    assert [one.aligned for one in report.alignment] == [None]


def test_a_name_whose_walk_fails_may_be_aligned_and_hides_no_other_that_is() -> None:
    zone = zone_of(REJECT, {"_dmarc.bounce.example.com TXT": "refused"})
    assert zone.run(judge("example.com", "bounce.example.com", [])).valid is None
    assert zone.run(judge("example.com", "bounce.example.com", ["example.com"])).valid is True
    assert zone.run(judge("example.com", "bounce.example.com", ["s.example.com"])).valid is True


def test_a_name_elsewhere_or_under_strict_rules_is_unaligned_whatever_fails() -> None:
    failing: dict[str, Outcome] = {"_dmarc.esp.example TXT": "servfail"}
    report = zone_of(REJECT, failing).run(judge("example.com", "esp.example", []))
    assert [one.aligned for one in report.alignment] == [False]
    strict: Dns = {"example.com": "v=DMARC1; p=reject; adkim=s"}
    failing = {"_dmarc.mail.example.com TXT": "servfail"}
    report = zone_of(strict, failing).run(judge("example.com", None, ["mail.example.com"]))
    assert [one.aligned for one in report.alignment] == [False]


def test_whether_a_name_exists_matters_only_where_sp_and_np_differ() -> None:
    failing: dict[str, Outcome] = {"sub.example.com SOA": "servfail"}
    same: Dns = {"example.com": "v=DMARC1; p=reject; sp=none"}
    assert zone_of(same, failing).run(judge("sub.example.com", None, [])).policy == "none"
    differ: Dns = {"example.com": "v=DMARC1; p=reject; sp=none; np=reject"}
    report = zone_of(differ, failing).run(judge("sub.example.com", None, []))
    assert (report.policy, report.valid) == (None, None)


def test_what_fails_beyond_the_end_of_a_walk_is_nobody_s_business() -> None:
    dns: Dns = {"b.example.com": "v=DMARC1; p=reject; psd=n; rua=mailto:a@b.example.com"}
    report = zone_of(dns, {"_dmarc.com TXT": "servfail"}).run(judge("a.b.example.com", None, []))
    assert report.organizational_domain == "b.example.com"
    assert report.queries == ("_dmarc.a.b.example.com", "_dmarc.b.example.com")
    assert report.valid is True


def test_all_walks_are_asked_at_once_and_no_name_twice() -> None:
    questions = next(judge("a.example.com", "b.example.com", ["example.com", "a.example.com"]))
    assert sorted(question.name for question in questions if question.name.startswith("_")) == [
        "_dmarc.a.example.com",
        "_dmarc.b.example.com",
        "_dmarc.com",
        "_dmarc.example.com",
    ]
