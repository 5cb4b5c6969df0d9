"""Rounds of looks: what is believed, what is not, and what goes into the log.

Against literals, the demo's name server and a real rbldnsd; what takes hours, in virtual time.
"""

import asyncio
import functools
import itertools
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar, cast

import pytest
from msgspec.structs import replace

from engine.effects.dnsbl import LookUp
from engine.errors import LogUnavailable
from engine.events import Event
from engine.events.dnsbl import DnsblLooked
from engine.events.ip_listing import SuspicionLifted
from engine.events.zone import SuspicionEnded, ZoneAsked, ZoneHealthChanged, ZoneSuspected
from engine.ids import Actor, EventId, IpAddr, Position, TenantId, Zone
from engine.ports import Log, Resolver, Slice
from engine.projections import PROJECTIONS
from engine.projections.zones import ZONES
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
    Catalogue,
)
from engine.rules.dnsbl_health import unused_ip
from engine.runtime.perform.dnsbl import Rounds
from engine.runtime.perform.dnsbl_plan import Known
from engine.runtime.perform.dnsbl_round import GIVE_UP_AFTER, ZONE_IN_FLIGHT
from engine.runtime.views import Views
from engine.values.verdict import Answer, Health
from tests.support import simloop
from tests.support.api_world import StandingClock
from tests.support.dns_worlds import MAKES, Literals, Make, World, world
from tests.support.fake_resolver import REFUSAL, SILENCE
from tests.support.samples import registered, stopped
from tests.support.spec import DAY_1, record

P = ParamSpec("P")
N = TypeVar("N")

IP, OTHER, V6 = IpAddr("203.0.113.7"), IpAddr("203.0.113.8"), IpAddr("2001:db8::7")
ACME, GLOBEX = TenantId("acme"), TenantId("globex")
NINE = (ZEN, SBL, XBL, PBL, SPAMCOP, SORBS, BARRACUDA, UCEPROTECT, PSBL)
LIVING = (ZEN, SPAMCOP, BARRACUDA, UCEPROTECT, PSBL)
CLEAN, HIT = Answer("clean"), Answer("listed", codes=("127.0.0.2",))
UNPROVED = Answer("unanswered", proof="unproved")


class Appends:
    """A log that keeps what it was given, folds it at once, and may be away."""

    def __init__(self, clock: StandingClock) -> None:
        self.made: list[tuple[Sequence[Slice], Actor, str]] = []
        self.away = False
        self.views = Views(PROJECTIONS)
        self._clock = clock
        self._position = 0

    async def append(self, slices: Sequence[Slice], *, actor: Actor, cause: str) -> Position:
        if self.away:
            raise LogUnavailable("no route to host")
        self.made.append((slices, actor, cause))
        for one in slices:
            for new in one.events:
                self.happened(new.event, one.tenant)
        return Position(len(self.made))

    def happened(self, event: Event, tenant: TenantId | None = ACME) -> None:
        self._position += 1
        recorded = record(self._position, event, at=self._clock.at, tenant=tenant)
        list(self.views.fold(recorded))

    def looks(self) -> dict[IpAddr, DnsblLooked]:
        """The last of each address."""
        events = [new.event for slices, _, _ in self.made for one in slices for new in one.events]
        return {event.ip: event for event in events if isinstance(event, DnsblLooked)}

    def health(self) -> dict[Zone, Health]:
        return {zone: event.health for zone, event in self.changes().items()}

    def news(self) -> dict[Zone, Health]:
        """Of the last append."""
        events = [new.event for one in self.made[-1][0] for new in one.events]
        return {one.zone: one.health for one in events if isinstance(one, ZoneHealthChanged)}

    def zone_news(self, kind: type[N]) -> list[N]:
        """Of all appends."""
        events = [new.event for slices, _, _ in self.made for one in slices for new in one.events]
        return [one for one in events if isinstance(one, kind)]

    def asked(self) -> dict[Zone, ZoneAsked]:
        """Of the last append."""
        events = [new.event for one in self.made[-1][0] for new in one.events]
        return {one.zone: one for one in events if isinstance(one, ZoneAsked)}

    def changes(self) -> dict[Zone, ZoneHealthChanged]:
        events = [new.event for slices, _, _ in self.made for one in slices for new in one.events]
        return {event.zone: event for event in events if isinstance(event, ZoneHealthChanged)}


class Bench:
    """Rounds over a resolver, at a time that stands until it is moved."""

    def __init__(self, resolver: Resolver, catalogue: Catalogue = DEFAULT) -> None:
        self.clock = StandingClock()
        self.log = Appends(self.clock)
        numbers, addresses = itertools.count(1), itertools.count()
        self.rounds = Rounds(
            resolver=resolver,
            log=cast(Log, self.log),
            ids=lambda: EventId(f"e{next(numbers)}"),
            known=Known(self.log.views, catalogue),
            clock=self.clock,
            random_ip=lambda: unused_ip(next(addresses)),
        )

    def registers(self, *ips: IpAddr, tenant: TenantId = ACME) -> None:
        for ip in ips:
            self.log.happened(registered(ip=ip), tenant)

    async def later(self, span: timedelta, *looks: LookUp) -> dict[IpAddr, DnsblLooked]:
        self.clock.at += span
        return await self.look(*looks)

    async def look(self, *looks: LookUp) -> dict[IpAddr, DnsblLooked]:
        await asyncio.gather(*(self.rounds.look_up(look) for look in looks))
        return self.log.looks()

    async def answers(self, ip: IpAddr = IP, *zones: Zone) -> dict[Zone, Answer]:
        return (await self.look(look_up(ip, zones)))[ip].answers


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


def virtual(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Runs the test on a loop whose clock jumps to the next timer."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        simloop.run(lambda: test(*args, **kwargs))

    return run


def look_up(
    ip: IpAddr = IP, zones: tuple[Zone, ...] = (), tenant: TenantId = ACME, cycle: int = 1
) -> LookUp:
    return LookUp(tenant=tenant, ip=ip, zones=zones, cycle=Position(cycle))


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


# --- literals: single answers --------------------------------------------------------------------


@pytest.fixture
def lists() -> Literals:
    made = Literals(*dnsbl.to_ask(), takes_s=0)
    made.behave(SORBS, "dead")
    return made


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


# --- who shares a round --------------------------------------------------------------------------


def addresses(count: int) -> list[IpAddr]:
    return [IpAddr(f"203.0.{113 + n // 250}.{n % 250}") for n in range(count)]


async def test_looks_of_one_moment_share_the_test_points(lists: Literals) -> None:
    bench = Bench(lists)
    await bench.look(*(look_up(ip) for ip in addresses(100)))
    assert len(bench.log.made) == 1
    assert lists.heard.count("2.0.0.127.psbl.surriel.com") == 2


async def test_a_round_takes_500_addresses_and_the_next_the_rest(lists: Literals) -> None:
    bench = Bench(lists)
    found = await bench.look(*(look_up(ip) for ip in addresses(1201)))
    sizes = [sum(one.stream.startswith("dnsbl-") for one in made) for made, _, _ in bench.log.made]
    assert sorted(sizes) == [201, 500, 500]
    assert len(found) == 1201


async def test_two_looks_at_one_address_are_two_rounds(lists: Literals) -> None:
    bench = Bench(lists)
    await bench.look(look_up(IP), look_up(IP, (PSBL,), cycle=2))
    looked = [[one.stream for one in made if one.tenant] for made, _, _ in bench.log.made]
    assert looked == [[f"dnsbl-{IP}"], [f"dnsbl-{IP}"]]


@virtual
async def test_a_look_that_comes_while_a_round_is_under_way_begins_another(
    lists: Literals,
) -> None:
    bench = Bench(lists)
    lists.takes_s = 0.01
    first = asyncio.gather(bench.rounds.look_up(look_up(IP)))
    await asyncio.sleep(0.03)
    await bench.look(look_up(OTHER))
    await first
    rounds = {event.round for event in bench.log.looks().values()}
    assert len(rounds) == len(bench.log.made) == 2


@virtual
async def test_whoever_only_waits_may_leave_and_the_others_are_answered(lists: Literals) -> None:
    bench = Bench(lists)
    lists.takes_s = 0.01
    looks = await _in_order(bench, IP, OTHER)
    await asyncio.sleep(0.02)
    looks[1].cancel()
    await asyncio.wait_for(looks[0], 5)
    assert set(bench.log.looks()) == {IP, OTHER}


@pytest.mark.parametrize("after_s", [0.002, 0.03])
@virtual
async def test_if_the_first_leaves_the_others_begin_another_round(
    lists: Literals, after_s: float
) -> None:
    bench = Bench(lists)
    lists.takes_s = 0.02
    looks = await _in_order(bench, *addresses(3))
    await asyncio.sleep(after_s)
    looks[0].cancel()
    await asyncio.wait_for(asyncio.gather(*looks[1:]), 5)
    assert set(bench.log.looks()) == set(addresses(3)[1:])
    assert len(bench.log.made) == 1


async def _in_order(bench: Bench, *ips: IpAddr) -> list[asyncio.Task[None]]:
    """The first of them leads the round."""
    tasks = []
    for ip in ips:
        tasks.append(asyncio.create_task(bench.rounds.look_up(look_up(ip))))
        await asyncio.sleep(0.0001)
    return tasks


# --- real seconds, made virtual ------------------------------------------------------------------


@virtual
async def test_a_dead_list_rests_for_four_hours_unless_a_look_names_it(lists: Literals) -> None:
    bench = Bench(lists)
    tested = []
    for pause_h in (0, 1, 2.8, 0.2, 1):
        bench.clock.at += timedelta(hours=pause_h)
        lists.heard.clear()
        answers = await bench.answers()
        assert answers[SORBS] == UNPROVED, "it is named even when it rests"
        tested.append(any(name.endswith(SORBS) for name in lists.heard))
    assert tested == [True, False, False, True, False]
    lists.behave(SORBS, "well")
    assert (await bench.answers(IP, SORBS))[SORBS] == CLEAN
    assert (await bench.answers())[SORBS] == CLEAN, "alive again, it rests no more"


@virtual
async def test_a_refusing_list_is_tested_in_every_round(lists: Literals) -> None:
    """The operator registers the resolver, and the next round knows."""
    bench = Bench(lists)
    lists.behave(BARRACUDA, "refused")
    assert (await bench.answers())[BARRACUDA].verdict == "refused"
    lists.behave(BARRACUDA, "well")
    assert (await bench.answers())[BARRACUDA] == CLEAN


@virtual
async def test_questions_end_after_60_seconds_and_what_was_answered_counts(lists: Literals) -> None:
    bench = Bench(lists)
    lists.slow = {dnsbl.question(IP, PSBL): 1000.0}
    began = asyncio.get_running_loop().time()
    found = await bench.look(look_up(IP), look_up(OTHER))
    assert 60 <= asyncio.get_running_loop().time() - began < 62
    assert found[IP].answers[PSBL] == Answer("unanswered")
    assert found[IP].answers[ZEN] == CLEAN
    assert found[OTHER].answers[PSBL] == CLEAN


@virtual
async def test_a_list_whose_test_points_do_not_answer_holds_nobody_up_for_long(
    lists: Literals,
) -> None:
    bench = Bench(lists)
    lists.slow = {PSBL: 1000.0}
    began = asyncio.get_running_loop().time()
    answers = await bench.answers()
    assert asyncio.get_running_loop().time() - began < 15
    assert answers[PSBL] == Answer("unanswered")
    assert answers[ZEN] == CLEAN
    assert bench.log.health()[PSBL] == "silent"


@virtual
async def test_a_list_that_falls_silent_is_given_up_and_the_round_goes_on(lists: Literals) -> None:
    """Its test points alone still answer."""
    ips = addresses(500)
    lists.slow = {dnsbl.question(ip, PSBL): 12.0 for ip in ips}
    lists.fails = dict.fromkeys(lists.slow, SILENCE)
    bench = Bench(lists)
    began = asyncio.get_running_loop().time()
    found = await bench.look(*(look_up(ip) for ip in ips))
    asked = [name for name in lists.heard if name.endswith(PSBL) and ".203.psbl" in name]
    assert len(asked) < ZONE_IN_FLIGHT + GIVE_UP_AFTER
    assert asyncio.get_running_loop().time() - began < 30
    assert not any(found[ip].answers[PSBL].counts for ip in ips)
    assert all(found[ip].answers[SPAMCOP] == CLEAN for ip in ips)


async def test_a_list_that_answers_now_and_then_is_not_given_up(lists: Literals) -> None:
    ips = addresses(200)
    for ip in ips[::2]:
        lists.fails[dnsbl.question(ip, PSBL)] = SILENCE
    found = await Bench(lists).look(*(look_up(ip) for ip in ips))
    said = [found[ip].answers[PSBL] for ip in ips]
    assert said == [Answer("unanswered"), CLEAN] * 100


async def test_a_list_given_up_may_still_prove_what_it_said_before(lists: Literals) -> None:
    ips = addresses(100)
    for ip in ips[1:]:
        lists.fails[dnsbl.question(ip, PSBL)] = SILENCE
    found = await Bench(lists).look(*(look_up(ip) for ip in ips))
    assert found[ips[0]].answers[PSBL] == CLEAN
    assert found[ips[1]].answers[PSBL] == Answer("unanswered")


@virtual
async def test_no_list_has_more_than_its_share_of_questions_in_flight(lists: Literals) -> None:
    await Bench(lists).look(*(look_up(ip) for ip in addresses(500)))
    assert lists.most_in_flight == ZONE_IN_FLIGHT * len(LIVING) == 100


# --- too many hits at once to be true ------------------------------------------------------------

CONFIRM, AGAIN = timedelta(minutes=5), timedelta(minutes=30)


def tenants_fleet(bench: Bench, acme: int, globex: int = 0) -> tuple[list[IpAddr], list[IpAddr]]:
    ips = addresses(acme + globex)
    bench.registers(*ips[:acme])
    bench.registers(*ips[acme:], tenant=GLOBEX)
    return ips[:acme], ips[acme:]


def everywhere(ips: Sequence[IpAddr], lists: Literals) -> None:
    for ip in ips:
        lists.list(ip, PSBL)


async def test_a_list_that_names_many_at_once_is_suspected_and_spares_whoever_has_several_hits(
    lists: Literals,
) -> None:
    bench = Bench(lists)
    many, (alone, *rest) = tenants_fleet(bench, 20, 20)
    everywhere([*many, alone], lists)
    await bench.look(*(look_up(ip) for ip in many))
    found = await bench.later(CONFIRM, look_up(many[0], (PSBL,)))
    assert len(found) == 40, "the whole fleet was asked, for it has fewer than 51 addresses"
    assert {found[ip].answers[PSBL].proof for ip in found} == {"suspected"}
    assert [found[ip].spared for ip in (many[0], many[19], alone, rest[0])] == [
        (PSBL,),
        (PSBL,),
        (),
        (),
    ]
    (suspected,) = bench.log.zone_news(ZoneSuspected)
    assert (suspected.zone, suspected.asked, suspected.hits) == (PSBL, 39, 20)


@pytest.mark.parametrize(("hits", "suspected"), [(4, False), (5, True)])
async def test_a_few_new_hits_are_believed(lists: Literals, hits: int, suspected: bool) -> None:
    """Three beside the one to be confirmed, of 29: neither many nor a tenth of the fleet."""
    bench = Bench(lists)
    ips, _ = tenants_fleet(bench, 30)
    everywhere(ips[:hits], lists)
    await bench.look(look_up(ips[0]))
    found = await bench.later(CONFIRM, look_up(ips[0], (PSBL,)))
    assert (found[ips[0]].answers[PSBL].proof == "suspected") is suspected
    assert bool(bench.log.zone_news(ZoneSuspected)) is suspected


async def test_what_was_confirmed_before_is_no_new_hit(lists: Literals) -> None:
    bench = Bench(lists)
    ips, _ = tenants_fleet(bench, 20)
    for ip in ips[:10]:
        lists.list(ip, PSBL)
        await bench.later(AGAIN, look_up(ip, (PSBL,)))
        await bench.later(CONFIRM, look_up(ip, (PSBL,)))
    assert not bench.log.zone_news(ZoneSuspected)
    lists.list(ips[10], PSBL)
    await bench.later(AGAIN, look_up(ips[10], (PSBL,)))
    found = await bench.later(CONFIRM, look_up(ips[10], (PSBL,)))
    assert found[ips[10]].answers[PSBL].proof == "proved"


async def test_suspicion_is_told_once_and_ends_with_a_round_below_the_threshold(
    lists: Literals,
) -> None:
    bench = Bench(lists)
    ips, _ = tenants_fleet(bench, 20)
    everywhere(ips, lists)
    await bench.look(*(look_up(ip) for ip in ips))
    await bench.later(CONFIRM, *(look_up(ip, (PSBL,)) for ip in ips))
    await bench.later(AGAIN, *(look_up(ip, (PSBL,)) for ip in ips))
    assert len(bench.log.zone_news(ZoneSuspected)) == 1
    for ip in ips[2:]:
        lists.clear(ip, PSBL)
    found = await bench.later(AGAIN, *(look_up(ip, (PSBL,)) for ip in ips))
    assert found[ips[0]].answers[PSBL].proof == "proved"
    assert found[ips[0]].spared == ()
    (ended,) = bench.log.zone_news(SuspicionEnded)
    assert (ended.zone, ended.hits, ended.why) == (PSBL, 1, "below")


async def test_suspicion_does_not_end_while_others_are_still_spared(lists: Literals) -> None:
    """A round of those that the list never named says nothing about those it did."""
    bench = Bench(lists)
    ips, (stranger,) = tenants_fleet(bench, 20, 1)
    everywhere(ips, lists)
    await bench.look(*(look_up(ip) for ip in ips))
    await bench.later(CONFIRM, *(look_up(ip, (PSBL,)) for ip in ips))
    await bench.later(AGAIN, look_up(stranger, tenant=GLOBEX))
    assert not bench.log.zone_news(SuspicionEnded)


async def test_an_admins_word_ends_a_suspicion_and_keeps_it_away_for_four_hours(
    lists: Literals,
) -> None:
    bench = Bench(lists)
    ips, _ = tenants_fleet(bench, 20)
    everywhere(ips, lists)
    await bench.look(*(look_up(ip) for ip in ips))
    await bench.later(CONFIRM, *(look_up(ip, (PSBL,)) for ip in ips))
    bench.log.happened(SuspicionLifted(ip=ips[0], zone=PSBL, reason="it is right"))
    found = await bench.later(AGAIN, *(look_up(ip, (PSBL,)) for ip in ips))
    assert {found[ip].answers[PSBL].proof for ip in ips} == {"proved"}
    (ended,) = bench.log.zone_news(SuspicionEnded)
    assert ended.why == "trusted"


async def test_those_stopped_by_a_list_in_the_four_hours_before_its_suspicion_are_named(
    lists: Literals,
) -> None:
    bench = Bench(lists)
    ips, _ = tenants_fleet(bench, 20)
    bench.log.happened(stopped(PSBL, ip=ips[18]))
    bench.clock.at += timedelta(hours=3)
    bench.log.happened(stopped(PSBL, ip=ips[19]))
    bench.clock.at += timedelta(hours=1, minutes=30)
    everywhere(ips[:10], lists)
    await bench.look(look_up(ips[0]))
    await bench.later(CONFIRM, look_up(ips[0], (PSBL,)))
    (suspected,) = bench.log.zone_news(ZoneSuspected)
    assert suspected.stopped == {ACME: (ips[19],)}


# --- a day's questions ---------------------------------------------------------------------------


def with_budget(a_day: int) -> Catalogue:
    return {**DEFAULT, PSBL: replace(DEFAULT[PSBL], budget_per_day=a_day)}


async def test_who_was_heard_of_longest_ago_is_asked_first_when_questions_are_few(
    lists: Literals,
) -> None:
    bench = Bench(lists, with_budget(100))
    ips, _ = tenants_fleet(bench, 40)
    bench.clock.at = DAY_1.replace(hour=0)
    first = await bench.look(*(look_up(ip) for ip in ips))
    known = [ip for ip in ips if PSBL in first[ip].answers]
    assert 0 < len(known) < 10, "an hour's worth of eighty questions a day"
    assert all(first[ip].skipped == (PSBL,) for ip in ips if ip not in known)
    assert all(first[ip].answers[ZEN] == CLEAN for ip in ips), "other lists have enough"
    assert bench.log.asked()[PSBL].skipped == 40 - len(known)
    second = await bench.later(timedelta(hours=12), *(look_up(ip) for ip in ips))
    now = [ip for ip in ips if PSBL in second[ip].answers]
    assert len(now) > 20
    assert not set(now) & set(known), "they were heard of twelve hours ago, the others never"


async def test_second_looks_may_use_up_the_whole_day_and_not_more(lists: Literals) -> None:
    bench = Bench(lists, with_budget(50))
    ips, _ = tenants_fleet(bench, 80)
    bench.clock.at = DAY_1.replace(hour=0)
    looks = [replace(look_up(ip, (PSBL,)), urgent=True) for ip in ips]
    found = await bench.look(*looks)
    assert sum(PSBL in found[ip].answers for ip in ips) == 50
    found = await bench.later(timedelta(hours=1), replace(looks[0], urgent=True))
    assert found[ips[0]].skipped == (PSBL,)
    found = await bench.later(timedelta(hours=23), replace(looks[0], urgent=True))
    assert PSBL in found[ips[0]].answers, "another day"


async def test_a_round_says_what_it_cost_and_brought(lists: Literals) -> None:
    lists.list(IP, PSBL)
    bench = Bench(lists)
    await bench.look(look_up(IP, (PSBL,)), look_up(OTHER, (PSBL,)))
    asked = bench.log.asked()[PSBL]
    tests, reasons = 6, 1
    assert (asked.questions, asked.clean, asked.listed) == (2 + tests + reasons, 1, 1)
    assert bench.log.views.get(ZONES, PSBL).questions == asked.questions


async def test_a_listing_carries_the_lists_own_reason_and_nothing_personal(
    lists: Literals,
) -> None:
    lists.list(IP, PSBL)
    lists.records[f"{dnsbl.question(IP, PSBL)} TXT"] = (
        "Listed, mail a@b.example to see",
        "https://x.test/7",
    )
    bench = Bench(lists)
    answer = (await bench.answers())[PSBL]
    assert answer == replace(HIT, reason="Listed, mail to see https://x.test/7")
