"""Growth, tiredness and idleness, through the weeks of a fleet that is none."""

from datetime import timedelta
from typing import Any

import pytest

from engine.app import whatif
from engine.app.whatif import Result
from engine.app.whatif.fleet_file import read
from engine.app.whatif.listings import Listed
from engine.events.effect import EffectRefused, EffectStuck
from engine.events.ip import RetirementBegan, StageEntered, WarmupRequested
from engine.events.ip_warmup import RewarmBegan
from engine.events.tenant import CapacityJudged, PoolExhausted
from engine.ids import IpAddr, Zone
from engine.values.phase import Phase

pytestmark = pytest.mark.sim

A, B, C = (IpAddr(f"192.0.2.{n}") for n in (1, 2, 3))
QUICK = {"caps": [1_000, 5_000, 10_000], "stage_days": 1}  # ACTIVE on day 4


def simulated(
    *ips: dict[str, Any], weeks: int, rotation: str = "act", listings: tuple[Listed, ...] = ()
) -> Result:
    tenant = {"slug": "acme", "rotation": rotation}
    each = [{"tenant": "acme", **one} for one in ips]
    fleet = read({"tenants": [tenant], "ips": each}, "a test")
    result = whatif.simulate(fleet, weeks=weeks, listings=listings, seed=1)
    assert not happened(result, EffectStuck)
    assert not happened(result, EffectRefused)
    return result


def happened(result: Result, kind: type[Any]) -> list[Any]:
    return [one for one in result.story if isinstance(one.event, kind)]


def test_an_address_in_reserve_starts_six_weeks_before_growth_needs_it() -> None:
    grows = {"address": A, "volume": "4500/day+10%/week", **QUICK}
    result = simulated(grows, {"address": B, "warmup": "manual"}, weeks=8)
    (asked,) = happened(result, WarmupRequested)[1:]  # the first gave A its plan
    assert asked.event.ip == B
    assert (asked.at.hour, asked.actor) == (9, "engine")
    assert "a demand of" in asked.event.why
    assert "passes the capacity of 10,000" in asked.event.why
    (begun,) = [one for one in happened(result, StageEntered) if one.event.ip == B][:1]
    assert begun.at - asked.at < timedelta(hours=1)
    of_a = [day for day in result.days if day.ip == A and day.date == asked.at.date()]
    assert of_a[0].sent.counts.sent < 9_000, "long before it is short"


def test_it_stays_in_reserve_where_rotation_only_advises() -> None:
    grows = {"address": A, "volume": "4500/day+10%/week", **QUICK}
    result = simulated(grows, {"address": B, "warmup": "manual"}, weeks=8, rotation="advise")
    assert len(happened(result, WarmupRequested)) == 1
    assert {day.phase for day in result.days if day.ip == B} == {Phase.STANDBY}
    last = happened(result, CapacityJudged)[-1].event
    assert last.short is not None
    assert f"{B} stands by; start it" in " ".join(last.why)


def test_the_tired_one_of_three_goes_and_the_others_carry_its_part() -> None:
    each = [{"address": ip, "volume": "2000/day", **QUICK} for ip in (A, B, C)]
    each[1] = {**each[1], "block": 0.12}  # too much, and too little to be held for
    result = simulated(*each, weeks=7)
    (began,) = happened(result, RetirementBegan)
    assert (began.event.ip, began.at.hour) == (B, 9)
    assert f"{B} is tired" in began.event.why
    caps = {day.ip: day.cap for day in result.days if day.day == 49}
    assert (caps[A], caps[B], caps[C]) == (10_000, 0, 10_000), "and no cap of theirs has risen"


def test_an_address_that_sends_nothing_any_more_falls_as_the_table_says() -> None:
    result = simulated({"address": A, "volume": "4000/day-100%/week", **QUICK}, weeks=6)
    falls = [(one.event.idle_days, one.event.stage) for one in happened(result, RewarmBegan)]
    assert falls == [(8, 1)], "1,000 a day is the highest cap within a half of 4,000"
    assert result.days[-1].phase is Phase.WARMING


def test_when_the_last_one_of_a_pool_is_stopped_that_is_said_and_nobody_takes_its_place() -> None:
    each = [{"address": ip, "volume": "2000/day", **QUICK} for ip in (A, B)]
    zen = Zone("zen.spamhaus.org")
    listings = (Listed(A, 8, 5, zen), Listed(B, 10, 5, zen))
    reserve = {"address": C, "warmup": "manual"}
    result = simulated(*each, reserve, weeks=2, listings=listings)
    (exhausted,) = happened(result, PoolExhausted)
    assert exhausted.event.purpose == "marketing"
    caps = [day.cap for day in result.days if day.ip == B and day.day in (8, 9)]
    assert caps == [10_000, 10_000], "what A did is no reason to raise the cap of B"
    assert {day.phase for day in result.days if day.ip == C} == {Phase.STANDBY}, "in review"
