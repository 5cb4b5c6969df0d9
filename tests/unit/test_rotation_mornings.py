"""Each morning a tenant's rotation is judged, once, by what the view kept."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from engine.commands.ip import RequestWarmup, RetireIp
from engine.commands.tenant import JudgeCapacity, SetCapacity
from engine.deciders.tenant import DECIDER
from engine.deciders.tenant_capacity import HELD
from engine.effects import Dispatch
from engine.events.effect import EffectRefused
from engine.events.ip import WarmupRequested
from engine.events.ip_removal import IpRemoved
from engine.events.tenant import CapacityJudged, CapacitySet
from engine.events.traffic import TrafficCounted
from engine.ids import EffectKey, IpAddr
from engine.projections.capacity import Capacity
from engine.reactors import rotation
from engine.rules.capacity.demand import Day
from engine.values.capacity import Planned
from engine.values.target import Target
from engine.values.traffic import Counts
from tests.support.rotation_days import (
    ACTS,
    CREATED,
    FOURTH,
    MORNINGS,
    REVIEW,
    THIRD,
    TODAY,
    active,
    mail,
    moved,
    plans,
    reserve,
)
from tests.support.samples import stage, stopped
from tests.support.spec import ACME, DAY_1, IP, NODE, OTHER, PURPOSE, DeciderSpec, day

TENANT = DeciderSpec(DECIDER)


# --- each morning --------------------------------------------------------------------------------


def looks(given: Sequence[Any], at: datetime) -> list[date]:
    commands = [one.command for one in MORNINGS.effects(given, at) if isinstance(one, Dispatch)]
    return [one.day for one in commands if isinstance(one, JudgeCapacity)]


def dispatched(given: Sequence[Any], at: datetime = DAY_1) -> list[Any]:
    commands = [one.command for one in MORNINGS.effects(given, at) if isinstance(one, Dispatch)]
    return [one for one in commands if not isinstance(one, JudgeCapacity)]


def test_it_is_looked_at_in_the_morning_of_each_day() -> None:
    given = [CREATED, *active(IP), plans(0, 100)]
    early = datetime.fromisoformat("2026-01-05T08:59:59+00:00")
    assert looks(given, early) == []
    assert MORNINGS.wakes(given, early) == day(1)
    assert looks(given, day(1)) == [TODAY]
    once = [*given, moved()]
    assert looks(once, day(1)) == []
    assert MORNINGS.wakes(once, day(1)) == day(2)
    assert looks(once, day(5)) == [day(5).date()], "a daemon that was off looks once"


def test_the_morning_is_its_tenants() -> None:
    west = replace(CREATED, day_tz="America/New_York")
    given = [west, *active(IP), plans(0, 100)]
    assert MORNINGS.wakes(given, day(1)) == datetime.fromisoformat("2026-01-05T14:00:00+00:00")


def test_nobody_is_judged_who_sent_and_plans_nothing_or_wants_no_judgement() -> None:
    assert MORNINGS.effects([CREATED, *active(IP)], day(9)) == []
    assert MORNINGS.effects([CREATED, *active(IP), plans(0, 100, "off")], day(9)) == []
    assert MORNINGS.wakes([CREATED, *active(IP), plans(0, 100, "off")], day(9)) is None


def test_what_was_chosen_is_asked_for_with_its_reasons_until_it_is_so() -> None:
    given = [CREATED, ACTS, *active(IP, OTHER), reserve(THIRD), *mail(100)]
    why = "demand grows; it stands by"
    starts = [*given, moved(starts=THIRD)]
    assert dispatched(starts) == [RequestWarmup(ip=THIRD, why=why)]
    assert dispatched([*starts, WarmupRequested(ip=THIRD, why=why)]) == []
    goes = [*given, moved(retires=OTHER)]
    assert dispatched(goes) == [RetireIp(ip=OTHER, how="steps", why=why)]


@pytest.mark.parametrize(
    "then",
    [
        REVIEW,
        CapacitySet(slug=ACME, planned=(), rotation="advise"),
        EffectRefused(
            key=EffectKey("k"), effect="command.dispatch", target=Target("ip", THIRD), why="no"
        ),
    ],
)
def test_it_is_dropped_when_a_review_begins_a_person_says_so_or_it_was_refused(then: Any) -> None:
    given = [CREATED, ACTS, *active(IP, OTHER), reserve(THIRD), *mail(100), moved(starts=THIRD)]
    assert dispatched([*given, then]) == []


def test_a_refusal_of_somebody_else_drops_nothing() -> None:
    other = EffectRefused(
        key=EffectKey("k"), effect="command.dispatch", target=Target("ip", OTHER), why="no"
    )
    given = [CREATED, ACTS, *active(IP), reserve(THIRD), *mail(100), moved(starts=THIRD), other]
    assert len(dispatched(given)) == 1


# --- the view ------------------------------------------------------------------------------------


def test_days_are_kept_with_the_caps_that_they_had() -> None:
    view: Capacity = MORNINGS.view([CREATED, *active(IP, OTHER), *mail(100, weeks=1)])
    yesterday = TODAY - timedelta(days=1)
    assert dict(view.by_pool(TODAY))[PURPOSE].history[yesterday] == Day(100, 20_000)
    assert view.given == 20_000
    assert MORNINGS.view([CREATED, *active(IP, OTHER), stopped(ip=IP)]).given == 10_000


def test_an_address_of_nobody_known_changes_nothing() -> None:
    view: Capacity = MORNINGS.view([CREATED, stage(1, ip=FOURTH)])
    assert dict(view.addresses()) == {}


def test_what_waited_last_night_is_demand_of_today() -> None:
    night = day(1) - timedelta(days=1)
    hours = {night: {IP: {"gmail": Counts(delivered=100, deferred=40)}}}
    late = TrafficCounted(node=NODE, file="f", end=1, day_tz="UTC", hours=hours)
    view: Capacity = MORNINGS.view([CREATED, *active(IP), (night, late)])
    assert rotation.found(view, TODAY, 3).total.demand.per_day == (140, 100, 100)


def test_one_that_is_removed_carries_nothing_any_more() -> None:
    gone = IpRemoved(ip=OTHER, node=NODE)
    view: Capacity = MORNINGS.view([CREATED, *active(IP, OTHER), gone])
    assert [ip for ip, _ in view.addresses()] == [IP]
    assert view.given == 10_000


# --- the tenant ----------------------------------------------------------------------------------


def test_what_is_set_stays_until_it_is_set_again() -> None:
    plan = (Planned(TODAY, TODAY, 100),)
    first = CapacitySet(slug=ACME, planned=plan, rotation="advise")
    TENANT.decides(given=[CREATED], when=SetCapacity(slug=ACME, planned=plan), then=[first])
    both = CapacitySet(slug=ACME, planned=plan, rotation="act")
    TENANT.decides(given=[CREATED, first], when=SetCapacity(slug=ACME, rotation="act"), then=[both])
    TENANT.decides(given=[CREATED, first], when=SetCapacity(slug=ACME, planned=plan), then=[])
    none = CapacitySet(slug=ACME, planned=(), rotation="act")
    TENANT.decides(given=[CREATED, both], when=SetCapacity(slug=ACME, planned=()), then=[none])


def look(starts: IpAddr | None = None, on: date = TODAY) -> JudgeCapacity:
    return JudgeCapacity(slug=ACME, day=on, rotation="act", starts=starts)


def test_a_day_is_judged_once() -> None:
    found = CapacityJudged(slug=ACME, day=TODAY, rotation="act", short=None, starts=IP)
    TENANT.decides(given=[CREATED, ACTS], when=look(IP), then=[found])
    TENANT.decides(given=[CREATED, ACTS, found], when=look(), then=[])
    TENANT.decides(given=[CREATED, ACTS, found], when=look(on=TODAY - timedelta(days=1)), then=[])


@pytest.mark.parametrize("given", [[CREATED], [CREATED, ACTS, REVIEW]])
def test_in_review_or_without_leave_nobody_is_put_in_the_place_of_another(given: list[Any]) -> None:
    (rotation,) = {one.rotation for one in given if isinstance(one, CapacitySet)} or {"advise"}
    still = CapacityJudged(slug=ACME, day=TODAY, rotation=rotation, short=None, why=(HELD,))
    TENANT.decides(given=given, when=look(IP), then=[still])
