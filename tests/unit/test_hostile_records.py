"""Records of 64 KiB and numbers of 5,000 digits: whoever owns a zone may publish them, and a look
at it ends in a report of a bearable size, whatever stands there.
"""

import base64

import msgspec
import pytest

from engine.ids import IpAddr
from engine.rules.asking import answered
from engine.rules.dkim.keys import RsaKey, spki
from engine.rules.dmarc.record import parse as parse_dmarc
from engine.rules.domain_report import judge
from engine.rules.spf.check import check_host, envelope_of
from engine.rules.spf.parse import TOLD_MAX, Malformed, parse
from engine.values.domain_check import DomainCheck
from engine.values.domain_report import DomainReport
from tests.support.zones import Zone

LONG = 60_000
REPORT_MAX = 2 * LONG + 30_000  # octets of JSON: the record as it is, and what is said of it
CHECK = DomainCheck(
    domain="example.com", ips=(IpAddr("192.0.2.1"), IpAddr("2001:db8::1")), selectors=("s1",)
)
DIGITS = "1" * 5_000


def judged(name: str, text: str) -> DomainReport:
    there = {"example.com SOA": ["ns. hm. 1 2 3 4 5"], f"{name} TXT": [text]}
    return Zone(there).run(judge(CHECK, "nobody"))


def key(exponent: int) -> str:
    public = spki(RsaKey((1 << 2047) + 1, exponent))
    return f"v=DKIM1; p={base64.b64encode(public).decode()}"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("example.com", f"v=spf1 exists:%{{d{DIGITS}}}.example.com -all"),
        ("example.com", f"v=spf1 x=%{{d{DIGITS}}} -all"),
        ("example.com", f"v=spf1 a:a.{'a' * LONG}! -all"),
        ("example.com", f"v=spf1 a:{('.' + 'a' * 200) * 300}! -all"),
        ("example.com", f"v=spf1 exists:{'%{d}' * (LONG // 4)}.com -all"),
        ("example.com", f"v=spf1 {'x ' * (LONG // 2)}"),
        ("example.com", f"v=spf1 {'ip4:192.0.2.1' * 3_000} -all"),
        ("s1._domainkey.example.com", key(1 << 16_000)),
        ("s1._domainkey.example.com", key((1 << 16_000) + 1)),
        ("s1._domainkey.example.com", f"v=DKIM1; {''.join(f'a{n:x}=;' for n in range(8_000))}p="),
        ("s1._domainkey.example.com", f"v=DKIM1; p={base64.b64encode(bytes(LONG // 2)).decode()}"),
        ("_dmarc.example.com", "v=DMARC1" + ";" * LONG),
        ("_dmarc.example.com", "v=DMARC1;" + "a=1;" * (LONG // 4)),
        ("_dmarc.example.com", f"v=DMARC1; p=none; rua=mailto:{'a@' * (LONG // 2)}"),
        ("_dmarc.example.com", f"v=DMARC1; p=none; pct={DIGITS}"),
        ("_dmarc.example.com", f"p=none{' ' * LONG}v=DMARC1"),
    ],
    ids=lambda value: value[:24],
)
def test_a_hostile_record_is_judged_and_the_report_stays_bearable(name: str, text: str) -> None:
    made = judged(name, text)
    assert made.status == "error"
    assert len(msgspec.json.encode(made)) < REPORT_MAX


def test_of_thousands_of_mistakes_the_first_are_told_and_that_there_are_more() -> None:
    with pytest.raises(Malformed) as wrong:
        parse("v=spf1 " + " ".join(f"x{n}" for n in range(5_000)))
    assert str(wrong.value).count("there is no mechanism") == TOLD_MAX
    assert str(wrong.value).endswith("and more")
    made = judged("_dmarc.example.com", "v=DMARC1; p=none; " + "; ".join(map(str, range(500))))
    told = [one.message for one in made.dmarc.findings if one.code == "dmarc.syntax"]
    assert len(told) == 11
    assert told[-1].startswith("490 more")


def test_the_same_mistake_is_one_however_often_it_is_made() -> None:
    assert len(parse_dmarc("v=DMARC1; p=none;;;; rua=mailto:a@example.com").faults) == 1


@pytest.mark.parametrize(
    ("domain", "asked"),
    [
        ("%{d9999}.example.net", "example.com.example.net"),
        (f"%{{d{DIGITS}}}.example.net", "example.com.example.net"),
        ("%{d0000000001}.example.net", "com.example.net"),
    ],
)
def test_a_macro_may_keep_more_parts_than_there_are(domain: str, asked: str) -> None:
    zone = Zone({"example.com TXT": [f"v=spf1 exists:{domain} -all"], f"{asked} A": ["127.0.0.2"]})
    envelope = envelope_of("192.0.2.1", "a@example.com", "mail.example.com")
    assert answered(check_host(envelope, "example.com"), zone).result == "pass"


@pytest.mark.parametrize("digits", ["0", "000", "0" * 5_000])
def test_a_macro_that_keeps_no_part_is_off_the_grammar(digits: str) -> None:
    with pytest.raises(Malformed, match="keeps no part"):
        parse(f"v=spf1 exists:%{{d{digits}}}.example.com")
