"""What an answer means, and when a list is believed."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.ids import IpAddr, Zone
from engine.rules import dnsbl, dnsbl_health
from engine.rules.dnsbl import Reply, judge
from engine.rules.dnsbl_catalogue import (
    BARRACUDA,
    DEFAULT,
    PBL,
    PSBL,
    SBL,
    SORBS,
    SPAMCOP,
    UCEPROTECT,
    XBL,
    ZEN,
)
from engine.rules.dnsbl_health import Point, points, points_v6
from engine.values.verdict import Answer, Health, Verdict

IP, V6 = IpAddr("203.0.113.7"), IpAddr("2001:db8::7")
UNUSED = IpAddr("198.18.4.5")
CLEAN = Answer("clean")


# --- the catalogue -------------------------------------------------------------------------------


def test_the_default_set_holds_the_nine_lists() -> None:
    assert set(DEFAULT) == {
        "zen.spamhaus.org",
        "sbl.spamhaus.org",
        "xbl.spamhaus.org",
        "pbl.spamhaus.org",
        "bl.spamcop.net",
        "dnsbl.sorbs.net",
        "b.barracudacentral.org",
        "dnsbl-1.uceprotect.net",
        "psbl.surriel.com",
    }
    assert all(zone == one.zone for zone, one in DEFAULT.items())
    assert {one.action for one in DEFAULT.values()} == {"standby"}


def test_nine_lists_cost_five_questions_and_the_retired_one_its_test_points() -> None:
    asked = dnsbl.to_ask()
    assert asked == (ZEN, SPAMCOP, SORBS, BARRACUDA, UCEPROTECT, PSBL)
    assert [zone for zone in asked if DEFAULT[zone].retired] == [SORBS]


def test_a_part_is_asked_as_its_whole_and_only_once() -> None:
    assert dnsbl.to_ask((PBL, SPAMCOP, SBL)) == (ZEN, SPAMCOP)


def test_a_zone_that_the_catalogue_holds_no_more_is_passed_over() -> None:
    assert dnsbl.to_ask((Zone("dead.example.org"), PSBL)) == (PSBL,)
    assert dnsbl.to_ask((Zone("dead.example.org"),)) == ()


def test_each_part_of_zen_reads_codes_that_zen_knows_and_no_two_the_same() -> None:
    codes = [code for part in dnsbl.parts(ZEN) for code in DEFAULT[part].codes]
    assert dnsbl.parts(ZEN) == (SBL, XBL, PBL)
    assert len(codes) == len(set(codes))
    assert set(DEFAULT[ZEN].codes) - set(codes) == {"127.0.0.30"}


def test_no_code_of_a_listing_is_one_by_which_lists_refuse() -> None:
    """127.0.0.1 is what URIBL and SURBL refuse with; RFC 5782 5 keeps it from being listed."""
    for one in DEFAULT.values():
        assert not {"127.0.0.1", *one.errors} & set(one.codes)
        assert all(code in ipaddress.ip_network("127.0.0.0/24") for code in map(_ip, one.codes))


@pytest.mark.parametrize("zone", DEFAULT)
def test_each_list_has_a_page_to_delist_at(zone: Zone) -> None:
    page = dnsbl.delisting_page(zone, IP)
    assert page.startswith(("https://", "http://"))
    assert "{" not in page


def test_the_delisting_page_names_the_address_where_the_list_takes_it() -> None:
    assert dnsbl.delisting_page(SBL, IP) == "https://check.spamhaus.org/query/ip/203.0.113.7"


# --- the question --------------------------------------------------------------------------------


def test_the_question_reverses_the_octets() -> None:
    assert dnsbl.question(IP, ZEN) == "7.113.0.203.zen.spamhaus.org"


def test_the_question_reverses_the_nibbles_of_an_ipv6_address() -> None:
    name = dnsbl.question(V6, ZEN)
    assert (
        name == "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.zen.spamhaus.org"
    )


def test_only_lists_that_hold_ipv6_can_list_it() -> None:
    assert [zone for zone in dnsbl.to_ask() if dnsbl.can_list(V6, zone)] == [ZEN]
    assert all(dnsbl.can_list(IP, zone) for zone in dnsbl.to_ask())


# --- the answer ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "verdict", "codes"),
    [
        ((), "clean", ()),
        (("127.0.0.2",), "listed", ("127.0.0.2",)),
        (("127.0.0.4", "127.0.0.2", "127.0.0.4"), "listed", ("127.0.0.2", "127.0.0.4")),
        (("127.0.0.30",), "listed", ("127.0.0.30",)),
        (("127.255.255.252",), "refused", ("127.255.255.252",)),
        (("127.255.255.254",), "refused", ("127.255.255.254",)),
        (("127.255.255.255",), "refused", ("127.255.255.255",)),
        (("127.255.255.7",), "refused", ("127.255.255.7",)),
        (("127.0.0.1",), "refused", ("127.0.0.1",)),
        (("127.0.0.99",), "unanswered", ("127.0.0.99",)),
        (("127.0.0.2", "127.0.0.99"), "listed", ("127.0.0.2",)),
        (("127.0.0.2", "127.255.255.254"), "listed", ("127.0.0.2",)),
        (("127.0.0.99", "127.255.255.254"), "refused", ("127.0.0.99", "127.255.255.254")),
        ("refused", "refused", ()),
        ("unanswered", "unanswered", ()),
    ],
)
def test_a_reply_of_zen_means(reply: Reply, verdict: Verdict, codes: tuple[str, ...]) -> None:
    assert judge(ZEN, reply)[ZEN] == Answer(verdict, codes=codes)


@pytest.mark.parametrize(
    "codes", [("203.0.113.80",), ("127.0.0.2", "203.0.113.80"), ("128.0.0.2",)]
)
def test_an_answer_outside_127_is_believed_in_nothing(codes: tuple[str, ...]) -> None:
    said = judge(ZEN, codes)
    assert said == dict.fromkeys((ZEN, SBL, XBL, PBL), Answer("unanswered", "unproved", codes))


@pytest.mark.parametrize(
    ("codes", "listing"),
    [
        (("127.0.0.2",), {SBL: ("127.0.0.2",)}),
        (("127.0.0.3",), {SBL: ("127.0.0.3",)}),
        (("127.0.0.2", "127.0.0.9"), {SBL: ("127.0.0.2", "127.0.0.9")}),
        (("127.0.0.4",), {XBL: ("127.0.0.4",)}),
        (("127.0.0.7",), {XBL: ("127.0.0.7",)}),
        (("127.0.0.10",), {PBL: ("127.0.0.10",)}),
        (("127.0.0.11",), {PBL: ("127.0.0.11",)}),
        (("127.0.0.30",), {}),
        (
            ("127.0.0.2", "127.0.0.4", "127.0.0.10"),
            {SBL: ("127.0.0.2",), XBL: ("127.0.0.4",), PBL: ("127.0.0.10",)},
        ),
    ],
)
def test_zens_codes_say_which_of_its_parts_list(
    codes: tuple[str, ...], listing: dict[Zone, tuple[str, ...]]
) -> None:
    said = judge(ZEN, codes)
    assert said.pop(ZEN) == Answer("listed", codes=codes)
    assert {zone: one.codes for zone, one in said.items() if one.verdict == "listed"} == listing
    assert all(one == CLEAN for zone, one in said.items() if zone not in listing)


@pytest.mark.parametrize(
    ("beside", "verdict"), [("127.255.255.254", "refused"), ("127.0.0.99", "unanswered")]
)
def test_beside_a_listing_that_is_not_all_no_part_is_called_clean(
    beside: str, verdict: Verdict
) -> None:
    said = judge(ZEN, ("127.0.0.2", beside))
    assert said[SBL].verdict == "listed"
    assert said[XBL] == said[PBL] == Answer(verdict, codes=(beside,))


def test_a_code_of_one_list_is_none_of_anothers() -> None:
    assert judge(SPAMCOP, ("127.0.0.4",)) == {SPAMCOP: Answer("unanswered", codes=("127.0.0.4",))}


def test_a_lists_own_error_codes_refuse() -> None:
    lists = {PSBL: replace(DEFAULT[PSBL], errors={"127.0.0.255": "over the limit"})}
    assert judge(PSBL, ("127.0.0.255",), lists) == {PSBL: Answer("refused", codes=("127.0.0.255",))}


a_code = st.one_of(
    st.sampled_from(sorted({code for one in DEFAULT.values() for code in one.codes})),
    st.sampled_from(["127.0.0.1", "127.255.255.254", "127.0.0.99", "127.255.254.2"]),
    st.ip_addresses(v=4).map(str),
)


@given(zone=st.sampled_from(dnsbl.to_ask()), codes=st.lists(a_code, max_size=5))
def test_nothing_is_listed_but_by_a_known_code_nor_clean_but_by_no_answer(
    zone: Zone, codes: list[str]
) -> None:
    for name, answer in judge(zone, tuple(codes)).items():
        if answer.verdict == "listed":
            assert answer.codes
            assert set(answer.codes) <= set(codes) & set(DEFAULT[name].codes)
        if answer.verdict == "clean":
            assert answer.codes == ()
            assert set(codes) <= set(DEFAULT[zone].codes)
        if any(_ip(code) not in ipaddress.ip_network("127.0.0.0/8") for code in codes):
            assert not answer.counts


@given(zone=st.sampled_from(dnsbl.to_ask()), codes=st.lists(a_code, max_size=5))
def test_order_and_repetition_of_the_records_change_nothing(zone: Zone, codes: list[str]) -> None:
    assert judge(zone, tuple(codes)) == judge(zone, (*reversed(codes), *codes))


# --- what a zone that is not believed has said ---------------------------------------------------


@pytest.mark.parametrize("health", ["dead", "refusing", "silent", "lists_everything"])
def test_a_zone_that_was_not_asked_is_named_and_counts_for_nothing(health: Health) -> None:
    said = dnsbl.unasked(ZEN, health)
    assert set(said) == {ZEN, SBL, XBL, PBL}
    assert not any(answer.counts for answer in said.values())
    verdict = "refused" if health == "refusing" else "unanswered"
    assert {answer.verdict for answer in said.values()} == {verdict}


def test_silence_disproves_nothing() -> None:
    """A living zone that did not answer is asked again soon; a dead one is not."""
    assert dnsbl.unasked(PSBL, "silent") == {PSBL: Answer("unanswered", proof="proved")}
    assert dnsbl.unasked(PSBL, "dead") == {PSBL: Answer("unanswered", proof="unproved")}


@pytest.mark.parametrize("health", ["dead", "refusing", "silent", "lists_everything"])
@pytest.mark.parametrize("answer", [CLEAN, Answer("listed", codes=("127.0.0.2",))])
def test_what_a_disproved_zone_said_counts_for_nothing(answer: Answer, health: Health) -> None:
    said = dnsbl.disprove({PSBL: answer}, health)[PSBL]
    assert not said.counts
    assert said.codes == answer.codes


def test_a_refusing_zone_may_have_refused_by_calling_everybody_clean() -> None:
    said = dnsbl.disprove({SBL: CLEAN, XBL: Answer("listed", codes=("127.0.0.4",))}, "refusing")
    assert said[SBL].verdict == "refused"
    assert said[XBL].verdict == "listed"
    assert dnsbl.disprove({SBL: CLEAN}, "dead")[SBL].verdict == "clean"


# --- test points ---------------------------------------------------------------------------------


def test_the_test_points_are_those_of_rfc_5782_and_an_unused_address() -> None:
    assert points(ZEN, UNUSED) == (
        Point(IpAddr("127.0.0.2"), "listed"),
        Point(IpAddr("127.0.0.1"), "clean"),
        Point(UNUSED, "unused"),
    )
    assert points_v6(ZEN) == (
        Point(IpAddr("::ffff:7f00:2"), "listed"),
        Point(IpAddr("::ffff:7f00:1"), "clean"),
    )


@given(st.integers(min_value=0))
def test_an_unused_address_is_one_from_which_no_mail_can_come(number: int) -> None:
    assert _ip(dnsbl_health.unused_ip(number)) in ipaddress.ip_network("198.18.0.0/15")


def test_unused_addresses_differ() -> None:
    assert len({dnsbl_health.unused_ip(number) for number in range(1000)}) == 1000


LISTED: Reply = ("127.0.0.2",)
ERROR: Reply = ("127.255.255.254",)
PARKED: Reply = ("203.0.113.80",)


@pytest.mark.parametrize(
    ("must", "must_not", "unused", "health"),
    [
        (LISTED, (), (), "alive"),
        (("127.0.0.2", "127.0.0.4", "127.0.0.10"), (), (), "alive"),
        ((), (), (), "dead"),
        (PARKED, PARKED, PARKED, "dead"),
        (PARKED, (), (), "dead"),
        (LISTED, LISTED, LISTED, "lists_everything"),
        (LISTED, (), LISTED, "lists_everything"),
        (LISTED, LISTED, (), "lists_everything"),
        (LISTED, (), PARKED, "lists_everything"),
        (LISTED, "unanswered", LISTED, "lists_everything"),
        (LISTED, ("127.0.0.10",), (), "lists_everything"),
        (LISTED, (), ("127.0.0.10",), "alive"),
        (LISTED, (), ("127.0.0.4", "127.0.0.10"), "lists_everything"),
        (ERROR, ERROR, ERROR, "refusing"),
        (ERROR, (), (), "refusing"),
        (LISTED, (), ERROR, "refusing"),
        (LISTED, ("127.0.0.1",), (), "refusing"),
        ("refused", "refused", "refused", "refusing"),
        (LISTED, "refused", LISTED, "refusing"),
        ("unanswered", "unanswered", "unanswered", "silent"),
        (LISTED, (), "unanswered", "silent"),
        (LISTED, "unanswered", (), "silent"),
        ("unanswered", (), (), "silent"),
        ((), (), "unanswered", "silent"),
        (("127.0.0.99",), (), (), "silent"),
    ],
)
def test_a_zone_is_as_its_test_points_answer(
    must: Reply, must_not: Reply, unused: Reply, health: Health
) -> None:
    heard = dict(zip(points(ZEN, UNUSED), (must, must_not, unused), strict=True))
    assert dnsbl_health.health(ZEN, heard).health == health


def test_a_list_of_ranges_may_hold_an_unused_address_and_no_other_list_may() -> None:
    """PBL lists a large part of the Internet, whether anybody sends from there or not."""
    heard = dict(zip(points(PSBL, UNUSED), (LISTED, (), ("127.0.0.10",)), strict=True))
    assert dnsbl_health.health(PSBL, heard).health == "lists_everything"


@pytest.mark.parametrize("must", [(), "unanswered", "refused", ERROR, PARKED])
def test_a_retired_list_that_does_not_prove_itself_is_dead_and_says_why(must: Reply) -> None:
    heard: dict[Point, Reply] = dict.fromkeys(points(SORBS, UNUSED), must)
    found = dnsbl_health.health(SORBS, heard)
    assert found.health == "dead"
    assert "5 June 2024" in found.why


def test_a_retired_list_that_proves_itself_is_alive_again() -> None:
    heard = dict(zip(points(SORBS, UNUSED), (("127.0.0.10",), (), ()), strict=True))
    assert dnsbl_health.health(SORBS, heard).health == "alive"


def test_the_reason_holds_the_test_points_and_what_they_answered() -> None:
    heard = dict(zip(points(ZEN, UNUSED), (ERROR, (), "unanswered"), strict=True))
    assert dnsbl_health.health(ZEN, heard).why == (
        "it refuses our questions (127.0.0.2: 127.255.255.254 asked through a public resolver, or"
        " one without a name of its own (PTR); 127.0.0.1: not listed; 198.18.4.5: unanswered)"
    )


a_reply = st.one_of(
    st.sampled_from(["refused", "unanswered", (), LISTED, ERROR, PARKED, ("127.0.0.10",)]),
    st.lists(a_code, max_size=3).map(tuple),
)


@given(zone=st.sampled_from(dnsbl.to_ask()), must=a_reply, must_not=a_reply, unused=a_reply)
def test_an_alive_list_lists_what_it_must_and_answers_nothing_else(
    zone: Zone, must: Reply, must_not: Reply, unused: Reply
) -> None:
    heard = dict(zip(points(zone, UNUSED), (must, must_not, unused), strict=True))
    if dnsbl_health.health(zone, heard).health == "alive":
        assert judge(zone, must)[zone].verdict == "listed"
        assert must_not == ()
        assert set(unused) <= {"127.0.0.10", "127.0.0.11"}


def _ip(text: str) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(text)
