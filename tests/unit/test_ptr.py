"""Reverse DNS of sending addresses: the table of mox (iprev/iprev_test.go), and what is found."""

from collections.abc import Sequence

import pytest

from engine.ids import IpAddr
from engine.rules.ptr.judge import judge
from engine.values.dns import Outcome
from engine.values.ptr_report import PtrReport
from tests.support.zones import Zone

IP, REVERSE = IpAddr("192.0.2.7"), "7.2.0.192.in-addr.arpa"
SIX = IpAddr("2001:db8::1")
SIX_REVERSE = "1.0.0.0." + "0.0.0.0." * 5 + "8.b.d.0.1.0.0.2.ip6.arpa"
NAME = "mx1.example.com"
GOOD: dict[str, Sequence[str]] = {f"{REVERSE} PTR": [NAME], f"{NAME} A": [IP]}

MOX = {
    "1.0.0.10.in-addr.arpa PTR": ["basic.example"],
    "4.0.0.10.in-addr.arpa PTR": ["absent.example", "b.example"],
    "5.0.0.10.in-addr.arpa PTR": ["other.example", "c.example"],
    "6.0.0.10.in-addr.arpa PTR": ["temperror.example", "d.example"],
    "7.0.0.10.in-addr.arpa PTR": ["temperror.example", "temperror2.example"],
    "8.0.0.10.in-addr.arpa PTR": ["other.example"],
    f"{SIX_REVERSE} PTR": ["basic6.example"],
    "basic.example A": ["10.0.0.1"],
    "b.example A": ["10.0.0.4"],
    "c.example A": ["10.0.0.5"],
    "d.example A": ["10.0.0.6"],
    "other.example A": ["10.9.9.9"],
    "basic6.example AAAA": ["2001:db8::1"],
}
MOX_FAILING: dict[str, Outcome] = {
    "3.0.0.10.in-addr.arpa PTR": "servfail",
    f"3{SIX_REVERSE[1:]} PTR": "servfail",
    "temperror.example A": "timeout",
    "temperror2.example A": "servfail",
}


@pytest.mark.parametrize(
    ("ip", "result", "confirmed", "valid"),
    [
        ("10.0.0.1", "pass", "basic.example", True),
        ("10.0.0.2", "permerror", "", False),
        ("10.0.0.3", "temperror", "", None),
        ("10.0.0.4", "pass", "b.example", True),
        ("10.0.0.5", "pass", "c.example", True),
        ("10.0.0.6", "pass", "d.example", True),
        ("10.0.0.7", "temperror", "", None),
        ("10.0.0.8", "fail", "", False),
        ("2001:db8::1", "pass", "basic6.example", True),
        ("2001:db8::2", "permerror", "", False),
        ("2001:db8::3", "temperror", "", None),
    ],
)
def test_a_name_is_confirmed_when_any_of_them_leads_back(
    ip: str, result: str, confirmed: str, valid: bool | None
) -> None:
    report = Zone(MOX, MOX_FAILING).run(judge({IpAddr(ip): None}, None))
    (one,) = report.ips
    assert one.result == result
    assert one.confirmed == ((confirmed,) if confirmed else ())
    assert report.valid is valid


def codes(report: PtrReport) -> list[tuple[str, str]]:
    return [(one.code, one.severity) for one in report.findings]


def test_a_confirmed_name_is_valid_and_nothing_is_found() -> None:
    report = Zone(GOOD).run(judge({IP: NAME}, NAME, "example.com"))
    assert (report.valid, report.status, report.findings) == (True, "ok", ())
    assert (report.scope, report.hostname) == ("ips", NAME)
    assert report.record == f"{REVERSE}. IN PTR {NAME}."


def test_a_missing_record_is_written_out_with_the_name_the_engine_sends_as() -> None:
    report = Zone({}).run(judge({IP: NAME}, None))
    assert ("ptr.missing", "error") in codes(report)
    assert f"{REVERSE}. IN PTR {NAME}." in report.findings[0].fix


@pytest.mark.parametrize(("forward", "why"), [([], "no such record"), (["192.0.2.8"], "elsewhere")])
def test_a_name_that_does_not_lead_back_is_an_error(forward: list[str], why: str) -> None:
    report = Zone({**GOOD, f"{NAME} A": forward}).run(judge({IP: None}, None))
    assert codes(report) == [("ptr.unconfirmed", "error")]
    assert why in report.findings[0].message
    assert f"{NAME}. IN A {IP}" in report.findings[0].fix


def test_where_no_name_is_known_the_line_to_publish_leaves_room_for_it() -> None:
    (found,) = Zone({}).run(judge({IP: None}, None)).findings
    assert f"publish: {REVERSE}. IN PTR <" in found.fix


def test_a_stranger_s_name_is_to_be_replaced_by_the_engine_s_and_not_to_be_confirmed() -> None:
    strangers = {f"{REVERSE} PTR": ["vps7.example.net"], f"{NAME} A": [str(IP)]}
    report = Zone(strangers).run(judge({IP: NAME}, None))
    assert codes(report)[0] == ("ptr.unconfirmed", "error")
    assert f"{REVERSE}. IN PTR {NAME}." in report.findings[0].fix
    assert "example.net. IN A" not in report.findings[0].fix
    own = Zone({f"{REVERSE} PTR": [NAME]}).run(judge({IP: NAME}, None))
    assert own.findings[0].fix == f"Publish: {NAME}. IN A {IP}"


def test_a_name_is_confirmed_by_its_own_family_alone() -> None:
    zone = Zone({f"{REVERSE} PTR": [NAME], f"{NAME} AAAA": ["2001:db8::1"]})
    assert zone.run(judge({IP: None}, None)).valid is False


def test_an_address_is_the_same_however_it_is_written() -> None:
    zone = Zone({f"{SIX_REVERSE} PTR": [NAME], f"{NAME} AAAA": ["2001:DB8:0::1"]})
    assert zone.run(judge({SIX: None}, None)).valid is True


def test_several_names_are_a_warning_and_only_the_first_ten_are_asked_about() -> None:
    names = [f"n{number:02}.example.com" for number in range(12)]
    zone = Zone({f"{REVERSE} PTR": names, "n03.example.com A": [IP]})
    report = zone.run(judge({IP: None}, None))
    assert codes(report) == [("ptr.multiple", "warning")]
    assert "12 PTR records" in report.findings[0].message
    assert report.hostname == "n03.example.com"
    assert len(zone.names("A")) == 10


def test_a_delegation_by_alias_is_fine_and_one_that_leads_nowhere_is_not() -> None:
    to = "7.0-63.2.0.192.in-addr.arpa"
    records = {f"{REVERSE} CNAME": [to], f"{to} PTR": [NAME], f"{NAME} A": [str(IP)]}
    assert codes(Zone(records).run(judge({IP: None}, None))) == [("ptr.cname", "info")]
    del records[f"{to} PTR"]
    report = Zone(records).run(judge({IP: NAME}, None))
    assert codes(report) == [("ptr.cname", "error")]
    assert f"{to}. IN PTR {NAME}." in report.findings[0].fix


def test_what_is_no_host_name_confirms_nothing_and_is_not_asked_for() -> None:
    zone = Zone({f"{REVERSE} PTR": ["bad_name.example.com"], "bad_name.example.com A": [IP]})
    assert codes(zone.run(judge({IP: None}, None))) == [("ptr.unconfirmed", "error")]
    assert zone.names("A") == []


def test_the_name_said_in_ehlo_is_compared_and_must_resolve() -> None:
    zone = Zone({**GOOD, "out.example.com A": ["192.0.2.9"]})
    assert codes(zone.run(judge({IP: None}, "out.example.com"))) == [
        ("ptr.helo_mismatch", "warning")
    ]
    assert codes(zone.run(judge({IP: "out.example.com"}, NAME))) == [
        ("ptr.vmta_mismatch", "warning")
    ]
    report = zone.run(judge({IP: None}, "gone.example.com"))
    assert ("ptr.helo_unresolved", "error") in codes(report)
    assert report.valid is False


def test_whether_an_ehlo_name_resolves_is_open_until_it_is_answered() -> None:
    failing: dict[str, Outcome] = {f"{NAME} AAAA": "timeout", "out.example.com A": "servfail"}
    assert Zone(GOOD, failing).run(judge({IP: None}, NAME)).valid is True
    report = Zone(GOOD, failing).run(judge({IP: None}, "out.example.com"))
    assert report.valid is None
    assert ("ptr.helo_unknown", "unknown") in codes(report)


def test_a_name_in_another_domain_is_worth_a_note() -> None:
    report = Zone(GOOD).run(judge({IP: None}, None, "example.net"))
    assert codes(report) == [("ptr.domain_unrelated", "info")]


def test_a_generic_name_is_a_warning() -> None:
    name = "ip-192-0-2-7.example.com"
    zone = Zone({f"{REVERSE} PTR": [name], f"{name} A": [IP]})
    report = zone.run(judge({IP: None}, None))
    assert codes(report) == [("ptr.generic", "warning")]
    assert report.ips[0].generic


def test_it_is_the_confirmed_name_that_may_look_generic() -> None:
    zone = Zone({f"{REVERSE} PTR": ["dyn1.isp.example", NAME], f"{NAME} A": [IP]})
    assert codes(zone.run(judge({IP: None}, None))) == [("ptr.multiple", "warning")]


def test_one_other_name_is_said_once() -> None:
    zone = Zone({**GOOD, "out.example.com A": ["192.0.2.9"]})
    report = zone.run(judge({IP: "out.example.com"}, "out.example.com"))
    assert codes(report) == [("ptr.helo_mismatch", "warning")]


def test_mx_hosts_that_were_not_answered_are_not_the_domain_s_own_address() -> None:
    records = {"example.com A": ["192.0.2.9"]}
    report = Zone(records, {"example.com MX": "refused"}).run(judge({}, None, "example.com"))
    assert (report.valid, codes(report)) == (None, [("ptr.temperror", "unknown")])


def test_without_sending_addresses_those_of_the_mx_hosts_stand_in_and_it_is_said() -> None:
    zone = Zone({**GOOD, "example.com MX": [f"10 {NAME}"]})
    report = zone.run(judge({}, None, "example.com"))
    assert (report.scope, report.valid) == ("mx_hosts", True)
    assert [one.ip for one in report.ips] == [IP]


def test_with_no_address_at_all_nothing_can_be_told() -> None:
    for domain in (None, "example.com"):
        report = Zone({}).run(judge({}, None, domain))
        assert (report.valid, codes(report)) == (None, [("ptr.no_ips", "unknown")])


def test_all_addresses_and_ehlo_names_are_asked_in_step() -> None:
    first = next(judge({IP: NAME, SIX: "mx2.example.com"}, "mx3.example.com"))
    assert len(first) == 2 + 3 * 2
