"""The tree walk of DMARC: the tables of RFC 9989 B.4, mailauth and mox, as zones and outcomes.

mailauth: test/dmarc/rfc9989-compliance-test.js; mox: dmarc/dmarc_test.go.  Where mox goes by the
public suffix list, the walk comes to the same in these zones.
"""

import pytest

from engine.rules.dmarc.walk import walk_names
from tests.support.dmarc_walks import Dns, looked


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        (
            "a.b.c.d.e.f.g.h.i.j.mail.example.com",
            "a.b.c.d.e.f.g.h.i.j.mail.example.com g.h.i.j.mail.example.com h.i.j.mail.example.com"
            " i.j.mail.example.com j.mail.example.com mail.example.com example.com com",
        ),
        (
            "a.b.c.d.e.f.example.com",
            "a.b.c.d.e.f.example.com b.c.d.e.f.example.com c.d.e.f.example.com d.e.f.example.com"
            " e.f.example.com f.example.com example.com com",
        ),
        (
            "x.a.b.c.d.e.f.example.com",
            "x.a.b.c.d.e.f.example.com b.c.d.e.f.example.com c.d.e.f.example.com"
            " d.e.f.example.com e.f.example.com f.example.com example.com com",
        ),
        ("example.com", "example.com com"),
        ("com", "com"),
    ],
)
def test_a_walk_asks_at_most_eight_times(domain: str, expected: str) -> None:
    assert walk_names(domain) == tuple(expected.split())


def test_a_name_too_long_to_be_asked_for_is_left_out() -> None:
    long = ".".join(["a" * 60] * 4 + ["example"])
    assert walk_names(long)[0] != long
    assert looked({}, long).valid is False


# author, zone, organisational domain, where the policy is, what is applied
@pytest.mark.parametrize(
    ("author", "dns", "organizational", "found_at", "policy"),
    [
        (
            "example.com",
            {"example.com": "v=DMARC1; p=reject"},
            "example.com",
            "example.com",
            "reject",
        ),
        (
            "mail.example.com",
            {"example.com": "v=DMARC1; p=reject"},
            "example.com",
            "example.com",
            "reject",
        ),
        ("example.com", {}, "example.com", None, None),
        # several at one name are passed over, and the walk goes on
        (
            "example.com",
            {"example.com": ["v=DMARC1; p=reject", "v=DMARC1; p=none"]},
            "example.com",
            None,
            None,
        ),
        (
            "mail.example.com",
            {
                "mail.example.com": ["v=DMARC1; p=reject", "v=DMARC1; p=quarantine"],
                "example.com": "v=DMARC1; p=none; sp=quarantine",
            },
            "example.com",
            "example.com",
            "quarantine",
        ),
        (
            "a.b.example.com",
            {
                "b.example.com": ["v=DMARC1; p=reject; psd=n", "v=DMARC1; p=none"],
                "example.com": "v=DMARC1; p=quarantine",
            },
            "example.com",
            "example.com",
            "quarantine",
        ),
        # other TXT records are passed over
        (
            "mail.example.com",
            {
                "mail.example.com": ["some other", "and another"],
                "example.com": "v=DMARC1; p=quarantine",
            },
            "example.com",
            "example.com",
            "quarantine",
        ),
        (
            "one.example",
            {"one.example": ["v=DMARC1; p=none;", "other"]},
            "one.example",
            "one.example",
            "none",
        ),
        ("example.com", {"example.com": "v=dmarc1; p=reject"}, "example.com", None, None),
        (
            "example.com",
            {"example.com": "v = DMARC1; p=reject"},
            "example.com",
            "example.com",
            "reject",
        ),
        # psd=n is a border
        (
            "a.b.example.com",
            {"b.example.com": "v=DMARC1; p=reject; psd=n", "example.com": "v=DMARC1; p=none"},
            "b.example.com",
            "b.example.com",
            "reject",
        ),
        # the record with the fewest labels, not one between
        (
            "a.b.example.com",
            {"b.example.com": "v=DMARC1; p=none", "example.com": "v=DMARC1; p=reject"},
            "example.com",
            "example.com",
            "reject",
        ),
        # no public suffix list
        (
            "mail.example.com",
            {"mail.example.com": "v=DMARC1; p=reject"},
            "mail.example.com",
            "mail.example.com",
            "reject",
        ),
        (
            "alice.blogspot.com",
            {"blogspot.com": "v=DMARC1; p=reject"},
            "blogspot.com",
            "blogspot.com",
            "reject",
        ),
        # psd=y: the organisation is one label below
        (
            "giant.bank.example",
            {
                "bank.example": "v=DMARC1; p=reject; psd=y",
                "giant.bank.example": "v=DMARC1; p=quarantine",
            },
            "giant.bank.example",
            "giant.bank.example",
            "quarantine",
        ),
        (
            "foo.example",
            {"example": "v=DMARC1; p=reject; psd=y", "foo.example": "v=DMARC1; p=none"},
            "foo.example",
            "foo.example",
            "none",
        ),
        (
            "mail.giant.bank.example",
            {"bank.example": "v=DMARC1; p=reject; sp=quarantine; psd=y"},
            "giant.bank.example",
            "bank.example",
            "quarantine",
        ),
        (
            "bank.example",
            {"bank.example": "v=DMARC1; p=reject; sp=none; psd=y"},
            "bank.example",
            "bank.example",
            "reject",
        ),
        # and the walk ends there
        (
            "mail.bank.example",
            {"bank.example": "v=DMARC1; p=reject; psd=y", "example": "v=DMARC1; p=none"},
            "mail.bank.example",
            "bank.example",
            "reject",
        ),
        # np for a name that does not exist, sp for one that does, p for its own
        (
            "sub.example.com",
            {"example.com": "v=DMARC1; p=reject; sp=none; np=quarantine"},
            "example.com",
            "example.com",
            "quarantine",
        ),
        (
            "sub.example.com",
            {
                "example.com": "v=DMARC1; p=reject; sp=none; np=quarantine",
                "sub.example.com A": "192.0.2.10",
            },
            "example.com",
            "example.com",
            "none",
        ),
        (
            "sub.example.com",
            {
                "example.com": "v=DMARC1; p=quarantine; np=reject",
                "www.sub.example.com MX": "1 mx.example.com",
            },
            "example.com",
            "example.com",
            "quarantine",
        ),
        (
            "example.com",
            {"example.com": "v=DMARC1; p=reject; sp=none; np=quarantine"},
            "example.com",
            "example.com",
            "reject",
        ),
        (
            "fake-agency.gov.example",
            {"gov.example": "v=DMARC1; p=reject; sp=none; np=reject; psd=y"},
            "fake-agency.gov.example",
            "gov.example",
            "reject",
        ),
        # t=y: one step weaker
        (
            "example.com",
            {"example.com": "v=DMARC1; p=reject; t=y"},
            "example.com",
            "example.com",
            "quarantine",
        ),
        (
            "example.com",
            {"example.com": "v=DMARC1; p=quarantine; t=Y"},
            "example.com",
            "example.com",
            "none",
        ),
        (
            "sub.example.com",
            {"example.com": "v=DMARC1; p=reject; sp=quarantine; t=y"},
            "example.com",
            "example.com",
            "none",
        ),
        (
            "example.com",
            {"example.com": "v=DMARC1; p=reject; t=yes"},
            "example.com",
            "example.com",
            "reject",
        ),
        # a record without a usable policy ends the search and says nothing
        (
            "mail.example.com",
            {"mail.example.com": "v=DMARC1; adkim=s", "example.com": "v=DMARC1; p=reject"},
            "example.com",
            "mail.example.com",
            None,
        ),
    ],
)
def test_the_policy_and_the_organisation_are_found(
    author: str, dns: Dns, organizational: str, found_at: str | None, policy: str | None
) -> None:
    report = looked(dns, author)
    assert report.organizational_domain == organizational
    assert report.found_at == (f"_dmarc.{found_at}" if found_at else None)
    assert report.policy == policy
