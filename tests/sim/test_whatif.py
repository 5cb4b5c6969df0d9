"""Weeks of a fleet that is none: the engine's own decisions, and what they come to."""

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest

from engine.api.sentences import sentence
from engine.app import whatif
from engine.app.whatif import Day, Listed, Result
from engine.app.whatif.engine_of import LEFT_OUT, engine_of
from engine.app.whatif.fleet_file import read
from engine.app.whatif.story import story
from engine.app.whatif.svg import plot
from engine.app.whatif.volume import volume
from engine.events.ip import IpStopped, StageEntered, WarmupFinished
from engine.events.ip_listing import ListingCleared
from engine.ids import IpAddr, Zone
from engine.reactors import reactors
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.rules.warmup import plans
from engine.values.levers import PerDay
from engine.values.phase import Phase
from engine.values.tuning import Tuning
from tests.support.spec import DAY_1, IP, day
from tests.support.world import World, virtually

pytestmark = pytest.mark.sim

A, B = IpAddr("192.0.2.1"), IpAddr("192.0.2.2")
ZEN = Zone("zen.spamhaus.org")


def simulated(
    *ips: dict[str, Any],
    weeks: int = 2,
    listings: tuple[Listed, ...] = (),
    seed: int = 0,
    **tables: Any,
) -> Result:
    table = {"tenants": [{"slug": "acme"}], **tables}
    table["ips"] = [{"address": A, "tenant": "acme"} | one for one in ips or ({},)]
    fleet = read(table, "a test")
    return whatif.simulate(fleet, weeks=weeks, listings=listings, seed=seed)


def of(result: Result, ip: IpAddr = A) -> list[Day]:
    return [one for one in result.days if one.ip == ip]


def said(result: Result) -> list[str]:
    return [f"{one.at} {sentence(one)}" for one in result.story]


# --- chance --------------------------------------------------------------------------------------


def test_the_same_seed_tells_the_same_story_and_another_seed_another() -> None:
    one, again, other = (simulated({}, {"address": B}, seed=seed) for seed in (1, 1, 2))
    assert one.days == again.days
    assert said(one) == said(again)
    assert one.days != other.days


def test_what_becomes_of_one_address_leaves_the_luck_of_the_others_alone() -> None:
    quiet = simulated({}, {"address": B})
    loud = simulated({}, {"address": B, "bounce": 0.3}, listings=(Listed(B, 3),))
    assert of(quiet) == of(loud)
    assert of(quiet, B) != of(loud, B)


# --- the ladder ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["default", "sendbolt", "3ava"])
def test_the_printed_ladder_is_the_ladder_of_the_rules(name: str) -> None:
    plan = plans.named(name)
    weeks = plan.stages * plan.stage_days // 7 + 1
    healthy = {"ladder": name, "volume": plan.caps[-1], "bounce": 0, "complaint": 0, "deferral": 0}
    way = of(simulated(healthy, weeks=weeks))
    climbed = [cap for cap in plan.caps for _ in range(plan.stage_days)]
    assert [one.cap for one in way[: len(climbed)]] == climbed
    assert [one.stage for one in way[: len(climbed)]] == [
        stage for stage in range(1, plan.stages + 1) for _ in range(plan.stage_days)
    ]
    assert way[len(climbed)].place == "ACTIVE"
    assert way[len(climbed)].cap == plan.active_per_day


@pytest.mark.parametrize("offered", ["30/day", "400/day+30%/week", "1000000/day"])
def test_more_volume_never_sends_above_the_cap(offered: str) -> None:
    for one in of(simulated({"volume": offered}, weeks=7)):
        assert one.sent.counts.attempts <= min(one.sent.most, one.sent.offered)
        assert one.cap <= one.sent.most
        assert one.sent.offered == volume(offered).on(one.day)


def test_an_address_that_has_nothing_to_send_does_not_advance() -> None:
    assert {one.stage for one in of(simulated({"volume": 0}, weeks=4))} == {1}


def test_a_tenant_far_east_climbs_by_its_own_calendar() -> None:
    east = simulated(tenants=[{"slug": "acme", "day_tz": "Pacific/Auckland"}], weeks=2)
    assert [one.cap for one in of(east)] == [50] * 7 + [200] * 7


def test_tenants_far_apart_climb_each_by_its_own_calendar_from_the_same_date() -> None:
    tenants = [{"slug": "acme", "day_tz": "Pacific/Auckland"}, {"slug": "rival"}]
    both = simulated({}, {"address": B, "tenant": "rival"}, tenants=tenants, weeks=2)
    for ip in (A, B):
        assert [one.cap for one in of(both, ip)] == [50] * 7 + [200] * 7
        assert [str(one.date) for one in of(both, ip)][::13] == ["2026-01-05", "2026-01-18"]


# --- bad results ---------------------------------------------------------------------------------


def test_bad_results_hold_it_and_say_so_and_the_worst_pause_it_until_a_person_comes() -> None:
    held = of(simulated({"bounce": 0.09}, weeks=3))
    assert {one.stage for one in held} <= {1, 2}
    assert any("held by results since" in one.why for one in held)
    paused = of(simulated({"bounce": 0.5}, weeks=2))
    assert "paused by results since" in paused[-1].why
    assert (paused[-1].cap, paused[-1].sent.counts.attempts) == (0, 0)


def test_complaints_count_where_they_are_reported_alone() -> None:
    loud = {"complaint": 0.05, "volume": 500}
    gmail = of(simulated(loud, traffic={"providers": {"gmail": 1}}))
    assert gmail[-1].stage == 2
    assert sum(one.sent.counts.complaints for one in gmail) == 0
    yahoo = of(simulated(loud, traffic={"providers": {"yahoo": 1}}))
    assert yahoo[-1].why.startswith("paused by results")
    assert sum(one.sent.counts.complaints for one in yahoo) >= 2


# --- listings ------------------------------------------------------------------------------------


def test_a_listed_address_sends_nothing_from_the_stop_on_until_it_is_clean_again() -> None:
    result = simulated(weeks=5, listings=(Listed(A, 15, 5),))
    (stop,) = (one for one in result.story if isinstance(one.event, IpStopped))
    back = next(
        one for one in result.story if isinstance(one.event, StageEntered) and one.at > stop.at
    )
    began = result.story[0].at
    assert timedelta(days=14) < stop.at - began < timedelta(days=14, hours=5)
    assert timedelta(days=20) <= back.at - began < timedelta(days=20, hours=9)
    way = of(result)
    assert [one.place for one in way[14:20]] == ["STANDBY (listed)"] * 6
    assert [one.sent.counts.attempts for one in way[15:20]] == [0] * 5
    assert 0 < way[14].sent.counts.attempts < way[13].sent.counts.attempts
    assert way[14].why == "listed by sbl.spamhaus.org, zen.spamhaus.org"
    assert way[20].place == "WARMING"
    assert way[20].stage == 1, "a quarter of what it sent before"


def test_from_the_second_listing_on_it_waits_for_a_person() -> None:
    result = simulated(weeks=4, listings=(Listed(A, 5, 1), Listed(A, 15, 1)))
    last = of(result)[-1]
    assert last.place == "STANDBY (listed)"
    assert "a person must say cause and remedy" in last.why


def test_one_that_stays_listed_rests() -> None:
    way = of(simulated(weeks=5, listings=(Listed(A, 8, 28),)))
    assert way[-1].phase is Phase.RESTING
    assert way[-1].cap == 0


def test_an_ipv6_address_climbs_the_same_ladder() -> None:
    ip = IpAddr("2001:db8::7")
    way = of(simulated({"address": ip}, weeks=2), ip)
    assert [one.cap for one in way] == [50] * 7 + [200] * 7


def test_the_story_is_that_of_the_whole_engine_in_the_tests_own_world() -> None:
    """With another pump, other stores, and a world that takes its time: the same decisions on the
    same days.
    """
    tell = (StageEntered, IpStopped, ListingCleared, WarmupFinished)

    async def lived() -> list[tuple[object, ...]]:
        world = World()
        await world.let("act")
        await world.register_node()
        await world.warm_up()
        await world.run(day(15))
        world.lists.list(IP, ZEN, "127.0.0.2")
        await world.run(day(20))
        world.lists.clear(IP, ZEN)
        await world.run(day(43))
        return [kept(one) for one in world.log_story if isinstance(one.event, tell)]

    def kept(one: Any) -> tuple[object, ...]:
        event = one.event
        output = event.vmta.levers.output if isinstance(event, StageEntered) else None
        cap = output.cap if isinstance(output, PerDay) else None
        return one.at.date(), type(event).__name__, getattr(event, "stage", None), cap

    result = simulated({"address": IP}, weeks=6, listings=(Listed(IP, 15, 5),), start=DAY_1.date())
    ours = [kept(one) for one in result.story if isinstance(one.event, tell)]
    assert ours == virtually(lived)
    assert [one[1] for one in ours].count("IpStopped") == 1


# --- nothing is forgotten -------------------------------------------------------------------------


def test_every_reactor_is_simulated_or_left_out_by_name() -> None:
    fleet = read({"tenants": [{"slug": "a"}], "ips": [{"address": A, "tenant": "a"}]}, "x")
    engine = engine_of(fleet, (), DAY_1)
    every = {one.name for one in reactors(Tuning(), DEFAULT)}
    assert {one.name for one in engine.reactors} == every - LEFT_OUT
    assert every >= LEFT_OUT


def test_no_effect_was_refused_or_asked_for_in_vain() -> None:
    result = simulated(weeks=5, listings=(Listed(A, 15, 5),))
    tags = {str(one.event.__struct_config__.tag) for one in result.story}
    assert not {tag for tag in tags if tag.startswith("effect.")}


# --- telling -------------------------------------------------------------------------------------


def test_what_goes_as_planned_for_several_is_said_once_and_what_does_not_for_each() -> None:
    many: list[dict[str, Any]] = [{"address": f"192.0.2.{n}"} for n in range(1, 6)]
    many += [{"address": "192.0.2.7", "caps": [5, 6, 7], "stage_days": 4}]
    many += [{"address": "192.0.2.8", "tenant": "rival"}]
    tenants = [{"slug": "acme"}, {"slug": "rival"}]
    listed = (Listed(A, 15), Listed(B, 15))
    found = list(story(simulated(*many, weeks=3, listings=listed, tenants=tenants)))
    stages = [one for one in found if "reaches stage 2" in one.sentence]
    assert [len(one.ips) for one in stages] == [1, 5, 1]
    begun = [one for one in found if "starts to warm up at stage 1" in one.sentence]
    assert [len(one.ips) for one in begun if one.at == begun[0].at] == [6, 1]
    assert sum("as a second look confirmed: stopped" in one.sentence for one in found) == 2


def test_the_plot_is_well_formed_and_shows_each_address() -> None:
    result = simulated({}, {"address": B}, weeks=3, listings=(Listed(A, 15),))
    drawn = ElementTree.fromstring(plot(result))
    texts = [one.text for one in drawn.iter("{http://www.w3.org/2000/svg}text")]
    titles = [one.text or "" for one in drawn.iter("{http://www.w3.org/2000/svg}title")]
    assert {A, B, "week 3"} <= set(texts)
    assert any(one.startswith(f"{A}, days 15 to") and "listed" in one for one in titles)
    assert not any(one.startswith(f"{B}") and "listed" in one for one in titles)


def test_nothing_of_the_plot_lies_outside_of_it() -> None:
    many: list[dict[str, Any]] = [{"address": f"192.0.2.{n}", "volume": 10**6} for n in range(1, 9)]
    drawn = ElementTree.fromstring(plot(simulated(*many, weeks=1)))
    wide, high = float(drawn.attrib["width"]), float(drawn.attrib["height"])
    rects = [one.attrib for one in drawn.iter("{http://www.w3.org/2000/svg}rect")]
    assert len(rects) > 16
    for one in rects:
        x, y = float(one.get("x", 0)), float(one.get("y", 0))
        assert 0 <= x <= x + float(one["width"]) <= wide
        assert 0 <= y <= y + float(one["height"]) <= high


@pytest.mark.parametrize("weeks", [0, 105])
def test_a_simulation_lasts_a_week_to_two_years(weeks: int) -> None:
    with pytest.raises(ValueError, match="1 to 104 weeks"):
        simulated(weeks=weeks)
