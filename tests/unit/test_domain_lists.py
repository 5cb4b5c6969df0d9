"""Lists of domains: what they are asked about, and what their answers say of a sending domain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ids import Zone
from engine.rules import dnsbl_health, domain_lists
from engine.rules.dnsbl import Reply
from engine.rules.dnsbl_catalogue import DBL, KNOWN, ZRD, Key, Settings, catalogue
from engine.rules.dnsbl_catalogue.of_domains import SURBL, URIBL
from engine.rules.domain_lists import DomainPoint
from engine.values.verdict import Answer, Health, Verdict

CHOSEN = catalogue(Settings(on=(DBL, SURBL)))
domain_zones = [zone for zone, one in KNOWN.items() if one.kind == "domain"]


# --- the question --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("domain", "names"),
    [
        ("example.com", ("example.com",)),
        ("mail.example.com", ("mail.example.com", "example.com")),
        ("news.example.co.uk", ("news.example.co.uk", "example.co.uk")),
        (
            "a.b.c.d.example.com",
            ("b.c.d.example.com", "c.d.example.com", "d.example.com", "example.com"),
        ),
        ("MAIL.Example.com.", ("mail.example.com", "example.com")),
        ("bücher.example", ("xn--bcher-kva.example",)),
    ],
)
def test_a_domain_is_asked_about_with_its_parents_but_no_public_suffix(
    domain: str, names: tuple[str, ...]
) -> None:
    assert domain_lists.names(domain) == names
    assert len(names) <= domain_lists.NAMES_MAX


@pytest.mark.parametrize(
    "text", ["203.0.113.7", "2001:db8::7", "[203.0.113.7]", "", "com", "co.uk"]
)
def test_an_address_is_no_domain_and_never_asked_about(text: str) -> None:
    with pytest.raises(ValueError, match=r"address|domain|suffix"):
        domain_lists.names(text)


def test_only_lists_of_domains_are_asked() -> None:
    assert domain_lists.questions("mail.example.com", CHOSEN) == {
        DBL: ("mail.example.com.dbl.spamhaus.org", "example.com.dbl.spamhaus.org"),
        SURBL: ("mail.example.com.multi.surbl.org", "example.com.multi.surbl.org"),
    }
    assert domain_lists.questions("example.com", catalogue()) == {}


def test_a_customer_is_known_by_the_key_in_the_name() -> None:
    mine = catalogue(Settings(on=(ZRD,)), {"spamhaus": Key("k1")})
    asked = domain_lists.questions("example.com", mine)
    assert asked == {ZRD: ("example.com.k1.zrd.dq.spamhaus.net",)}


# --- the answer ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "replies", "verdict", "codes"),
    [
        (DBL, [(), ()], "clean", ()),
        (DBL, [(), ("127.0.1.2",)], "listed", ("127.0.1.2",)),
        (DBL, [("127.0.1.4",), ("127.0.1.2",)], "listed", ("127.0.1.2", "127.0.1.4")),
        (DBL, [("127.0.1.2",), "unanswered"], "listed", ("127.0.1.2",)),
        (DBL, [(), "unanswered"], "unanswered", ()),
        (DBL, [(), "refused"], "refused", ()),
        (DBL, ["unanswered", "refused"], "refused", ()),
        (DBL, [("127.0.1.255",)], "refused", ("127.0.1.255",)),
        (DBL, [("127.255.255.254",), ()], "refused", ("127.255.255.254",)),
        (DBL, [("127.0.0.2",)], "unanswered", ("127.0.0.2",)),
        (SURBL, [("127.0.0.1",)], "refused", ("127.0.0.1",)),
        (SURBL, [("127.0.0.64",)], "listed", ("127.0.0.64",)),
        (ZRD, [("127.0.2.4",)], "listed", ("127.0.2.4",)),
        (ZRD, [("127.0.2.255",)], "refused", ("127.0.2.255",)),
        (DBL, [], "unanswered", ()),
    ],
)
def test_the_worst_word_about_any_of_its_names_is_the_domains(
    zone: Zone, replies: list[Reply], verdict: Verdict, codes: tuple[str, ...]
) -> None:
    assert domain_lists.judge(zone, replies, KNOWN) == Answer(verdict, codes=codes)


def test_a_parked_zone_is_believed_in_nothing_it_says() -> None:
    answer = domain_lists.judge(DBL, [("127.0.1.2",), ("192.0.2.1",)], KNOWN)
    assert answer == Answer("unanswered", "unproved", ("192.0.2.1",))
    assert not answer.counts


a_reply = st.one_of(
    st.sampled_from(["refused", "unanswered", "nodata", (), ("127.0.1.2",), ("127.0.0.64",)]),
    st.lists(st.ip_addresses(v=4).map(str), max_size=3).map(tuple),
)


@given(st.sampled_from(domain_zones), st.lists(a_reply, max_size=4), a_reply)
def test_a_further_reply_never_makes_a_domain_cleaner(
    zone: Zone, replies: list[Reply], more: Reply
) -> None:
    before = domain_lists.judge(zone, replies, KNOWN)
    after = domain_lists.judge(zone, [*replies, more], KNOWN)
    if replies and before.verdict != "clean":
        assert after.verdict != "clean"
    assert after == domain_lists.judge(zone, [more, *reversed(replies)], KNOWN)


# --- test points ---------------------------------------------------------------------------------


def test_lists_of_domains_are_tested_by_names_and_one_that_nobody_can_register() -> None:
    assert domain_lists.points(DBL, "n1", KNOWN) == (
        DomainPoint("dbltest.com", "listed"),
        DomainPoint("invalid", "clean"),
        DomainPoint("n1.example", "unused"),
    )
    assert domain_lists.question("invalid", DBL, KNOWN) == "invalid.dbl.spamhaus.org"


@pytest.mark.parametrize(
    ("zone", "must", "must_not", "unused", "health"),
    [
        (DBL, ("127.0.1.2",), (), (), "alive"),
        (SURBL, ("127.0.0.254",), (), (), "alive"),
        (URIBL, ("127.0.0.14",), (), (), "alive"),
        (DBL, (), (), (), "dead"),
        (DBL, ("127.0.1.2",), (), ("127.0.1.2",), "lists_everything"),
        (DBL, ("127.255.255.254",), ("127.255.255.254",), (), "refusing"),
        (SURBL, ("127.0.0.1",), ("127.0.0.1",), ("127.0.0.1",), "refusing"),
        (DBL, ("192.0.2.1",), ("192.0.2.1",), ("192.0.2.1",), "dead"),
        (DBL, "unanswered", "unanswered", "unanswered", "silent"),
    ],
)
def test_a_list_of_domains_is_as_its_test_points_answer(
    zone: Zone, must: Reply, must_not: Reply, unused: Reply, health: Health
) -> None:
    replies = (must, must_not, unused)
    heard = dict(zip(domain_lists.points(zone, "n1", KNOWN), replies, strict=True))
    found = dnsbl_health.health(zone, heard, KNOWN)
    assert found.health == health
    assert "n1.example" in found.why
