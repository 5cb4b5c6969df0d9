"""Rounds in which a list names too many to be true, and a day's questions."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from msgspec.structs import replace

from engine.events.ip_listing import ListsCheckAsked, SuspicionLifted
from engine.events.zone import SuspicionEnded, ZoneSuspected
from engine.ids import IpAddr, Position, TenantId
from engine.projections.zones import ZONES
from engine.rules import dnsbl
from engine.rules.dnsbl_catalogue import DEFAULT, PSBL, ZEN, Catalogue
from tests.support.dns_worlds import Literals
from tests.support.rounds_bench import (
    ACME,
    CLEAN,
    GLOBEX,
    HIT,
    IP,
    OTHER,
    Bench,
    addresses,
    look_up,
)
from tests.support.samples import stopped
from tests.support.spec import DAY_1

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


async def test_where_each_tenant_has_one_address_in_the_round_one_more_of_it_is_asked_about(
    lists: Literals,
) -> None:
    """What the list says of those is each tenant's second hit, and no measure of the list."""
    bench = Bench(lists)
    ips = addresses(240)
    for at, ip in enumerate(ips):
        bench.registers(ip, tenant=TenantId(f"t{at // 2}"))
    everywhere(ips, lists)
    looked = ips[:40:2]
    await bench.look(*(look_up(ip, tenant=TenantId(f"t{at}")) for at, ip in enumerate(looked)))
    again = (look_up(ip, (PSBL,), TenantId(f"t{at}")) for at, ip in enumerate(looked))
    found = await bench.later(CONFIRM, *again)
    assert all(found[ip].spared == (PSBL,) for ip in looked)
    (suspected,) = bench.log.zone_news(ZoneSuspected)
    assert (suspected.asked, suspected.hits) == (20 + 50 - 1, 20 + 50 - 1)
    assert 70 < len(found) <= 90


async def test_a_tenant_with_two_addresses_in_the_round_has_no_other_asked_about(
    lists: Literals,
) -> None:
    bench = Bench(lists)
    ips = addresses(240)
    for at, ip in enumerate(ips):
        bench.registers(ip, tenant=TenantId(f"t{at // 4}"))
    looked = {ips[at]: TenantId(f"t{at // 4}") for at in range(40) if at % 4 < 2}
    everywhere(list(looked), lists)
    await bench.look(*(look_up(ip, tenant=tenant) for ip, tenant in looked.items()))
    again = (look_up(ip, (PSBL,), tenant) for ip, tenant in looked.items())
    assert len(await bench.later(CONFIRM, *again)) == 20 + 50


async def test_a_tenant_s_hits_of_a_suspected_list_count_together_though_hours_part_them(
    lists: Literals,
) -> None:
    bench = Bench(lists)
    many, (first, second) = tenants_fleet(bench, 20, 2)
    everywhere([*many, first], lists)
    await bench.look(*(look_up(ip) for ip in many), look_up(first, tenant=GLOBEX))
    found = await bench.later(CONFIRM, look_up(first, (PSBL,), GLOBEX))
    assert found[first].spared == (), "its tenant's only hit stops as usual"
    bench.log.happened(stopped(PSBL, ip=first), GLOBEX)
    everywhere([second], lists)
    await bench.later(timedelta(hours=2), look_up(second, (PSBL,), GLOBEX))
    found = await bench.later(CONFIRM, look_up(second, (PSBL,), GLOBEX))
    assert found[second].spared == (PSBL,)


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


async def test_who_asks_again_and_again_leaves_the_questions_that_confirm_a_hit(
    lists: Literals,
) -> None:
    bench = Bench(lists, with_budget(50))
    ips, (theirs,) = tenants_fleet(bench, 80, 1)
    bench.clock.at = DAY_1.replace(hour=0)
    lists.list(theirs, PSBL)
    await bench.look(replace(look_up(theirs, (PSBL,)), urgent=True))
    for ip in ips:
        asked = ListsCheckAsked(ip=ip, zones=(PSBL,), after=Position(0))
        bench.log.happened(asked, ACME)
    looks = [replace(look_up(ip, (PSBL,)), urgent=True) for ip in ips]
    found = await bench.look(*looks)
    answered = sum(PSBL in found[ip].answers for ip in ips)
    assert 20 < answered < 40, "of four fifths, what the first look has left"
    assert all(found[ip].skipped == (PSBL,) for ip in ips if PSBL not in found[ip].answers)
    second = await bench.later(CONFIRM, replace(look_up(theirs, (PSBL,)), urgent=True))
    assert PSBL in second[theirs].answers
    assert second[theirs].answers[PSBL].verdict == "listed"


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
