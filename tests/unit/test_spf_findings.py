"""What is found in SPF records, and how grave it is."""

import pytest

from engine.ids import IpAddr
from engine.rules.spf.judge import judge
from engine.values.dns import Outcome
from tests.support.spf_reports import HERE, IP, OTHER, V6_IP, B, found, report, spf
from tests.support.spf_zones import ZoneData
from tests.support.zones import Zone

GOOD: ZoneData = {
    "example.com": spf("ip4:192.0.2.0/24 include:spf.provider.net -all"),
    "spf.provider.net": spf("ip4:198.51.100.0/24 ~all"),
}


def test_a_good_record_is_valid_and_nothing_is_said() -> None:
    made = report(GOOD, IP, OTHER)
    assert (made.valid, made.policy, made.worst, made.void) == (True, "fail", 1, 0)
    assert made.findings == ()
    assert [one.result for one in made.ips] == ["pass", "pass"]


def test_the_same_record_without_the_pool_is_judged_too() -> None:
    assert report(GOOD).valid is True


TWO = {"example.com": [*spf("ip4:192.0.2.1 -all"), *spf("include:b.example.com ~all")]}
DUP = "include:b.example.com include:b.example.com -all"
NINE = "a " * 9 + "-all"
LOCAL = "exists:%{l}.example.com ip4:192.0.2.1 -all"
LONG = " ".join(f"ip4:203.0.113.{number}" for number in range(30))


@pytest.mark.parametrize(
    ("code", "severity", "zone"),
    [
        ("spf.missing", "error", {}),
        ("spf.missing", "error", {"example.com": [{"TXT": "v=spf10"}]}),
        ("spf.multiple", "error", TWO),
        ("spf.temperror", "unknown", {"example.com": ["TIMEOUT"]}),
        ("spf.syntax", "error", {"example.com": spf("ip4:192.0.2.1 -all moo")}),
        ("spf.lookups", "error", {"example.com": [*spf("a " + "a " * 10 + "-all"), *HERE]}),
        ("spf.lookups", "warning", {"example.com": [*spf(NINE), *HERE]}),
        ("spf.lookups", "warning", {"example.com": [*spf(f"a {NINE}"), *HERE]}),
        ("spf.void", "error", {"example.com": spf("a:x.y.z a:y.y.z a:z.y.z ~all")}),
        ("spf.void", "warning", {"example.com": spf("a:x.y.z ~all")}),
        ("spf.include_none", "error", {"example.com": spf("include:x.y.z -all")}),
        ("spf.include_none", "error", {"example.com": spf("redirect=x.y.z")}),
        ("spf.loop", "error", {"example.com": spf("include:example.com -all")}),
        ("spf.plus_all", "error", {"example.com": spf("mx +all")}),
        ("spf.plus_all", "error", {"example.com": spf("redirect=b.c.d"), "b.c.d": spf("all")}),
        ("spf.plus_all", "error", {"example.com": spf("include:b.c.d ~all"), "b.c.d": spf("all")}),
        ("spf.neutral_all", "warning", {"example.com": spf("ip4:192.0.2.1 ?all")}),
        ("spf.no_all", "warning", {"example.com": spf("ip4:192.0.2.1")}),
        ("spf.softfail", "info", {"example.com": spf("ip4:192.0.2.1 ~all")}),
        ("spf.broad_cidr", "warning", {"example.com": spf("ip4:192.0.0.0/15 -all")}),
        ("spf.broad_cidr", "warning", {"example.com": spf("ip6:2001::/31 -all")}),
        ("spf.broad_cidr", "error", {"example.com": spf("ip4:0.0.0.0/0 -all")}),
        ("spf.broad_cidr", "error", {"example.com": spf("mx//0 -all")}),
        ("spf.ptr", "warning", {"example.com": spf("ptr -all")}),
        ("spf.after_all", "warning", {"example.com": spf("-all ip4:192.0.2.1")}),
        ("spf.after_all", "warning", {"example.com": spf("-all redirect=x.y.z")}),
        ("spf.dup_include", "warning", {"example.com": spf(DUP), **B}),
        ("spf.dup_term", "warning", {"example.com": spf("ip4:192.0.2.1 ip4:192.0.2.1 -all")}),
        ("spf.ignored", "warning", {"example.com": spf("ip4=192.0.2.1 -all")}),
        ("spf.too_long", "warning", {"example.com": spf(f"{LONG} -all")}),
        ("spf.macro_local", "info", {"example.com": spf(LOCAL)}),
    ],
)
def test_it_is_found(code: str, severity: str, zone: ZoneData) -> None:
    assert [one.severity for one in found(zone, code)] == [severity]


@pytest.mark.parametrize(
    ("code", "zone"),
    [
        ("spf.lookups", {"example.com": [*spf("a " * 8 + "-all"), *HERE]}),
        ("spf.lookups", {"example.com": [*spf(f"-all {NINE}"), *HERE]}),
        ("spf.plus_all", {"example.com": spf("?include:b.c.d ~all"), "b.c.d": spf("all")}),
        ("spf.broad_cidr", {"example.com": spf("-ip4:0.0.0.0/0 ip4:192.0.0.0/16 -all")}),
        ("spf.no_all", {"example.com": spf("redirect=b.c.d"), "b.c.d": spf("-all")}),
        ("spf.dup_term", {"example.com": spf("ip4:192.0.2.1 -all -all")}),
        ("spf.loop", {"example.com": spf("include:b.example.com include:b.example.com"), **B}),
        ("spf.void", {"example.com": spf("a:%{l}.x.y.z exists:%{i}.x.y.z -all")}),
    ],
)
def test_it_is_not_found_where_it_does_no_harm(code: str, zone: ZoneData) -> None:
    assert found(zone, code) == []


def test_what_is_dead_for_the_pool_s_own_family_of_addresses_is_void() -> None:
    zone: ZoneData = {"example.com": spf("a:v4.example.com -all"), "v4.example.com": HERE}
    assert (report(zone, IP).void, report(zone, V6_IP).void) == (0, 1)


def test_an_error_that_only_some_addresses_meet_is_told_of_them() -> None:
    dead = " ".join(f"exists:%{{ir}}.{number}.example.com" for number in range(3))
    (finding,) = found({"example.com": spf(f"ip4:198.51.100.7 {dead} -all")}, "spf.permerror", IP)
    assert (finding.subject, finding.severity) == (IP, "error")
    assert "more than 2 questions find nothing" in finding.message


def test_eleven_mx_names_are_one_too_many() -> None:
    names = [{"MX": [10, f"mx{number}.example.com"]} for number in range(11)]
    zone: ZoneData = {"example.com": [*spf("mx -all"), *names]}
    assert [one.severity for one in found(zone, "spf.mx_names")] == ["error"]


def test_more_names_of_an_address_than_are_looked_at_are_told() -> None:
    names = [{"PTR": f"a{number}.other.net"} for number in range(12)]
    zone: ZoneData = {"example.com": spf("ptr -all"), "1.2.0.192.in-addr.arpa": names}
    (finding,) = found(zone, "spf.ptr_names", IP)
    assert "12 names" in finding.message


def test_an_answer_that_does_not_come_makes_nothing_invalid() -> None:
    zone: ZoneData = {
        "example.com": spf("include:b.example.com -all"),
        "b.example.com": ["TIMEOUT"],
    }
    made = report(zone, IP)
    assert made.valid is None
    assert {one.severity for one in made.findings} == {"unknown"}


def test_what_is_wrong_for_certain_stays_so_beside_it() -> None:
    zone: ZoneData = {"example.com": spf("a:b.example.com +all"), "b.example.com": ["TIMEOUT"]}
    assert report(zone).valid is False


def test_an_address_that_fails_only_for_want_of_its_name_is_not_called_outside() -> None:
    zone: ZoneData = {"example.com": spf("ptr -all"), "1.2.0.192.in-addr.arpa": ["TIMEOUT"]}
    made = report(zone, IP)
    assert (made.valid, made.ips[0].result) == (None, "fail")
    assert "spf.ip_not_authorised" not in {one.code for one in made.findings}


def test_the_domain_of_mail_from_is_the_one_that_counts() -> None:
    zone = {"bounce.example.net": spf("ip4:192.0.2.1 -all")}
    for mail_from in ("b@bounce.example.net", "bounce.example.net"):
        made = report(zone, IP, mail_from=mail_from)
        assert (made.record, made.valid) == ("v=spf1 ip4:192.0.2.1 -all", True)


def test_the_helo_name_is_judged_for_itself() -> None:
    zone = {"example.com": spf("ip4:192.0.2.1 ip4:198.51.100.7 -all")}
    zone["mx.example.com"] = spf("a ip4:192.0.2.1 -all")
    zone["mx.example.com"].append({"A": "203.0.113.7"})
    made = report(zone, IP, OTHER, helo="mx.example.com")
    assert [one.helo for one in made.ips] == ["pass", "fail"]
    (finding,) = made.findings
    assert (finding.code, finding.severity, made.valid) == ("spf.helo", "warning", True)
    assert finding.fix.endswith(
        "mx.example.com as its one SPF record: v=spf1 ip4:198.51.100.7 a ip4:192.0.2.1 -all"
    )


def test_a_helo_name_that_nobody_answers_for_is_not_called_wrong() -> None:
    zone: ZoneData = {"example.com": spf("ip4:192.0.2.1 -all"), "mx.example.com": ["TIMEOUT"]}
    made = report(zone, IP, helo="mx.example.com")
    assert (made.valid, made.findings, made.ips[0].helo) == (True, (), "temperror")


def test_what_nobody_answers_is_told_once_and_not_for_each_address() -> None:
    """A resolver that is down is one finding, however many addresses the pool has."""
    ips = [IpAddr(f"192.0.2.{n}") for n in range(1, 6)]
    made = Zone({}, {"example.com TXT": "timeout"}).run(judge("example.com", ips))
    assert [one.code for one in made.findings] == ["spf.temperror"]
    assert made.valid is None
    assert {one.result for one in made.ips} == {"temperror"}


def test_what_nobody_answers_about_one_sender_alone_is_told_of_that_one() -> None:
    record = {"example.com TXT": ["v=spf1 exists:%{i}.example.com include:far.example.net -all"]}
    silent: dict[str, Outcome] = {
        "192.0.2.1.example.com A": "servfail",
        "far.example.net TXT": "timeout",
    }
    made = Zone(record, silent).run(
        judge("example.com", [IpAddr("192.0.2.1"), IpAddr("192.0.2.2")])
    )
    told = [one.subject for one in made.findings if one.code == "spf.temperror"]
    assert told == ["far.example.net", "192.0.2.1"]
