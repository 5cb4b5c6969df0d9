"""Zone files as people write them, and as the engine writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.zone_file import RECORDS_MAX, parse, written
from engine.values.zone_record import ZoneRecord

FILE = """\
$ORIGIN example.com.
$TTL 1h
@   3600 IN SOA ns1 hostmaster.example.net. (
        2026010100 ; serial
        3600 600 86400 300 )
    IN  NS  ns1.example.net.
    MX  10 mx1
    MX  0 .
mx1 A   192.0.2.1
    300 AAAA 2001:DB8::0001
www IN 60 CNAME @
@   TXT "v=spf1 ip4:192.0.2.1" " ~all"  ; in two strings
s1._domainkey TXT ( "v=DKIM1; p=AAAA"
                    "BBBB" )
_dmarc TXT "v=DMARC1\\; p=none; x=\\"\\195\\169\\""
$ORIGIN 2.0.192.in-addr.arpa.
1   PTR mx1.example.com.
"""


def test_a_file_is_read_as_name_servers_read_it() -> None:
    assert parse(FILE, "elsewhere.test") == [
        ZoneRecord(
            "example.com",
            "SOA",
            "ns1.example.com hostmaster.example.net 2026010100 3600 600 86400 300",
        ),
        ZoneRecord("example.com", "NS", "ns1.example.net"),
        ZoneRecord("example.com", "MX", "10 mx1.example.com"),
        ZoneRecord("example.com", "MX", "0 ."),
        ZoneRecord("mx1.example.com", "A", "192.0.2.1"),
        ZoneRecord("mx1.example.com", "AAAA", "2001:db8::1"),
        ZoneRecord("www.example.com", "CNAME", "example.com"),
        ZoneRecord("example.com", "TXT", "v=spf1 ip4:192.0.2.1 ~all"),
        ZoneRecord("s1._domainkey.example.com", "TXT", "v=DKIM1; p=AAAABBBB"),
        ZoneRecord("_dmarc.example.com", "TXT", 'v=DMARC1; p=none; x="é"'),
        ZoneRecord("1.2.0.192.in-addr.arpa", "PTR", "mx1.example.com"),
    ]


def test_names_without_a_last_dot_are_in_the_domain_that_is_asked_about() -> None:
    assert parse("@ MX 10 mx\nmx A 192.0.2.1", "example.com") == [
        ZoneRecord("example.com", "MX", "10 mx.example.com"),
        ZoneRecord("mx.example.com", "A", "192.0.2.1"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("@ TXT one\n@ TXTT x", "line 2: TXTT is no type known here; there are A, AAAA, CNAME"),
        ("@ A 192.0.2", "line 1: '192.0.2' is not an IPv4 address"),
        ("@ MX mx1", "line 1: 'mx1' is no MX record"),
        ("@ SOA ns hm 1 2 3", "is no SOA record"),
        ("@ TXT", "there is nothing after TXT"),
        ("@ 300 IN", "there is no record type"),
        ("@ CH TXT x", "only the class IN"),
        ('@ TXT "open', "a string is not closed"),
        ('@ TXT "\\999"', "is no octet"),
        ("@ TXT ( one\n@ TXT two", "a parenthesis is not closed"),
        ("$INCLUDE other", "line 1: $INCLUDE other is not known here"),
        ("a..b A 192.0.2.1", "is no name"),
        (f"{'x' * 64} A 192.0.2.1", "labels of 1 to 63"),
        (f'@ TXT "{"x" * 5000}"', "at most 4,000"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(text: str, said: str) -> None:
    with pytest.raises(ValueError, match="line") as wrong:
        parse(text, "example.com")
    assert said in str(wrong.value)


def test_there_are_no_more_records_than_one_run_can_use() -> None:
    with pytest.raises(ValueError, match="more than"):
        parse("@ A 192.0.2.1\n" * (RECORDS_MAX + 1), "example.com")


labels = st.from_regex(r"[a-z0-9_]([a-z0-9_-]{0,20}[a-z0-9])?", fullmatch=True)
names = st.lists(labels, min_size=1, max_size=4).map(".".join)
texts = st.text(max_size=600).map(lambda text: text.encode("utf-8", "replace").decode())
records = st.one_of(
    st.builds(ZoneRecord, names, st.sampled_from(["CNAME", "NS", "PTR"]), names),
    st.builds(ZoneRecord, names, st.just("TXT"), texts),
    st.builds(ZoneRecord, names, st.just("A"), st.ip_addresses(v=4).map(str)),
    st.builds(ZoneRecord, names, st.just("AAAA"), st.ip_addresses(v=6).map(str)),
    st.builds(
        lambda name, preference, host: ZoneRecord(name, "MX", f"{preference} {host}"),
        *(names, st.integers(0, 65535), names | st.just(".")),
    ),
)


@given(st.lists(records, max_size=5))
def test_what_is_written_is_read_as_it_was(found: list[ZoneRecord]) -> None:
    assert parse(written(found), "elsewhere.test") == found


@given(st.text(alphabet=' \t\n"\\();$@.aA0INTX', max_size=60))
def test_junk_is_refused_and_never_more(text: str) -> None:
    try:
        parse(text, "example.com")
    except ValueError as wrong:
        assert "line" in str(wrong) or "records" in str(wrong)
