"""The catalogue: every entry well-formed, sourced, and never the way to a false listing."""

import ipaddress
from datetime import date

import msgspec
import pytest
from msgspec.structs import replace

from engine.ids import IpAddr, Zone
from engine.rules import dnsbl, domain_lists
from engine.rules.dnsbl_catalogue import (
    DBL,
    DEFAULT,
    KNOWN,
    OFFERED,
    PBL,
    PSBL,
    UNPUBLISHED_PER_DAY,
    ZEN,
    BlockList,
    Code,
    Key,
)
from engine.rules.dnsbl_catalogue.dead import DEAD, UNFIT, why_not
from engine.rules.dnsbl_catalogue.well_formed import faults

LOOPBACK = ipaddress.ip_network("127.0.0.0/8")
RESERVED = ipaddress.ip_network("127.255.255.0/24")
every_list = pytest.mark.parametrize("zone", KNOWN)


@every_list
def test_every_entry_is_well_formed(zone: Zone) -> None:
    assert list(faults(KNOWN[zone])) == []
    assert zone == KNOWN[zone].zone


@every_list
def test_every_code_lies_in_127_and_no_listing_is_an_error_or_harmless(zone: Zone) -> None:
    one = KNOWN[zone]
    for code in (*one.codes, *one.errors, *one.harmless):
        assert ipaddress.ip_address(code) in LOOPBACK
    assert not {*one.codes} & {*one.errors, *one.harmless, "127.0.0.1"}
    assert not [code for code in one.codes if ipaddress.ip_address(code) in RESERVED]


@every_list
def test_every_entry_says_where_its_facts_are_from_and_when_they_were_read(zone: Zone) -> None:
    one = KNOWN[zone]
    assert one.source.startswith(("https://", "http://"))
    assert date(2026, 1, 1) <= one.seen <= date(2026, 12, 31)
    assert one.name
    assert one.removal.endswith(".")
    assert all(code.means for code in (*one.listings.values(), *one.bits.values()))


@every_list
def test_every_entry_has_a_page_for_what_it_lists(zone: Zone) -> None:
    one = KNOWN[zone]
    page = (
        domain_lists.delisting_page(zone, "example.com", KNOWN)
        if one.kind == "domain"
        else dnsbl.delisting_page(zone, IpAddr("203.0.113.7"), KNOWN)
    )
    assert page.startswith(("https://", "http://"))
    assert "{" not in page


@every_list
def test_a_key_goes_before_the_zone_and_only_where_a_customer_is_known(zone: Zone) -> None:
    one = KNOWN[zone]
    assert bool(one.keyed) == bool(one.key_of)
    assert not one.key_needed or one.keyed
    assert not one.keyed or (one.keyed.startswith("{key}.") and one.keyed.count("{") == 1)
    assert "{" not in zone


@every_list
def test_a_part_reads_its_codes_from_its_whole(zone: Zone) -> None:
    one = KNOWN[zone]
    if one.part_of:
        whole = KNOWN[one.part_of]
        assert not whole.part_of
        assert one.listings.items() <= whole.listings.items()
        assert {*one.ranges} <= {*whole.ranges}
        assert one.kind == whole.kind


def test_what_is_offered_is_off_by_itself_and_stops_nobody() -> None:
    assert set(KNOWN) == set(DEFAULT) | set(OFFERED)
    assert not set(DEFAULT) & set(OFFERED)
    assert {one.action for one in OFFERED.values()} == {"alert"}
    assert {one.kind for one in DEFAULT.values()} == {"ip"}


def test_lists_of_domains_have_names_for_test_points_and_no_addresses() -> None:
    domains = [one for one in KNOWN.values() if one.kind == "domain"]
    assert len(domains) >= 4
    for one in domains:
        for name in (*one.must_list, *one.must_not_list):
            with pytest.raises(ValueError, match="does not appear to be"):
                ipaddress.ip_address(name)


def test_a_listing_of_a_range_that_must_not_send_is_a_matter_of_policy() -> None:
    assert KNOWN[PBL].severity == "policy"
    assert KNOWN[ZEN].severity == "critical"


def test_where_no_budget_is_published_a_cautious_one_holds() -> None:
    assert KNOWN[PSBL].budget_per_day is None
    assert KNOWN[PSBL].questions_a_day == UNPUBLISHED_PER_DAY
    assert KNOWN[Zone("bl.score.senderscore.com")].questions_a_day == 333


# --- what makes an entry ill-formed --------------------------------------------------------------

SOUND = BlockList(
    zone=Zone("bl.example.net"),
    name="Example",
    listings={"127.0.0.2": Code("spam")},
    removal="Ask.",
    delisting="https://bl.example.net/{ip}",
    source="https://bl.example.net/",
)


def test_a_sound_entry_has_no_faults() -> None:
    assert list(faults(SOUND)) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"zone": Zone("bl")}, "'bl' is no zone"),
        ({"zone": Zone("{key}.example.net")}, "is no zone"),
        ({"listings": {}}, "it has no codes"),
        ({"listings": {"192.0.2.1": Code("x")}}, "code 192.0.2.1 is no address in 127.0.0.0/8"),
        ({"listings": {"listed": Code("x")}}, "code listed is no address in 127.0.0.0/8"),
        ({"listings": {"::1": Code("x")}}, "code ::1 is no address in 127.0.0.0/8"),
        ({"listings": {"127.255.255.254": Code("x")}}, "code 127.255.255.254 is reserved"),
        ({"listings": {"127.0.0.1": Code("x")}}, "code 127.0.0.1 is reserved"),
        ({"errors": {"127.0.0.2": "x"}}, "code 127.0.0.2 cannot be a listing and none"),
        ({"harmless": {"127.0.0.2": "x"}}, "code 127.0.0.2 cannot be a listing and none"),
        ({"errors": {"192.0.2.1": "x"}}, "code 192.0.2.1 is no address in 127.0.0.0/8"),
        ({"bits": {1: Code("x")}}, "bit 1 is none of 2, 4, 8"),
        ({"harmless_bits": {6: "x"}}, "bit 6 is none of 2, 4, 8"),
        ({"ranges": ("127.0.0.3",)}, "code 127.0.0.3 lists ranges, and is no code of a listing"),
        ({"budget_per_day": 0}, "a budget of 0 questions a day asks nothing"),
        ({"budget_per_day": -1}, "a budget of -1 questions a day asks nothing"),
        ({"delisting": "https://bl.example.net/{domain}"}, "its delisting page names {domain}"),
        ({"delisting": "mailto:abuse"}, "is no web address"),
        ({"must_list": ()}, "nothing could prove it alive"),
        ({"must_list": ("192.0.2.1",)}, "test point 192.0.2.1 is no address in 127.0.0.0/8"),
        ({"must_list": ("127.0.0.1",)}, "test point 127.0.0.1 cannot be listed and not"),
        ({"kind": "domain"}, "test point 127.0.0.2 is an address, and it lists domains"),
        ({"kind": "domain", "action": "standby"}, "action standby stops an address"),
        ({"kind": "domain", "action": "retire"}, "action retire stops an address"),
        ({"kind": "domain"}, "its delisting page names {ip}"),
    ],
)
def test_an_ill_formed_entry_is_told_what_is_wrong(changes: dict[str, object], said: str) -> None:
    assert any(said in fault for fault in faults(replace(SOUND, **changes))), said


# --- zones that are not asked --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "why"),
    [
        ("spam.dnsbl.sorbs.net", "5 June 2024"),
        ("ix.dnsbl.manitu.net", "16 January 2025"),
        ("combined.abuse.ch", "abuse.ch"),
        ("combined.rbl.msrbl.net", "MSRBL"),
        ("cbl.abuseat.org", "XBL"),
        ("list.dnswl.org", "good senders"),
        ("black.uribl.com", "multi.uribl.com"),
    ],
)
def test_a_dead_or_unfit_zone_is_known_with_its_reason(zone: str, why: str) -> None:
    assert why in (why_not(Zone(zone)) or "")


def test_nothing_is_said_against_a_zone_that_nobody_knows_or_only_ends_alike() -> None:
    assert why_not(Zone("bl.example.net")) is None
    assert why_not(Zone("notsorbs.net")) is None
    assert why_not(Zone("urlhaus.abuse.ch")) is None


def test_no_list_that_is_offered_is_known_to_be_dead() -> None:
    assert not [zone for zone in OFFERED if why_not(zone)]
    assert not set(DEAD) & set(UNFIT)


# --- keys ----------------------------------------------------------------------------------------


def test_a_key_is_in_the_name_that_is_asked_and_nowhere_else() -> None:
    mine = {DBL: replace(KNOWN[DBL], key=Key("s3cretkey"))}
    assert domain_lists.question("example.com", DBL, mine) == (
        "example.com.s3cretkey.dbl.dq.spamhaus.net"
    )
    assert "s3cretkey" not in repr(mine)
    assert "s3cretkey" not in str(mine[DBL].key)
    with pytest.raises(TypeError):
        msgspec.json.encode(mine[DBL])


@pytest.mark.parametrize(
    "heard",
    [
        "A 2.0.0.127.s3cretkey.zen.dq.spamhaus.net: no answer",
        "alias to 2.0.0.127.S3CRETKEY.zen.dq.spamhaus.net",
        "s3cretkey s3cretKEY",
    ],
)
def test_what_a_resolver_says_is_told_without_the_key(heard: str) -> None:
    mine = {ZEN: replace(KNOWN[ZEN], key=Key("s3cretkey"))}
    told = dnsbl.without_keys(heard, mine)
    assert "s3cretkey" not in told.lower()
    assert "{key}" in told
    assert dnsbl.without_keys("no key here", mine) == "no key here"
