"""The grammar of SPF records, RFC 7208 12."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.rules.spf import mistakes
from engine.rules.spf import record as spf
from engine.rules.spf.check import envelope_of
from engine.rules.spf.macros import expand, values
from engine.rules.spf.parse import Malformed, is_spf, parse
from engine.rules.spf.record import Record
from tests.support.spf_records import records


@given(records())
def test_what_is_written_is_read_as_it_was(record: Record) -> None:
    assert parse(record.text) == record


@given(records())
def test_what_is_read_is_written_as_it_was(record: Record) -> None:
    assert parse(record.text).text == record.text


@given(st.text())
def test_no_text_is_too_strange_to_be_read_or_refused(text: str) -> None:
    try:
        parse(f"v=spf1 {text}")
    except Malformed as wrong:
        assert all(one.why for one in wrong.problems)


_TOPLABEL = r"(?:[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*|[A-Za-z0-9]+-[A-Za-z0-9-]*[A-Za-z0-9])"


@given(st.text("ab1-.%{}", min_size=1, max_size=8))
def test_a_domain_ends_as_the_abnf_says(text: str) -> None:
    """RFC 7208 12, domain-end and toplabel to the letter; text without a macro in it."""
    assume("%" not in text)
    right = re.search(rf"\.{_TOPLABEL}\.?\Z", text) is not None
    try:
        parse(f"v=spf1 a:{text}")
    except Malformed:
        assert not right
    else:
        assert right


def test_each_term_becomes_what_it_says() -> None:
    text = "v=spf1 A MX:x.y/24//64 -ip4:1.2.3.0/24 ~ip6:1::/64 ?include:%{d}.z.w exists:%{i}.q.v"
    assert parse(f"{text} ptr +all redirect=r.s exp=e.f moo=1/2").terms == (
        spf.A(),
        spf.Mx("x.y", 24, 64),
        spf.Ip4("1.2.3.0", 24, "-"),
        spf.Ip6("1::", 64, "~"),
        spf.Include("%{d}.z.w", "?"),
        spf.Exists("%{i}.q.v"),
        spf.Ptr(),
        spf.All("+"),
        spf.Redirect("r.s"),
        spf.Exp("e.f"),
        spf.Unknown("moo", "1/2"),
    )


@pytest.mark.parametrize(
    "word",
    [
        "ip6:fe80::1%eth0",
        "ip4:1.2.3.4/",
        "ip4:1.2.3.4/33",
        "ip4:1.2.3.4/032",
        "ip6:1::/129",
        "a/24/64",
        "a:",
        "a:com",
        "a:x.123",
        "a:x.%%_",
        "include",
        "all:x.y",
        "-foo=bar",
        "moo",
        "a:%{d0}.x",
        "a:%{c}",
        "a:%{x}",
        "exp=%{c}.x.y",
        "moo=%",
        "a:é.com",
        "a:x.y\t-all",
    ],
)
def test_a_term_off_the_grammar_is_named(word: str) -> None:
    with pytest.raises(Malformed) as wrong:
        parse(f"v=spf1 a -all {word} mx")
    assert [one.term for one in wrong.value.problems] == [word]


def test_a_typographer_s_dash_is_told_from_unknown_words() -> None:
    with pytest.raises(Malformed, match="outside printable ASCII"):
        parse("v=spf1 \u2013all")


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(Malformed) as wrong:
        parse("v=spf1 ipv4:1.2.3.4 redirect=x.y moo redirect=x.z")
    found = [one.term for one in wrong.value.problems]
    assert found == ["ipv4:1.2.3.4", "moo", "redirect="]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("v=spf1", True), ("V=SPF1 -all", True), ("v=spf10 -all", False), ("v=spf1\t-all", False)],
)
def test_only_a_version_that_ends_there_makes_an_spf_record(text: str, is_one: bool) -> None:
    assert is_spf(text) is is_one


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ipv4:192.0.2.1 -all", "ip4:192.0.2.1 -all"),
        ("192.0.2.1 ~all", "ip4:192.0.2.1 ~all"),
        ("a:192.0.2.1", "ip4:192.0.2.1"),
        ("ip4:2001:db8::1/64", "ip6:2001:db8::1/64"),
        ("ip4:mail.example.com", "a:mail.example.com"),
        ("ip4:192.0.2.1ip4:192.0.2.2 -all", "ip4:192.0.2.1 ip4:192.0.2.2 -all"),
        ("ip4:192.0.2.1-all", "ip4:192.0.2.1 -all"),
        ("mx, a, \u2013all", "mx a -all"),
        ('"mx" -all;', "mx -all"),
        ("-all.", "-all"),
        ("redirect:x.example.com", "redirect=x.example.com"),
    ],
)
def test_a_usual_mistake_is_put_right(written: str, meant: str) -> None:
    assert mistakes.corrected(f"v=spf1 {written}") == f"v=spf1 {meant}"


def test_where_it_cannot_be_told_nothing_is_guessed() -> None:
    assert mistakes.corrected("v=spf1 ipv4:192.0.2.1 moo -all") is None


@given(records())
def test_what_is_right_is_left_alone(record: Record) -> None:
    assert mistakes.corrected(record.text) == record.text


# RFC 7208 7.4, the examples word for word.
@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("%{s}", "strong-bad@email.example.com"),
        ("%{o}", "email.example.com"),
        ("%{d}", "email.example.com"),
        ("%{d4}", "email.example.com"),
        ("%{d3}", "email.example.com"),
        ("%{d2}", "example.com"),
        ("%{d1}", "com"),
        ("%{dr}", "com.example.email"),
        ("%{d2r}", "example.email"),
        ("%{l}", "strong-bad"),
        ("%{l-}", "strong.bad"),
        ("%{lr}", "strong-bad"),
        ("%{lr-}", "bad.strong"),
        ("%{l1r-}", "strong"),
        ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"),
        ("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"),
        ("%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"),
        ("%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"),
        ("%{S}", "strong-bad%40email.example.com"),
        ("%%%_%-", "% %20"),
    ],
)
def test_a_macro_becomes_what_the_rfc_says(text: str, expanded: str) -> None:
    envelope = envelope_of("192.0.2.3", "strong-bad@email.example.com", "mx.example.org")
    assert expand(text, values(envelope, "email.example.com")) == expanded


def test_an_ipv6_address_becomes_nibbles() -> None:
    envelope = envelope_of("2001:db8::cb01", "strong-bad@email.example.com", "mx.example.org")
    nibbles = "1.0.B.C.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2"
    expanded = expand("%{ir}.%{v}._spf.%{d2}", values(envelope, "email.example.com"))
    assert expanded == f"{nibbles}.ip6._spf.example.com"
