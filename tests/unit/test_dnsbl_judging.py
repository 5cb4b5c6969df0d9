"""Answers of the whole catalogue: what is asked, what is believed, and what it is called."""

import ipaddress

import dns.name
import dns.reversename
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.ids import IpAddr, Zone
from engine.rules import dnsbl, dnsbl_health
from engine.rules.dnsbl import Reply, judge
from engine.rules.dnsbl_catalogue import DBL, DEFAULT, KNOWN, PBL, PSBL, XBL, ZEN
from engine.rules.dnsbl_catalogue.of_addresses import HOSTKARMA
from engine.rules.dnsbl_catalogue.of_domains import SURBL, URIBL
from engine.rules.dnsbl_health import Point, points
from engine.values.verdict import Answer, Health, Verdict

SUOMISPAM = Zone("bl.suomispam.net")
SPAMRATS, DYNA = Zone("all.spamrats.com"), Zone("dyna.spamrats.com")
UNUSED = IpAddr("198.18.4.5")
REFUSALS = ("127.0.0.1", "127.255.255.252", "127.255.255.254", "127.255.255.255", "127.255.255.1")

wholes = [zone for zone, one in KNOWN.items() if one.part_of is None]
a_zone = st.sampled_from(wholes)
a_code = st.one_of(
    st.sampled_from(sorted({code for one in KNOWN.values() for code in one.codes})),
    st.sampled_from([*REFUSALS, "127.0.0.254", "127.0.1.255", "127.0.0.99"]),
    st.ip_addresses(v=4, network="127.0.0.0/8").map(str),
    st.ip_addresses(v=4).map(str),
    st.sampled_from(["::1", "", "parked.example", "127.0.0", "0127.0.0.2"]),
)
some_codes = st.lists(a_code, max_size=5).map(tuple)


# --- the question --------------------------------------------------------------------------------


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6, network="2000::/3")))
def test_the_question_reverses_an_address_as_dnspython_does(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    origin = dns.name.from_text("bl.example.net")
    oracle = dns.reversename.from_address(address.compressed, origin, origin)
    asked = dnsbl.question(IpAddr(address.compressed), Zone("bl.example.net"))
    assert f"{asked}." == oracle.to_text()


def test_lists_of_domains_are_never_asked_about_an_address() -> None:
    asked = dnsbl.to_ask((), KNOWN)
    assert {KNOWN[zone].kind for zone in asked} == {"ip"}
    assert dnsbl.to_ask((DBL, PSBL), KNOWN) == (PSBL,)
    assert dnsbl.to_ask((DBL,), KNOWN) == ()


# --- what is believed ----------------------------------------------------------------------------


@given(zone=a_zone, codes=some_codes)
def test_no_reply_makes_an_error_code_a_listing(zone: Zone, codes: tuple[str, ...]) -> None:
    for name, answer in judge(zone, codes, KNOWN).items():
        if answer.verdict == "listed":
            assert answer.codes
            assert not {*answer.codes} & {*KNOWN[name].errors, *REFUSALS}
            assert {*answer.codes} <= {*codes}


@given(zone=a_zone, codes=some_codes)
def test_order_and_repetition_change_nothing(zone: Zone, codes: tuple[str, ...]) -> None:
    assert judge(zone, codes, KNOWN) == judge(zone, (*reversed(codes), *codes), KNOWN)


@given(zone=a_zone, codes=some_codes, error=st.sampled_from(REFUSALS[1:]))
def test_an_error_beside_the_rest_turns_no_listing_away_and_spoils_every_clean(
    zone: Zone, codes: tuple[str, ...], error: str
) -> None:
    before, after = judge(zone, codes, KNOWN), judge(zone, (*codes, error), KNOWN)
    for name in before:
        assert after[name].verdict != "clean"
        if before[name].verdict == "listed":
            assert after[name] == before[name]


@given(zone=a_zone, codes=some_codes)
def test_what_is_no_answer_of_a_list_makes_the_reply_count_for_nothing(
    zone: Zone, codes: tuple[str, ...]
) -> None:
    for stray in ("192.0.2.1", "::1", "no address"):
        answers = judge(zone, (*codes, stray), KNOWN).values()
        assert not any(one.counts for one in answers)
        assert {one.verdict for one in answers} == {"unanswered"}


@given(zone=a_zone, reply=st.one_of(some_codes, st.sampled_from(["refused", "unanswered"])))
def test_clean_is_only_who_is_said_to_be(zone: Zone, reply: Reply) -> None:
    answer = judge(zone, reply, KNOWN)[zone]
    if answer.verdict == "clean":
        assert not isinstance(reply, str)
        assert not {*reply} & {*KNOWN[zone].codes, *KNOWN[zone].errors}


@pytest.mark.parametrize("zone", wholes)
def test_every_code_of_every_list_is_read_as_the_listing_it_is(zone: Zone) -> None:
    for code in KNOWN[zone].listings:
        assert judge(zone, (code,), KNOWN)[zone] == Answer("listed", codes=(code,))
    for code in KNOWN[zone].errors:
        assert judge(zone, (code,), KNOWN)[zone] == Answer("refused", codes=(code,))


def test_an_error_stays_an_error_even_where_the_catalogue_calls_its_code_a_listing() -> None:
    muddled = {PSBL: replace(KNOWN[PSBL], listings=KNOWN[ZEN].listings, errors={"127.0.0.2": "no"})}
    assert judge(PSBL, ("127.0.0.2",), muddled)[PSBL].verdict == "refused"


def test_no_data_is_clean_only_where_a_list_is_known_to_say_it() -> None:
    assert judge(PSBL, "nodata")[PSBL] == Answer("unanswered")
    says_it = {PSBL: replace(DEFAULT[PSBL], nodata=True)}
    assert judge(PSBL, "nodata", says_it)[PSBL] == Answer("clean")


# --- several lists in one octet ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "code", "verdict", "subs"),
    [
        (SURBL, "127.0.0.8", "listed", ("PH",)),
        (SURBL, "127.0.0.80", "listed", ("MW", "ABUSE")),
        (SURBL, "127.0.0.254", "listed", ("PH", "MW", "ABUSE", "CR")),
        (SURBL, "127.0.0.1", "refused", ()),
        (SURBL, "127.0.0.9", "refused", ()),
        (SURBL, "127.0.0.4", "clean", ()),
        (SURBL, "127.0.0.36", "clean", ()),
        (SURBL, "127.0.0.2", "unanswered", ()),
        (SURBL, "127.0.0.6", "unanswered", ()),
        (SURBL, "127.0.0.0", "unanswered", ()),
        (SURBL, "127.0.1.8", "unanswered", ()),
        (URIBL, "127.0.0.14", "listed", ("black", "grey", "red")),
        (URIBL, "127.0.0.1", "refused", ()),
        (URIBL, "127.0.0.3", "refused", ()),
        (URIBL, "127.0.0.16", "unanswered", ()),
    ],
)
def test_an_octet_of_bits_means(
    zone: Zone, code: str, verdict: Verdict, subs: tuple[str, ...]
) -> None:
    answer = judge(zone, (code,), KNOWN)[zone]
    assert answer.verdict == verdict
    assert dnsbl.sublists(zone, answer.codes if verdict == "listed" else (), KNOWN) == subs


# --- exceptions of single lists ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codes", "verdict"),
    [
        (("127.0.0.1",), "clean"),
        (("127.0.0.3",), "clean"),
        (("127.0.0.1", "127.0.1.1"), "clean"),
        (("127.0.0.2",), "listed"),
        (("127.0.0.1", "127.0.0.4"), "listed"),
        (("127.0.0.9",), "unanswered"),
    ],
)
def test_hostkarma_calls_good_senders_by_code_too(codes: tuple[str, ...], verdict: Verdict) -> None:
    assert judge(HOSTKARMA, codes, KNOWN)[HOSTKARMA].verdict == verdict


def test_hostkarma_is_not_tested_by_the_address_that_it_lists_as_white() -> None:
    expected = [point.expect for point in points(HOSTKARMA, UNUSED, KNOWN)]
    assert expected == ["listed", "unused"]
    assert _health(HOSTKARMA, ("127.0.0.2",), ()) == "alive"
    assert _health(HOSTKARMA, ("127.0.0.2",), ("127.0.0.3",)) == "alive"
    assert _health(HOSTKARMA, ("127.0.0.2",), ("127.0.0.2",)) == "lists_everything"


def test_suomispam_lists_its_test_entry_by_a_code_that_lists_nobody_else() -> None:
    assert _health(SUOMISPAM, ("127.0.0.99",), (), ()) == "alive"
    assert judge(SUOMISPAM, ("127.0.0.99",), KNOWN)[SUOMISPAM].verdict == "unanswered"
    assert _health(PSBL, ("127.0.0.99",), (), ()) == "silent"


@pytest.mark.parametrize(
    ("must", "must_not", "health"),
    [("nodata", (), "dead"), (("127.0.0.2",), "nodata", "silent"), ("nodata", "nodata", "dead")],
)
def test_a_list_that_says_no_data_to_its_test_points_is_not_believed(
    must: Reply, must_not: Reply, health: Health
) -> None:
    assert _health(PSBL, must, must_not, ()) == health


def test_of_spamrats_one_answer_says_which_of_its_lists() -> None:
    said = judge(SPAMRATS, ("127.0.0.36", "127.0.0.38"), KNOWN)
    assert said[DYNA] == Answer("listed", codes=("127.0.0.36",))
    assert said[Zone("noptr.spamrats.com")] == Answer("clean")


def _health(zone: Zone, *replies: Reply) -> Health:
    heard: dict[Point, Reply] = dict(zip(points(zone, UNUSED, KNOWN), replies, strict=True))
    return dnsbl_health.health(zone, heard, KNOWN).health


# --- what it is called ---------------------------------------------------------------------------


def test_a_listing_is_told_by_the_lists_within_and_each_code_in_words() -> None:
    codes = ("127.0.0.2", "127.0.0.9", "127.0.0.10")
    assert dnsbl.sublists(ZEN, codes) == ("SBL", "DROP", "PBL")
    assert dnsbl.explained(ZEN, ("127.0.0.3",)) == (
        "CSS (127.0.0.3): spam source, listed by machine; expires by itself",
    )
    assert dnsbl.explained(PSBL, ("127.0.0.2",)) == (
        "127.0.0.2: hit a spam trap; anybody may remove it",
    )
    assert dnsbl.explained(PSBL, ("127.0.0.99", "no address")) == ()


def test_the_worst_code_says_how_much_a_listing_costs() -> None:
    assert dnsbl.severity(ZEN, ("127.0.0.10",)) == "policy"
    assert dnsbl.severity(ZEN, ("127.0.0.10", "127.0.0.2")) == "critical"
    assert dnsbl.severity(XBL, ()) == "critical"
    assert dnsbl.severity(PBL, ("127.0.0.11",)) == "policy"
    assert dnsbl.severity(URIBL, ("127.0.0.4",), KNOWN) == "low"
    assert dnsbl.severity(URIBL, ("127.0.0.6",), KNOWN) == "medium"
