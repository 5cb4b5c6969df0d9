"""What to publish instead: a record that is right, and lets the pool pass."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ids import IpAddr
from engine.rules.spf.propose import proposed
from tests.support.spf_records import DOMAINS, V4, V6, zones
from tests.support.spf_reports import (
    HERE,
    IP,
    OTHER,
    V6_IP,
    B,
    codes,
    found,
    report,
    spf,
    written_out,
)
from tests.support.spf_zones import ZoneData

TWO = {"example.com": [*spf("ip4:192.0.2.1 -all"), *spf("include:b.example.com ~all")]}


@pytest.mark.parametrize(
    ("zone", "record"),
    [
        ({}, "ip4:192.0.2.1 ip4:198.51.100.7 ~all"),
        (TWO, "ip4:198.51.100.7 include:b.example.com ip4:192.0.2.1 ~all"),
        ({"example.com": spf("ip4:192.0.2.1 +all")}, "ip4:192.0.2.1 ip4:198.51.100.7 ~all"),
        ({"example.com": spf("ip4:0.0.0.0/0 -all")}, "ip4:192.0.2.1 ip4:198.51.100.7 -all"),
        ({"example.com": spf("ipv4:192.0.2.1 -all")}, "ip4:192.0.2.1 ip4:198.51.100.7 -all"),
        ({"example.com": spf("ip4=192.0.2.1 -all")}, "ip4:192.0.2.1 ip4:198.51.100.7 -all"),
        ({"example.com": spf("-all ip4:192.0.2.1")}, "ip4:192.0.2.1 ip4:198.51.100.7 -all"),
        (
            {"example.com": [*spf("a a:x.y.z ptr ?all exp=e.f.g"), *HERE]},
            "ip4:198.51.100.7 a ~all exp=e.f.g",
        ),
        (
            {"example.com": spf("include:x.y.z redirect=example.com")},
            "ip4:192.0.2.1 ip4:198.51.100.7 ~all",
        ),
        (
            {"example.com": [*spf("ip4:192.0.2.1 -all"), *spf("include:x.y.z ~all")]},
            "ip4:192.0.2.1 ip4:198.51.100.7 ~all",
        ),
        (
            {"example.com": spf("include:open.net -all"), "open.net": spf("+all")},
            "ip4:192.0.2.1 ip4:198.51.100.7 -all",
        ),
        (
            {"example.com": spf("-ip4:192.0.2.0/24 ip4:192.0.2.1 ~all")},
            "ip4:192.0.2.1 ip4:198.51.100.7 -ip4:192.0.2.0/24 ~all",
        ),
        (
            {"example.com": spf("a:v6.net ~all"), "v6.net": [{"AAAA": "2001:db8::1"}]},
            "ip4:192.0.2.1 ip4:198.51.100.7 a:v6.net ~all",
        ),
    ],
)
def test_the_record_to_publish_is_written_out(zone: ZoneData, record: str) -> None:
    zone = {"e.f.g": [{"TXT": "No."}], **B, **zone}
    assert written_out(report(zone, IP, OTHER)) == f"v=spf1 {record}"


def test_too_many_lookups_are_mended_by_what_does_nothing() -> None:
    here = {f"h{number}.example.com": HERE for number in range(9)}
    terms = " ".join(f"a:{name}" for name in here)
    zone = {"example.com": spf(f"ptr {terms} a:gone.example.com -all"), **here}
    (finding,) = found(zone, "spf.lookups")
    assert finding.fix.endswith(f": v=spf1 {terms} -all")


def test_where_that_is_not_enough_people_must_choose() -> None:
    here = {f"h{number}.example.com": HERE for number in range(11)}
    terms = " ".join(f"a:{name}" for name in here)
    (finding,) = found({"example.com": spf(f"ptr {terms} -all"), **here}, "spf.lookups")
    assert finding.fix.startswith("Take out the includes of services that no longer send")


def test_a_missing_address_is_put_before_what_would_turn_it_away() -> None:
    zone = {"example.com": spf("ip4:203.0.113.1 -ip4:192.0.2.0/24 ~all")}
    (finding,) = found(zone, "spf.ip_not_authorised", IP)
    assert finding.fix.endswith("v=spf1 ip4:203.0.113.1 ip4:192.0.2.1 -ip4:192.0.2.0/24 ~all")
    assert (finding.severity, finding.subject) == ("error", IP)
    assert "-ip4:192.0.2.0/24 matched" in finding.message


def test_addresses_that_fill_a_network_are_written_as_one() -> None:
    ips = [IpAddr(f"192.0.2.{number}") for number in range(8, 16)]
    (finding,) = found({}, "spf.missing", *ips, V6_IP)
    assert finding.fix.endswith("v=spf1 ip4:192.0.2.8/29 ip6:2001:db8::1 ~all")


def test_somebody_else_s_mistake_is_theirs_to_mend() -> None:
    zone = {"example.com": spf("include:b.example.com ip4:192.0.2.1 -all")}
    zone["b.example.com"] = spf("ip4:192.0.2 -all")
    (finding,) = found(zone, "spf.syntax", IP)
    assert "'ip4:192.0.2'" in finding.message
    assert finding.fix.startswith("Have whoever keeps the record of b.example.com mend it.")
    assert finding.fix.endswith("v=spf1 ip4:192.0.2.1 -all")


@settings(max_examples=150, deadline=None)
@given(zones, st.lists(st.sampled_from((*V4, *V6)).map(IpAddr), min_size=1, max_size=3))
def test_every_address_passes_once_the_record_is_published(
    data: ZoneData, ips: list[IpAddr]
) -> None:
    instead = written_out(report(data, *ips))
    if instead is None:
        return
    published = {**data, "example.com": [{"TXT": instead}, *_but_texts(data["example.com"])]}
    again = report(published, *ips)
    assert {one.result for one in again.ips} <= {"pass", "temperror"}, instead
    own = {"spf.syntax", "spf.multiple", "spf.plus_all", "spf.ptr", "spf.no_all", "spf.after_all"}
    assert not own & {one.code for one in again.findings if one.subject in ("example.com", "")}
    assert written_out(again) in (None, instead)


def _but_texts(entries: Sequence[Any]) -> list[Any]:
    return [one for one in entries if not (isinstance(one, dict) and "TXT" in one)]


@settings(max_examples=100, deadline=None)
@given(zones, st.sets(st.sampled_from(DOMAINS)), st.lists(st.sampled_from(V4).map(IpAddr)))
def test_silence_adds_no_error(data: ZoneData, silent: set[str], ips: list[IpAddr]) -> None:
    """With a resolver that fails for some names, no code of an error appears that was not there."""
    loud = {name: [one for one in entries if one != "TIMEOUT"] for name, entries in data.items()}
    hushed = {name: ["TIMEOUT"] if name in silent else one for name, one in loud.items()}
    with_all = report(loud, *ips)
    lacking = report(hushed, *ips)
    assert codes(lacking, "error") <= codes(with_all, "error") | {"spf.permerror"}


def test_a_record_for_a_pool_is_proposed() -> None:
    pool = [*(f"192.0.2.{number}" for number in range(4)), "192.0.2.9", "::ffff:192.0.2.10"]
    record = proposed([*pool, "2001:db8::1"], ["spf.provider.net"], "-all")
    networks = "ip4:192.0.2.0/30 ip4:192.0.2.9 ip4:192.0.2.10 ip6:2001:db8::1"
    assert record == f"v=spf1 {networks} include:spf.provider.net -all"


low = st.integers(0, 40).map(lambda number: f"192.0.2.{number}")


@given(st.sets(low | st.sampled_from(V6), max_size=30))
def test_a_proposed_record_lets_pass_the_pool_and_nobody_else(pool: set[str]) -> None:
    zone: ZoneData = {"example.com": [{"TXT": proposed(pool, all="-all")}]}
    everybody = [*(f"192.0.2.{number}" for number in range(41)), *V6]
    made = report(zone, *map(IpAddr, everybody))
    assert {one.ip for one in made.ips if one.result == "pass"} == pool
