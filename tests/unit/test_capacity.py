"""What a tenant wants to send against what its addresses can carry, day by day."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rules.capacity import balance, said
from engine.rules.capacity.balance import Balance
from engine.rules.capacity.demand import Day, Forecast, forecast
from engine.rules.capacity.pools import Standing
from engine.rules.capacity.rotation import Choice
from engine.rules.capacity.supply import Address, capacity, course, lead_days
from engine.rules.warmup import plans
from engine.rules.warmup.plans import DEFAULT_PLAN
from engine.values.capacity import Planned
from engine.values.phase import Phase, Reason

TODAY = date(2026, 3, 2)  # a Monday
LADDER = DEFAULT_PLAN.caps


def sent(*numbers: int, cap: int = 0) -> dict[date, Day]:
    """On the days before today, the last one yesterday."""
    first = TODAY - timedelta(days=len(numbers))
    return {first + timedelta(days=n): Day(one, cap) for n, one in enumerate(numbers)}


def warms(stage: int, since: date = TODAY, *, held: bool = False) -> Address:
    return Address(
        purpose="marketing", phase=Phase.WARMING, reason=None, stage=stage, since=since,
        cap=LADDER[stage - 1], open=True, held=held,
    )  # fmt: skip


def active(cap: int = 10_000, since: date = TODAY) -> Address:
    return Address(
        purpose="marketing", phase=Phase.ACTIVE, reason=None, since=since, cap=cap, open=True
    )


def standby(*, asked: bool = False, reason: Reason = "new", since: date = TODAY) -> Address:
    return Address(
        purpose="marketing",
        reason=reason,
        asked=asked,
        since=since,
    )


# --- demand --------------------------------------------------------------------------------------


def test_a_weekly_newsletter_is_foreseen_on_its_weekday() -> None:
    weeks = sent(*[0, 9_000, 0, 0, 0, 100, 0] * 6)
    found = forecast(weeks, TODAY, 14)
    assert found.per_day == (0, 9_000, 0, 0, 0, 100, 0) * 2
    assert (found.method, found.growth) == ("trend", 0)


def test_what_falls_within_each_week_is_no_trend() -> None:
    found = forecast(sent(*[7_000, 6_000, 5_000, 4_000, 3_000, 2_000, 1_000] * 3), TODAY, 7)
    assert found.growth == 0
    assert found.per_day == (7_000, 6_000, 5_000, 4_000, 3_000, 2_000, 1_000)


def test_steady_growth_goes_on_by_as_much_a_week() -> None:
    weeks = sent(*(1_000 + 70 * week for week in range(8) for _ in range(7)))
    found = forecast(weeks, TODAY, 15)
    assert found.growth == 70
    assert [found.per_day[n] for n in (0, 7, 14)] == [1_560, 1_630, 1_700]


def test_one_campaign_and_one_lost_day_move_neither_trend_nor_level() -> None:
    numbers = [1_000] * 56
    numbers[30], numbers[45] = 500_000, 0
    assert set(forecast(sent(*numbers), TODAY, 28).per_day) == {1_000}


def test_days_on_which_the_caps_were_used_up_are_no_growth() -> None:
    """Or the ladder of a warm-up would be taken for it."""
    ladder = {
        TODAY - timedelta(days=42 - n): Day(LADDER[n // 7], LADDER[n // 7]) for n in range(42)
    }
    found = forecast(ladder, TODAY, 56)
    assert (found.method, found.held_down) == ("last_week", 42)
    assert set(found.per_day) == {10_000}


def test_a_few_days_are_foreseen_as_their_weekday_was_last_and_others_as_the_strongest() -> None:
    found = forecast(sent(300, 200, 500), TODAY, 7)  # Friday to Sunday
    assert found.per_day == (500, 500, 500, 500, 300, 200, 500)
    assert (found.method, found.seen) == ("last_week", 3)


def test_where_nothing_was_sent_only_the_plan_counts() -> None:
    plan = [Planned(TODAY + timedelta(days=3), TODAY + timedelta(days=4), 700)]
    found = forecast({}, TODAY, 6, plan)
    assert found == Forecast((0, 0, 0, 700, 700, 0), "none", 0, 0, 0)


def test_a_plan_is_the_least_that_is_foreseen_and_takes_nothing_away() -> None:
    plan = [Planned(TODAY, TODAY, 500), Planned(TODAY + timedelta(days=1), date.max, 2_000)]
    assert forecast(sent(*[1_000] * 28), TODAY, 3, plan).per_day == (1_000, 2_000, 2_000)


def test_today_and_what_lies_before_the_window_say_nothing() -> None:
    long_ago = {TODAY - timedelta(days=300): Day(9_999, 0), TODAY: Day(5, 0)}
    found = forecast(sent(*[100] * 56) | long_ago, TODAY, 7)
    assert (set(found.per_day), found.seen) == ({100}, 56)
    assert forecast({TODAY: Day(5, 0)}, TODAY, 1).per_day == (0,)


@settings(max_examples=200)
@given(
    st.lists(st.integers(0, 1_000_000), min_size=0, max_size=70),
    st.integers(0, 1_000_000),
    st.integers(1, 60),
)
def test_a_forecast_is_never_negative_nor_below_the_plan(
    numbers: list[int], least: int, days: int
) -> None:
    plan = [Planned(TODAY, date.max, least)]
    found = forecast(sent(*numbers), TODAY, days, plan)
    assert len(found.per_day) == days
    assert min(found.per_day) >= least


@settings(max_examples=100)
@given(st.lists(st.integers(0, 10_000), min_size=14, max_size=56), st.integers(2, 9))
def test_twice_the_mail_is_twice_the_forecast(numbers: list[int], times: int) -> None:
    once = forecast(sent(*numbers), TODAY, 14).per_day
    more = forecast(sent(*(times * one for one in numbers)), TODAY, 14).per_day
    assert all(abs(times * a - b) <= times for a, b in zip(once, more, strict=True))


# --- capacity ------------------------------------------------------------------------------------


def test_a_warm_up_climbs_as_its_ladder_says_and_is_active_after_it() -> None:
    found = course(warms(1), TODAY, 50)
    assert found[:42] == tuple(cap for cap in LADDER for _ in range(7))
    assert set(found[42:]) == {DEFAULT_PLAN.active_per_day}


def test_a_stage_that_is_under_way_ends_after_its_days_or_tomorrow() -> None:
    assert course(warms(2, TODAY - timedelta(days=5)), TODAY, 3) == (200, 200, 500)
    late = warms(2, TODAY - timedelta(days=30))
    assert course(late, TODAY, 9) == (200, *[500] * 7, 1_500)


@pytest.mark.parametrize("frozen", [True, False])
def test_what_is_held_stays_where_it_is(frozen: bool) -> None:
    """By a person, by results, or with its whole tenant by a review."""
    one = warms(3, held=not frozen)
    assert set(course(one, TODAY, 56, frozen=frozen)) == {500}


def test_what_retires_falls_day_by_day_to_nothing() -> None:
    one = Address(
        purpose="marketing", phase=Phase.RETIRING, reason=None, since=TODAY, cap=700, open=True
    )
    assert course(one, TODAY, 9) == (700, 600, 500, 400, 300, 200, 100, 0, 0)


def test_what_is_stopped_paused_or_draining_carries_nothing() -> None:
    drains = Address(purpose="marketing", phase=Phase.RETIRING, reason=None, since=TODAY, cap=700)
    paused = Address(purpose="marketing", phase=Phase.WARMING, reason=None, stage=3, since=TODAY)
    still = [drains, paused, standby(reason="listed", asked=True), standby(), active(cap=0)]
    assert [sum(course(one, TODAY, 56)) for one in still] == [0] * 5


def test_what_is_asked_to_start_climbs_from_the_day_on_which_it_may() -> None:
    assert course(standby(asked=True), TODAY, 8) == (*[50] * 7, 200)
    watched = standby(asked=True, reason="monitoring", since=TODAY - timedelta(days=4))
    assert course(watched, TODAY, 11) == (0, 0, 0, *[50] * 7, 200)
    assert set(course(standby(asked=True), TODAY, 50, frozen=True)) == {0}


def test_a_plan_of_one_day_stages_and_one_longer_than_the_forecast() -> None:
    short = Address(
        purpose="marketing", phase=Phase.WARMING, reason=None, stage=1, since=TODAY, cap=100,
        open=True, plan=plans.own([100, 400], 1, active_per_day=900),
    )  # fmt: skip
    assert course(short, TODAY, 4) == (100, 400, 900, 900)
    long = plans.own([10] * 120, 30)
    assert lead_days(long) == 3_600


def test_all_of_them_together_stay_within_the_quota() -> None:
    fleet = [active(), active(), warms(1)]
    assert capacity(fleet, TODAY, 2, quota=None, frozen=False) == (20_050, 20_050)
    assert capacity(fleet, TODAY, 2, quota=7_000, frozen=False) == (7_000, 7_000)


# --- both ----------------------------------------------------------------------------------------


def stands(
    demand: Sequence[int], can: Sequence[int], addresses: Sequence[int] | None = None
) -> Balance:
    found = Forecast(tuple(demand), "trend", 0, 0, 56)
    return Balance(TODAY, found, tuple(can), tuple(addresses or can), DEFAULT_PLAN)


def reasons(one: Balance, quota: int | None = None) -> str:
    stands = Standing(one, {"marketing": one})
    return "\n".join(said.reasons(stands, quota, {}, {}, Choice(), acts=False))


def test_the_first_day_on_which_it_is_short_says_when_an_address_had_to_start() -> None:
    one = stands([35_000] * 50 + [42_000] * 6, [35_000] * 56)
    short = balance.short(one)
    assert short is not None
    assert (short.day, short.until) == (date(2026, 4, 21), None)
    assert (short.demand, short.capacity, short.addresses) == (42_000, 35_000, 1)
    assert short.start_by == date(2026, 3, 10)
    text = reasons(one)
    assert "on 2026-04-21 a demand of 42,000 a day passes the capacity of 35,000" in text
    assert "needs 42 days to 10,000 a day, so start by 2026-03-10: in 8 days" in text


def test_one_that_is_late_is_said_to_be() -> None:
    one = stands([0] * 10 + [36_000] * 46, [35_000] * 56)
    assert "so start by 2026-01-29: late by 32 days" in reasons(one)


@pytest.mark.parametrize("can", [0, 35_000])
def test_where_nothing_is_sent_nothing_is_said_to_be_carried(can: int) -> None:
    text = reasons(stands([0] * 56, [can] * 56))
    assert "no mail is foreseen for the next 8 weeks, so none is short of an address" in text
    assert "carries" not in text


def test_exactly_as_much_as_is_carried_is_not_short() -> None:
    one = stands([35_000] * 56, [35_000] * 56)
    assert balance.short(one) is None
    assert "capacity carries demand for the next 8 weeks" in reasons(one)


def test_a_ladder_that_catches_up_is_short_only_until_then() -> None:
    one = stands([500] * 56, course(warms(1), TODAY, 56))
    short = balance.short(one)
    assert short is not None
    assert (short.day, short.until) == (TODAY, TODAY + timedelta(days=14))
    assert not balance.worth_starting(one), "an address that starts today would come too late"


def test_more_addresses_do_not_help_where_the_quota_is_short() -> None:
    one = stands([20_000] * 56, [15_000] * 56, [30_000] * 56)
    short = balance.short(one)
    assert short is not None
    assert short.addresses == 0
    assert not balance.worth_starting(one)
    assert "the quota of 15,000 a day holds down what its addresses could carry" in reasons(
        one, quota=15_000
    )


@pytest.mark.parametrize(("day", "worth"), [(41, False), (42, True), (55, True)])
def test_an_address_is_started_for_days_on_which_it_will_be_warm(day: int, worth: bool) -> None:
    demand = [0] * 56
    demand[day] = 11_000
    assert balance.worth_starting(stands(demand, [10_000] * 56)) is worth


def test_so_many_addresses_are_named_as_carry_the_worst_day() -> None:
    demand = [10_001] * 55 + [40_001]
    short = balance.short(stands(demand, [10_000] * 56))
    assert short is not None
    assert short.addresses == 4


def test_what_is_spared_leaves_demand_carried_on_every_day() -> None:
    one = stands([9_000] * 56, [20_000] * 56)
    assert balance.spares(one, [10_000] * 56)
    assert not balance.spares(one, [11_001] * 56)
    quota = stands([9_000] * 56, [9_500] * 56, [30_000] * 56)
    assert balance.spares(quota, [20_000] * 56), "what the quota keeps back is no loss"
    assert not balance.spares(quota, [21_001] * 56)
