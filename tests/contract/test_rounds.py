"""Rounds of looks: what is believed, what is not, and what goes into the log.

Against literals, the demo's name server and a real rbldnsd; what takes hours, in virtual time.
"""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from engine.errors import LogUnavailable
from engine.events.dnsbl import DnsblLooked
from engine.events.zone import ZoneAsked, ZoneHealthChanged
from engine.ids import IpAddr, Zone
from engine.ports import Resolver
from engine.rules import dnsbl
from engine.rules.dnsbl_catalogue import (
    BARRACUDA,
    CATALOGUE_VERSION,
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
from engine.values.verdict import Answer, Health
from tests.support.dns_worlds import MAKES, Literals, Make, World, world
from tests.support.fake_resolver import REFUSAL, SILENCE
from tests.support.rounds_bench import (
    ACME,
    CLEAN,
    GLOBEX,
    HIT,
    IP,
    LIVING,
    OTHER,
    UNPROVED,
    V6,
    Bench,
    look_up,
    virtual,
)

NINE = (ZEN, SBL, XBL, PBL, SPAMCOP, SORBS, BARRACUDA, UCEPROTECT, PSBL)


class Meddling:
    """A resolver; when PSBL was asked about the first address, something happens to the lists."""

    def __init__(self, resolver: Resolver, what: Callable[[], object]) -> None:
        self._resolver = resolver
        self._what: Callable[[], object] | None = what
        self.aaaa, self.ptr, self.lookup = resolver.aaaa, resolver.ptr, resolver.lookup
        self.name = resolver.name

    async def a(self, name: str) -> tuple[str, ...]:
        found = await self._resolver.a(name)
        what = self._what
        if what is not None and name.endswith(f".113.0.203.{PSBL}"):
            self._what = None
            what()
        return found


@pytest.fixture(params=MAKES)
async def dns(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """All lists alive, but SORBS, which is as it has been since 2024."""
    async with world(request.param, *dnsbl.to_ask()) as made:
        made.lists.behave(SORBS, "dead")
        yield made


@pytest.fixture
def bench(dns: World) -> Bench:
    return Bench(dns.resolver)


# --- what is believed ----------------------------------------------------------------------------


async def test_an_address_that_nobody_lists_is_clean_on_each_living_list(bench: Bench) -> None:
    answers = await bench.answers()
    assert set(answers) == set(NINE)
    assert answers == {**dict.fromkeys(NINE, CLEAN), SORBS: UNPROVED}


async def test_a_listing_is_told_by_list_and_part_with_its_codes(bench: Bench, dns: World) -> None:
    dns.lists.list(IP, ZEN, "127.0.0.4", "127.0.0.10")
    dns.lists.list(OTHER, PSBL)
    found = await bench.look(look_up(IP), look_up(OTHER))
    assert found[IP].answers == {
        **dict.fromkeys(NINE, CLEAN),
        ZEN: Answer("listed", codes=("127.0.0.4", "127.0.0.10")),
        XBL: Answer("listed", codes=("127.0.0.4",)),
        PBL: Answer("listed", codes=("127.0.0.10",)),
        SORBS: UNPROVED,
    }
    assert found[OTHER].answers[PSBL] == HIT
    assert found[OTHER].answers[ZEN] == CLEAN


async def test_a_second_look_hears_that_the_address_was_removed(bench: Bench, dns: World) -> None:
    dns.lists.list(IP, PSBL)
    assert (await bench.answers())[PSBL] == HIT
    dns.lists.clear(IP, PSBL)
    assert (await bench.answers())[PSBL] == CLEAN


@pytest.mark.parametrize(
    ("mood", "health"),
    [
        ("dead", "dead"),
        ("parked", "dead"),
        ("everything", "lists_everything"),
        ("servfail", "silent"),
    ],
)
async def test_a_list_that_fails_its_opening_test_is_heard_about_nobody(
    bench: Bench, dns: World, mood: str, health: Health
) -> None:
    dns.lists.list(IP, PSBL)
    dns.lists.behave(PSBL, mood)  # type: ignore[arg-type]
    answers = await bench.answers()
    assert answers[PSBL].verdict == "unanswered"
    assert not answers[PSBL].counts
    assert bench.log.health()[PSBL] == health
    assert answers[SPAMCOP] == CLEAN, "the others are believed"


@pytest.mark.parametrize("mood", ["error_code", "refused"])
async def test_a_list_that_refuses_us_says_so_for_itself_and_its_parts(
    bench: Bench, dns: World, mood: str
) -> None:
    dns.lists.list(IP, ZEN)
    dns.lists.behave(ZEN, mood)  # type: ignore[arg-type]
    answers = await bench.answers()
    for zone in (ZEN, SBL, XBL, PBL):
        assert answers[zone] == Answer("refused", proof="unproved")
        assert bench.log.health()[zone] == "refusing"


@pytest.mark.parametrize("mood", ["dead", "parked", "everything", "error_code", "servfail"])
async def test_a_list_that_fails_its_closing_test_counts_for_nothing(dns: World, mood: str) -> None:
    """It dies after the first question: what it said before cannot be told from what it said
    when it was dead.
    """
    for zone in LIVING:
        dns.lists.list(IP, zone)
    died = Meddling(dns.resolver, lambda: dns.lists.behave(PSBL, mood))  # type: ignore[arg-type]
    bench = Bench(died)
    answers = await bench.answers(IP, PSBL)
    assert answers == {PSBL: Answer("listed", proof="unproved", codes=("127.0.0.2",))}
    assert bench.log.health()[PSBL] != "alive"


@pytest.mark.parametrize("make", ["literals", "demo"])
async def test_silence_is_not_clean(make: Make) -> None:
    """The list is alive, and does not answer about this one."""
    async with world(make, PSBL) as dns:
        dns.lists.behave(Zone(dnsbl.question(IP, PSBL)), "silent")
        bench = Bench(dns.resolver)
        found = await bench.look(look_up(IP, (PSBL,)), look_up(OTHER, (PSBL,)))
        assert found[IP].answers == {PSBL: Answer("unanswered")}
        assert found[OTHER].answers == {PSBL: CLEAN}
        assert bench.log.health() == {PSBL: "alive"}


async def test_silence_of_every_list_is_clean_on_none(bench: Bench, dns: World) -> None:
    for zone in dnsbl.to_ask():
        dns.lists.behave(zone, "silent")
    answers = await bench.answers()
    assert {answer.verdict for answer in answers.values()} == {"unanswered"}
    assert not any(answer.counts for answer in answers.values())


async def test_the_closing_test_tells_a_refusal_from_a_clean_answer(lists: Literals) -> None:
    refusing = Meddling(lists, lambda: lists.behave(PSBL, "error_code"))
    answers = await Bench(refusing).answers(IP, PSBL)
    assert answers[PSBL] == Answer("refused", proof="unproved")


async def test_one_refusal_is_that_of_one_answer(lists: Literals) -> None:
    lists.fails[dnsbl.question(IP, PSBL)] = REFUSAL
    answers = await Bench(lists).answers()
    assert answers[PSBL] == Answer("refused")


@virtual
async def test_an_answer_that_was_lost_is_asked_for_again_in_the_same_round(
    lists: Literals,
) -> None:
    name = dnsbl.question(IP, PSBL)
    lists.list(IP, PSBL)
    lists.fails[name] = SILENCE
    lists.slow[name] = 0.01
    asyncio.get_running_loop().call_later(0.025, lists.fails.clear)
    assert (await Bench(lists).answers())[PSBL] == HIT
    assert lists.heard.count(name) == 3, "lost, answered, and then asked why"


async def test_a_retired_list_is_asked_about_its_test_points_alone(lists: Literals) -> None:
    bench = Bench(lists)
    await bench.answers()
    asked = [name for name in lists.heard if name.endswith(SORBS)]
    assert len(asked) == 3
    assert dnsbl.question(IP, SORBS) not in asked
    assert "5 June 2024" in bench.log.changes()[SORBS].why


async def test_a_retired_list_that_proves_itself_is_asked_about_addresses(
    lists: Literals,
) -> None:
    lists.behave(SORBS, "well")
    lists.list(IP, SORBS, "127.0.0.6")
    bench = Bench(lists)
    assert (await bench.answers())[SORBS] == Answer("listed", codes=("127.0.0.6",))
    assert bench.log.health()[SORBS] == "alive"


async def test_each_test_asks_about_another_unused_address(lists: Literals) -> None:
    await Bench(lists).answers()
    unused = [name for name in lists.heard if ".18.198." in name]
    assert len(unused) == len(set(unused)) == 2 * len(LIVING) + 1


async def test_only_the_zones_named_are_asked_and_a_part_by_its_whole(lists: Literals) -> None:
    answers = await Bench(lists).answers(IP, SBL, PSBL)
    assert set(answers) == {ZEN, SBL, XBL, PBL, PSBL}
    assert {name.split(".", 4)[4] for name in lists.heard} == {ZEN, PSBL}


async def test_looks_of_one_round_may_want_different_zones(lists: Literals) -> None:
    found = await Bench(lists).look(look_up(IP, (PSBL,)), look_up(OTHER, (SPAMCOP,)))
    assert set(found[IP].answers) == {PSBL}
    assert set(found[OTHER].answers) == {SPAMCOP}
    assert found[IP].round == found[OTHER].round


# --- IPv6 ----------------------------------------------------------------------------------------


async def test_an_ipv6_address_is_asked_where_it_can_be_listed(lists: Literals) -> None:
    """The other lists are named; they would call every IPv6 address clean."""
    lists.v4[dnsbl.question(IpAddr("::ffff:7f00:2"), ZEN)] = ("127.0.0.2",)
    lists.v4[dnsbl.question(V6, ZEN)] = ("127.0.0.3",)
    answers = await Bench(lists).answers(V6)
    assert set(answers) == set(NINE)
    assert answers[SBL] == Answer("listed", codes=("127.0.0.3",))
    assert answers[XBL] == CLEAN
    assert all(answers[zone] == UNPROVED for zone in NINE if DEFAULT[zone].name[:8] != "Spamhaus")


async def test_a_list_broken_for_ipv6_alone_is_believed_about_ipv4(lists: Literals) -> None:
    bench = Bench(lists)
    found = await bench.look(look_up(IP), look_up(V6))
    assert found[IP].answers[ZEN] == CLEAN
    assert found[V6].answers[ZEN] == UNPROVED
    assert bench.log.health()[ZEN] == "alive"


# --- what goes into the log ----------------------------------------------------------------------


async def test_a_round_is_one_append_with_one_event_for_each_address(lists: Literals) -> None:
    bench = Bench(lists)
    found = await bench.look(look_up(IP), look_up(OTHER, tenant=GLOBEX))
    ((slices, actor, cause),) = bench.log.made
    looked = {one.stream: one.tenant for one in slices if one.stream.startswith("dnsbl-")}
    assert looked == {f"dnsbl-{IP}": ACME, f"dnsbl-{OTHER}": GLOBEX}
    assert all(len(one.events) == 1 and one.expected is None for one in slices)
    assert actor == "engine"
    assert {event.round for event in found.values()} == {cause}
    assert {event.catalogue for event in found.values()} == {CATALOGUE_VERSION}
    ids = [new.id for one in slices for new in one.events]
    assert len(ids) == len(set(ids))


async def test_the_first_round_tells_how_each_of_the_nine_lists_is(lists: Literals) -> None:
    bench = Bench(lists)
    await bench.answers()
    assert bench.log.health() == {**dict.fromkeys(NINE, "alive"), SORBS: "dead"}
    slices = bench.log.made[0][0]
    told = {one.stream: one.tenant for one in slices if one.stream.startswith("zone-")}
    assert told == {f"zone-{zone}": None for zone in NINE}
    assert all(
        isinstance(one.events[0].event, (DnsblLooked, ZoneAsked, ZoneHealthChanged))
        for one in slices
    )


async def test_a_list_is_news_only_when_it_changes(lists: Literals) -> None:
    bench = Bench(lists)
    await bench.answers()
    told = bench.log.news()
    assert set(told) == set(NINE)
    await bench.answers()
    assert bench.log.news() == {}
    lists.behave(PSBL, "error_code")
    await bench.answers()
    assert bench.log.news() == {PSBL: "refusing"}
    assert "127.255.255.254" in bench.log.changes()[PSBL].why


async def test_a_log_that_is_away_fails_each_look_and_the_next_round_is_new(
    lists: Literals,
) -> None:
    bench = Bench(lists)
    bench.log.away = True
    looks = [bench.rounds.look_up(look_up(ip)) for ip in (IP, OTHER)]
    ended = await asyncio.gather(*looks, return_exceptions=True)
    assert [type(one) for one in ended] == [LogUnavailable, LogUnavailable]
    assert lists.heard.count("2.0.0.127.psbl.surriel.com") == 2, "nobody began it again"
    bench.log.away = False
    assert (await bench.answers())[ZEN] == CLEAN
