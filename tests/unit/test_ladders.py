"""Warm-up plans: published ones figure by figure, ramps, and own tables."""

import re
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules import ladder
from engine.rules.warmup import plans, ramp, start
from engine.rules.warmup.ladders import LADDERS
from engine.rules.warmup.plans import DEFAULT_PLAN, PlanError
from engine.values.levers import Levers, Paused, PerDay, Unlimited
from engine.values.server import hourly

# Copied from the pages by hand, as they print them, and not from the module under test.
SENDGRID = """20 28 39 55 77 108 151 211 295 413 579 810 1000 1587 2222 3111 4356 6098 8583 11953
    16734 23427 32798 45917 64284 89998 125997 176395 246953 345735 484029 677640 948696 1328175
    1859444 2603222"""
SENDGRID_MANUAL = "50 100 500 1000 5000 10k 20k 40k 70k 100k 150k 250k 400k 600k 1M 2M 4M 8M"
SPARKPOST = """200 500 1k 2k 5k 10k 20k 40k 50k 75k 100k 150k 200k 250k 325k 400k 500k 600k 750k
    1M 1.25M 1.75M 2M 3M 4.25M 5M 6M 7.5M 10M"""
MAILTRAP = """300 390 510 660 860 1100 1400 1900 2400 3200 4100 5400 7000 9100 11800 15400 20000
    26000 33700 43900 57000"""
SENDBOLT = "50 100 250 500 1k 2.5k 5k 10k 25k 50k 100k"
UNITS = {"": 1, "k": 1_000, "M": 1_000_000}


def figures(text: str) -> tuple[int, ...]:
    found = re.findall(r"([\d.]+)([kM]?)", text)
    return tuple(int(Fraction(number) * UNITS[unit]) for number, unit in found)


@pytest.mark.parametrize(
    ("name", "published", "stages"),
    [
        ("sendgrid", tuple(24 * one for one in figures(SENDGRID)), 36),
        ("sendgrid-manual", figures(SENDGRID_MANUAL), 18),
        ("sparkpost", figures(SPARKPOST), 29),
        ("mailtrap", figures(MAILTRAP), 21),
        ("sendbolt", figures(SENDBOLT), 11),
    ],
)
def test_a_built_in_ladder_is_its_published_table(
    name: str, published: tuple[int, ...], stages: int
) -> None:
    plan = plans.named(name)
    assert plan.caps == published
    assert (plan.stages, plan.stage_days, plan.active_per_day) == (stages, 1, published[-1])


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("misar", {1: 50, 2: 50, 3: 200, 5: 200, 6: 500, 7: 500, 8: 2_000, 14: 2_000, 15: 5_000,
                   21: 5_000, 22: 10_000, 30: 10_000}),
        ("mailrush", {1: 150, 3: 150, 4: 200, 10: 200, 11: 250, 30: 250, 31: 350, 45: 350,
                      46: 500, 60: 500, 61: 600, 75: 600, 76: 750, 90: 750, 91: 1_000}),
        ("3ava", {1: 50, 2: 50, 3: 200, 5: 200, 6: 1_000, 8: 1_000, 9: 5_000, 13: 5_000,
                  14: 20_000, 18: 20_000, 19: 50_000, 25: 50_000, 26: 100_000}),
    ],
)  # fmt: skip
def test_a_figure_that_stands_for_days_stands_for_exactly_those(
    name: str, days: dict[int, int]
) -> None:
    plan = plans.named(name)
    assert {day: plan.caps[day - 1] for day in days} == days
    assert plan.stages == max(days)


def test_the_default_takes_six_weeks_and_ends_where_it_stays() -> None:
    assert DEFAULT_PLAN.caps == (50, 200, 500, 1_500, 5_000, 10_000)
    assert (DEFAULT_PLAN.stage_days, DEFAULT_PLAN.active_per_day) == (7, 10_000)
    assert ladder.levers(6) == ladder.active() == Levers("open", PerDay(10_000))


@pytest.mark.parametrize("name", LADDERS)
def test_no_built_in_ladder_falls_or_jumps_beyond_the_guard(name: str) -> None:
    caps = LADDERS[name].caps
    assert all(before <= after <= 5 * before for before, after in pairwise(caps))
    assert plans.own(caps, LADDERS[name].stage_days).caps == caps
    assert LADDERS[name].source


@pytest.mark.parametrize("name", LADDERS)
def test_a_ladder_is_cut_where_the_address_shall_stay(name: str) -> None:
    plan = plans.named(name, active_per_day=1_000)
    assert plan.caps == tuple(cap for cap in LADDERS[name].caps if cap <= 1_000)
    assert plan.active_per_day == 1_000


def test_a_ramp_of_the_default_ends_at_the_same_cap_in_the_same_days() -> None:
    plan = plans.named("default", interpolation="geometric")
    assert (plan.stages, plan.stage_days) == (42, 1)
    assert (plan.caps[0], plan.caps[-1], plan.active_per_day) == (50, 10_000, 10_000)
    assert sum(plan.caps) == pytest.approx(82_000, rel=0.01), "facts §0: 82k mails in all"
    assert plan.caps[:4] == (50, 56, 64, 73)  # 50 · 1.138 ^ n, rounded down


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(2, 60))
def test_a_ramp_is_the_ideal_curve_rounded_down_and_never_falls(
    first: int, more: int, days: int
) -> None:
    last = first + more
    caps = ramp.geometric(first, last, days)
    assert (len(caps), caps[0], caps[-1]) == (days, first, last)
    assert all(before <= after for before, after in pairwise(caps))
    for n, cap in enumerate(caps):  # exactly: cap <= first^(1-t) last^t < cap + 1
        ideal = first ** (days - 1 - n) * last**n
        assert cap ** (days - 1) <= ideal < (cap + 1) ** (days - 1)


@pytest.mark.parametrize(
    ("caps", "stage", "said"),
    [
        ([], None, "at least one stage"),
        ([50, 40], 2, "stage 2: 40 a day falls below the 50 before"),
        ([50, 200, 199], 3, "stage 3"),
        ([50, 250, 1_251], 3, "stage 3: 1,251 a day is more than 5 times the 250 before"),
        ([50, 251], 2, "5 times the 50"),
        ([0, 50], 1, "stage 1: 0 a day is no cap; the least is 1"),
        ([50, -1], 2, "stage 2: -1 a day"),
        ([1_001], 1, "stage 1: a cold address starts with at most 1,000 a day, not 1,001"),
        ([100_000_001], 1, "stage 1: 100,000,001 a day is more than 100,000,000"),
        ([1] * 121, None, "at most 120 stages, not 121"),
    ],
)
def test_a_table_that_cannot_be_followed_is_refused_and_names_the_stage(
    caps: list[int], stage: int | None, said: str
) -> None:
    with pytest.raises(PlanError, match=re.escape(said)) as refused:
        plans.own(caps)
    assert (refused.value.stage, refused.value.field) == (stage, "caps")


def test_what_the_guards_just_allow_is_taken() -> None:
    assert plans.own([1_000, 5_000, 5_000, 25_000], 3).caps == (1_000, 5_000, 5_000, 25_000)
    assert plans.own([1] * 120, 1, active_per_day=5).active_per_day == 5


@pytest.mark.parametrize(
    ("field", "said", "arguments"),
    [
        ("stage_days", "1 to 30 days", {"caps": [50], "stage_days": 0}),
        ("stage_days", "1 to 30 days", {"caps": [50], "stage_days": 31}),
        ("active_per_day", "49 a day is less than the 50", {"caps": [50], "active_per_day": 49}),
        ("active_per_day", "251 a day is more than 5 times", {"caps": [50], "active_per_day": 251}),
        ("interpolation", "more than 120",
         {"caps": [50] * 18, "stage_days": 7, "interpolation": "geometric"}),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_followed_names_the_field(
    field: str, said: str, arguments: dict[str, object]
) -> None:
    with pytest.raises(PlanError, match=re.escape(said)) as refused:
        plans.own(**arguments)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_an_unknown_ladder_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(PlanError, match="no ladder 'sendgird'; did you mean `sendgrid`"):
        plans.named("sendgird")
    with pytest.raises(PlanError, match="no ladder 'quick'; there are default, sendgrid,"):
        plans.named("quick")


@given(st.lists(st.integers(-5, 10**9), max_size=8))
def test_whatever_table_is_given_it_is_refused_or_makes_a_plan_that_rises(caps: list[int]) -> None:
    try:
        plan = plans.own(caps)
    except PlanError:
        return
    assert plan.caps == tuple(caps)
    assert 1 <= caps[0] <= 1_000
    assert all(before <= after <= 5 * before for before, after in pairwise(caps))


@given(st.integers(1, 10**8))
def test_an_hours_share_is_a_fifth_rounded_up_and_never_nothing(daily: int) -> None:
    assert 5 * (hourly(daily) - 1) < daily <= 5 * hourly(daily)
    assert hourly(daily) >= 1


@pytest.mark.parametrize(
    ("idle_days", "stage"),
    [(0, 6), (7, 6), (8, 5), (14, 5), (15, 4), (30, 4), (31, 1), (91, 1), (120, 1)],
)
def test_idle_days_bring_an_address_back_down_its_ladder(idle_days: int, stage: int) -> None:
    """10,000 a day before: all of it, half (5,000), a quarter (1,500), from the start."""
    assert start.after_idling(10_000, idle_days, DEFAULT_PLAN) == stage


def test_after_a_listing_idle_days_only_lower_the_stage() -> None:
    assert [start.after_listing(10_000, DEFAULT_PLAN, idle) for idle in (0, 10, 30)] == [4, 4, 4]
    assert start.after_listing(10_000, DEFAULT_PLAN, 31) == 1


def test_what_sent_nothing_starts_at_the_bottom_and_what_had_no_limit_at_the_top() -> None:
    assert start.sustained(Paused(), DEFAULT_PLAN) == 0
    assert start.after_listing(0, DEFAULT_PLAN) == 1
    assert start.after_listing(start.sustained(Unlimited(), DEFAULT_PLAN), DEFAULT_PLAN) == 6


def test_what_was_delivered_counts_and_not_what_was_allowed() -> None:
    found = [start.sustained(PerDay(10_000), DEFAULT_PLAN, n) for n in (None, 800, 12_000)]
    assert found == [10_000, 800, 10_000]
    assert start.sustained(Unlimited(), DEFAULT_PLAN, 800) == 800


@given(st.integers(0, 10**8), st.integers(0, 120), st.sampled_from(sorted(LADDERS)))
def test_nobody_returns_above_what_it_sent(volume: int, idle_days: int, name: str) -> None:
    plan = plans.named(name)
    stage = start.after_idling(volume, idle_days, plan)
    assert 1 <= stage <= plan.stages
    assert stage == 1 or plan.caps[stage - 1] <= volume
