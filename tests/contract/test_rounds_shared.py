"""Who shares a round of looks, and how long lists may hold it up, in virtual time."""

import asyncio
from datetime import timedelta

import pytest

from engine.demo.dns_zones import Mood
from engine.ids import IpAddr
from engine.projections.listings import LISTINGS
from engine.rules import dnsbl
from engine.rules.dnsbl_catalogue import BARRACUDA, PSBL, SORBS, SPAMCOP, ZEN
from engine.runtime.perform.dnsbl_round import GIVE_UP_AFTER, ZONE_IN_FLIGHT
from engine.values.verdict import Answer
from tests.support.dns_worlds import Literals
from tests.support.fake_resolver import SILENCE
from tests.support.rounds_bench import (
    ACME,
    CLEAN,
    IP,
    LIVING,
    OTHER,
    UNPROVED,
    Bench,
    addresses,
    look_up,
    virtual,
)


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
async def test_a_list_that_comes_back_begins_its_week_anew(lists: Literals) -> None:
    bench = Bench(lists)
    bench.registers(IP)
    lists.list(IP, PSBL)
    lived: list[tuple[int, Mood, bool]] = [
        (0, "well", False),
        (4, "dead", False),
        (100, "well", False),
        (4, "dead", False),
        (167, "dead", False),
        (1, "dead", True),
    ]
    for hours, mood, gone in lived:
        lists.behave(PSBL, mood)
        looks = await bench.later(timedelta(hours=hours), look_up(IP))
        assert looks[IP].gone == ((PSBL,) if gone else ())


@virtual
async def test_a_list_that_was_dead_for_a_week_takes_its_listings_with_it(lists: Literals) -> None:
    """Once, of whom it named, however silent it was meanwhile."""
    bench = Bench(lists)
    bench.registers(IP, OTHER)
    lists.list(IP, PSBL)
    await bench.look(look_up(IP), look_up(OTHER))
    lists.behave(PSBL, "dead")
    lived: list[tuple[int, Mood, bool]] = [
        (4, "dead", False),  # it dies
        (80, "silent", False),
        (87, "dead", False),  # for an hour less than a week
        (1, "dead", True),
        (4, "dead", False),  # it was said
    ]
    for hours, mood, gone in lived:
        lists.behave(PSBL, mood)
        looks = await bench.later(timedelta(hours=hours), look_up(IP), look_up(OTHER))
        assert [looks[ip].gone for ip in (IP, OTHER)] == [(PSBL,) if gone else (), ()]
    assert PSBL not in bench.log.views.get(LISTINGS, f"{ACME}/{IP}").standing


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
