"""Names that people write, read in one way only."""

import pytest

from engine.ids import is_reserved, parse_hostname, parse_ip, parse_purpose, parse_slug


@pytest.mark.parametrize(
    ("text", "ip"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::ffff:c000:201", "192.0.2.1"),
    ],
)
def test_an_address_has_one_spelling(text: str, ip: str) -> None:
    assert parse_ip(text) == ip


@pytest.mark.parametrize(
    "text", ["", "1.2.3", "01.2.3.4", "1.2.3.4 ", "fe80::1%eth0", "fe80::1%eth0\nx", "1.2.3.4/32"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_ip(text)


@pytest.mark.parametrize(
    ("ip", "reserved"),
    [("8.8.8.8", False), ("10.0.0.1", True), ("127.0.0.1", True), ("203.0.113.7", True)],
)
def test_reserved_addresses_send_no_mail(ip: str, reserved: bool) -> None:
    assert is_reserved(parse_ip(ip)) is reserved


@pytest.mark.parametrize("text", ["", "A", "a--b", "-a", "a-", "a_b", "a\n", "é", "a" * 41])
def test_a_slug_is_nothing_else(text: str) -> None:
    with pytest.raises(ValueError, match="not a slug"):
        parse_slug(text)


def test_a_purpose_begins_with_a_letter() -> None:
    assert parse_purpose("b2b-news") == "b2b-news"
    with pytest.raises(ValueError, match="begins with a letter"):
        parse_purpose("2b")


def test_a_hostname_is_fully_qualified_and_lower_case() -> None:
    assert parse_hostname("Mail1.Acme.Example.") == "mail1.acme.example"
    for text in ("mail", "-a.b", "a..b", "a b.c", "a.b\n", "x" * 64 + ".b", ".a.b", "a.b-"):
        with pytest.raises(ValueError, match="not a fully qualified"):
            parse_hostname(text)


@pytest.mark.parametrize("text", ["10.1", "192.0.2.1", "mail.example.1", "a.b.007.", "1.2"])
def test_no_hostname_ends_in_a_number_for_it_could_be_read_as_an_address(text: str) -> None:
    with pytest.raises(ValueError, match="ends in a number"):
        parse_hostname(text)


@pytest.mark.parametrize("text", ["1.example", "192.0.2.1.example", "a.1b", "a.b1", "a.xn--p1ai"])
def test_digits_elsewhere_are_as_good_as_letters(text: str) -> None:
    assert parse_hostname(text) == text
