"""When to look again, and what a day's questions allow."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ids import IpAddr
from engine.rules import looking
from engine.rules.dnsbl import EVERY
from engine.rules.looking import GRID, Budget, Fleet

DAY = datetime(2026, 1, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
SOONER = HOUR
minutes = st.integers(-2_000, 5_000_000)
moments = minutes.map(lambda minute: DAY + timedelta(minutes=minute, seconds=7))
ips = st.ip_addresses().map(lambda ip: IpAddr(str(ip)))
spans = st.integers(1, 24).map(lambda n: GRID * n)


@given(ips, moments, spans)
def test_the_next_look_is_later_and_never_further_away_than_it_may_be(
    ip: IpAddr, now: datetime, every: timedelta
) -> None:
    at = looking.next_on_grid(ip, now, every)
    assert now < at <= now + every
    assert looking.next_on_grid(ip, at, every) == at + every
    assert (at - DAY) % GRID == timedelta(0)


def test_a_fleet_is_spread_over_the_four_hours() -> None:
    fleet = [IpAddr(f"203.0.{n // 250}.{n % 250}") for n in range(2400)]
    at = Counter(looking.next_on_grid(ip, DAY) for ip in fleet)
    assert len(at) == EVERY // GRID == 24
    assert max(at.values()) < 150, "a hundred each, give or take"


@given(st.integers(0, 200_000), st.integers(0, 200_000), st.integers(0, 86_399))
def test_regular_looks_never_use_what_second_looks_are_kept(
    a_day: int, used: int, second: int
) -> None:
    now = DAY + timedelta(seconds=second)
    budget = Budget(a_day, used)
    regular, urgent = budget.left(now, urgent=False), budget.left(now, urgent=True)
    assert 0 <= regular <= urgent or regular == 0
    assert regular + used <= a_day * 80 // 100 or regular == 0
    assert urgent == max(0, a_day - used)


def test_a_days_questions_become_free_as_the_day_goes_on() -> None:
    budget = Budget(24_000, 0)
    assert budget.left(DAY, urgent=False) == 800, "an hour's worth of 80 %"
    assert budget.left(DAY + 12 * HOUR, urgent=False) == 10_400
    assert budget.left(DAY + 23 * HOUR, urgent=False) == 19_200
    assert Budget(24_000, 10_000).left(DAY + 12 * HOUR, urgent=False) == 400


def test_who_asks_may_use_the_day_at_any_time_and_never_what_second_looks_need() -> None:
    assert Budget(1_000, 0).asked_for == 800
    assert Budget(1_000, 799).asked_for == 1
    assert Budget(1_000, 900).asked_for == 0
    assert Budget(1_000, 900).left(DAY, urgent=True) == 100


@pytest.mark.parametrize(
    ("fleet", "a_day", "every"),
    [
        (Fleet(100, 10), 100_000, SOONER),
        (Fleet(1_000, 1_000), 100_000, SOONER),
        (Fleet(10_000, 1_000), 100_000, timedelta(minutes=60)),
        (Fleet(10_000, 5_000), 100_000, timedelta(hours=2, minutes=30)),
        (Fleet(20_000, 1_000), 100_000, None),  # the regular looks alone use up the day
        (Fleet(10_000, 10_000), 1_000_000, timedelta(hours=1, minutes=40)),  # by the event budget
        (Fleet(100, 0), 100_000, SOONER),
        (Fleet(0, 0), 0, None),
    ],
)
def test_those_that_deserve_it_are_looked_at_as_often_as_all_budgets_allow(
    fleet: Fleet, a_day: int, every: timedelta | None
) -> None:
    assert looking.sooner(fleet, a_day, SOONER) == every


@given(st.integers(1, 20_000), st.data(), st.integers(0, 500_000))
def test_looks_of_a_day_stay_within_the_questions(
    addresses: int, data: st.DataObject, a_day: int
) -> None:
    few = data.draw(st.integers(0, addresses))
    every = looking.sooner(Fleet(addresses, few), a_day, SOONER)
    if every is None:
        return
    assert SOONER <= every < EVERY
    looks = (addresses - few) * 6 + few * (timedelta(days=1) / every)
    assert looks <= min(a_day * 0.8, looking.EVENTS_A_DAY) + few, "but for what rounding leaves"


def test_a_budget_too_small_for_the_fleet_is_told_as_the_time_between_two_looks() -> None:
    assert looking.regular_every(1_000, 100_000) == EVERY
    assert looking.regular_every(20_000, 100_000) == timedelta(hours=6)
    assert looking.regular_every(10, 0) == timedelta(days=10)
