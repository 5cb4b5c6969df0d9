"""What may be asked of the DNS as a sending domain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.domain_name import parse_domain, parse_selector

LABEL = "a" * 63


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("example.com", "example.com"),
        (" Example.COM. ", "example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("XN--BCHER-KVA.Example", "xn--bcher-kva.example"),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
        ("faß.example", "xn--fa-hia.example"),  # IDNA 2008, not fass
        ("1und1.example", "1und1.example"),
        (f"{LABEL}.example", f"{LABEL}.example"),
        (".".join([LABEL] * 3 + ["a" * 61]), ".".join([LABEL] * 3 + ["a" * 61])),
        ("example.co.uk", "example.co.uk"),
        ("co.example", "co.example"),
    ],
)
def test_a_domain_is_asked_in_its_a_labels(text: str, expected: str) -> None:
    assert parse_domain(text) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "there is no domain"),
        (" ", "there is no domain"),
        (".", "two dots|there is no"),
        ("..", "two dots"),
        ("example", "single word"),
        ("com.", "single word"),
        ("192.0.2.1", "IP address"),
        ("[192.0.2.1]", "IP address"),
        ("2001:db8::1", "IP address"),
        ("192.0.2", "ends in a number"),
        ("*.example.com", "wildcard"),
        ("a@example.com", "after the @"),
        ("https://example.com/x", "web address"),
        ("example.com:25", "web address"),
        ("example..com", "two dots"),
        (".example.com", "two dots"),
        ("exa mple.com", "cannot stand"),
        ("_dmarc.example.com", "cannot stand"),
        ("-a.example.com", "cannot stand"),
        ("a-.example.com", "cannot stand"),
        ("exam\nple.com", "cannot stand"),
        ("exam\x00ple.com", "cannot stand"),
        (f"{LABEL}a.example", "at most 63"),
        (".".join([LABEL] * 3 + ["a" * 62]), "at most 253"),
        ("a." * 150 + "example", "at most 253"),
        ("a" * 2000, "at most 253"),
        ("xn--a.example", "internationalised"),
        ("xn--.example", "internationalised"),
        ("\u2603\ufe0f.example", "internationalised"),
        ("\u0308a.example", "internationalised"),
        ("co.uk", "public suffix"),
        ("CO.UK.", "public suffix"),
        ("com.au", "public suffix"),
    ],
)
def test_what_is_none_is_refused_in_words(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_domain(text)


@given(st.text() | st.text("a-.xn1ü例*@: ", max_size=80))
def test_junk_is_refused_or_becomes_a_name_that_stays_as_it_is(text: str) -> None:
    try:
        name = parse_domain(text)
    except ValueError as error:
        assert str(error)
    else:
        assert parse_domain(name) == name
        assert name.isascii()
        assert len(name) <= 253
        assert all(0 < len(label) <= 63 for label in name.split("."))


@pytest.mark.parametrize("text", ["s1", "S1", "a.b", "mail-2026", "k_1", "20230601"])
def test_a_selector_may_have_labels_and_underscores(text: str) -> None:
    assert parse_selector(text) == text.lower()


@pytest.mark.parametrize("text", ["", "a..b", ".a", "a.", "-a", "a b", "*", "a" * 64, "ü"])
def test_what_is_no_selector_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a selector"):
        parse_selector(text)
