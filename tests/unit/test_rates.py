"""Rates judged by what their counts prove, and what is done about it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from math import comb

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.rules.rates import binomial
from engine.rules.rates.gates import ALPHA, GATES, REPORTING
from engine.rules.rates.judge import judged
from engine.values.results import ALL, Results, Standing
from engine.values.traffic import Counts
from tests.support.spec import DAY_1

TODAY = DAY_1.date()
TOMORROW = DAY_1 + timedelta(days=1)
FREE = Standing()


def exactly(k: int, n: int, p: Fraction) -> Fraction:
    """P(X >= k): the terms below k taken from 1, in whole numbers and so without rounding."""
    hit, miss = p.numerator, p.denominator - p.numerator
    below = sum(comb(n, i) * hit**i * miss ** (n - i) for i in range(min(k, n + 1)))
    return 1 - Fraction(below, p.denominator**n)


# --- the tail ------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.integers(0, 60), st.data(), st.integers(1, 999))
def test_the_tail_is_the_sum_of_its_terms(n: int, data: st.DataObject, thousandths: int) -> None:
    k = data.draw(st.integers(0, n + 1))
    p = Fraction(thousandths, 1000)
    true = float(exactly(k, n, p))
    assert binomial.at_least(k, n, float(p)) == pytest.approx(true, rel=1e-9, abs=1e-13)
    below = float(1 - exactly(k + 1, n, p))
    assert binomial.at_most(k, n, float(p)) == pytest.approx(below, rel=1e-9, abs=1e-13)


@pytest.mark.parametrize(
    ("k", "n", "p"),
    [(8, 50, "0.05"), (96, 1_500, "0.05"), (287, 5_000, "0.05"), (19, 10_000, "0.001")],
)
def test_the_tail_of_larger_counts_is_exact_too(k: int, n: int, p: str) -> None:
    true = float(exactly(k, n, Fraction(p)))
    assert binomial.at_least(k, n, float(p)) == pytest.approx(true, rel=1e-9)


@pytest.mark.parametrize(
    ("threshold", "least"),
    [
        (0.05, {50: 8, 200: 19, 350: 29, 500: 38, 1400: 91, 1500: 96, 5000: 287, 10_000: 552}),
        (0.001, {50: 2, 200: 3, 350: 3, 500: 4, 1400: 6, 1500: 6, 5000: 12, 10_000: 19}),
    ],
)
def test_the_smallest_count_that_proves_a_rate_is_the_published_one(
    threshold: float, least: Mapping[int, int]
) -> None:
    """The figures by which the rule was chosen, at 1 %."""
    for n, k in least.items():
        assert binomial.at_least(k, n, threshold) <= 0.01 < binomial.at_least(k - 1, n, threshold)


def test_certain_and_impossible_counts() -> None:
    assert [binomial.at_least(k, 5, 0.3) for k in (-1, 0, 6)] == [1, 1, 0]
    assert [binomial.at_least(3, 5, p) for p in (0.0, 1.0)] == [0, 1]
    assert binomial.at_least(1, 0, 0.5) == 0


def test_a_million_messages_are_judged_as_well_as_fifty() -> None:
    mean, deviation = 50_000, (1_000_000 * 0.05 * 0.95) ** 0.5
    one = binomial.at_least(round(mean + deviation), 1_000_000, 0.05)
    assert one == pytest.approx(0.1587, abs=0.002), "one deviation above, nearly normal"


# --- the bounds ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (1, 50, 0.0005, 0.1065),  # facts 8.3
        (0, 10, 0.0, 0.3085),  # Clopper and Pearson's table, 95 % on both sides
        (5, 10, 0.1871, 0.8129),
        (10, 10, 0.6915, 1.0),
    ],
)
def test_the_bounds_are_the_published_ones(k: int, n: int, low: float, high: float) -> None:
    assert binomial.lower(k, n, 0.025) == pytest.approx(low, abs=5e-5)
    assert binomial.upper(k, n, 0.025) == pytest.approx(high, abs=5e-5)


def test_to_claim_a_low_rate_takes_the_sends_of_the_rule_of_three() -> None:
    """facts 8.2: 2,995 sends without a complaint prove less than 0.1 %, and one less does not."""
    for n, rate in ((2_995, 0.001), (998, 0.003), (59, 0.05), (149, 0.02)):
        assert binomial.upper(0, n, 0.05) < rate < binomial.upper(0, n - 1, 0.05)


@settings(deadline=None)
@given(st.integers(1, 2_000), st.data())
def test_a_bound_is_where_the_tail_is_alpha(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    low, high = binomial.lower(k, n, ALPHA), binomial.upper(k, n, ALPHA)
    assert 0 <= low <= k / n <= high <= 1
    if k:
        assert binomial.at_least(k, n, low) == pytest.approx(ALPHA, rel=1e-6)
    if k < n:
        assert binomial.at_most(k, n, high) == pytest.approx(ALPHA, rel=1e-6)


def test_where_nothing_was_sent_nothing_is_known() -> None:
    assert (binomial.lower(0, 0, ALPHA), binomial.upper(0, 0, ALPHA)) == (0, 1)


# --- the judgement -------------------------------------------------------------------------------


def mail(sent: int, **counts: int) -> Counts:
    return Counts(delivered=sent - counts.get("hard", 0) - counts.get("block", 0), **counts)


def judge(
    window: Mapping[str, Counts],
    before: Standing = FREE,
    *,
    last_day: Mapping[str, Counts] | None = None,
    now: datetime = TOMORROW,
) -> Results:
    """A window that ended with a day on which nothing but ``last_day`` went out."""
    days = {TODAY - timedelta(days=1): window, TODAY: last_day or {"gmail": Counts(delivered=1)}}
    found = judged(days, before, now, now.date())
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("window", "kind"),
    [
        ({"gmail": mail(350, hard=4)}, "ok"),
        ({"gmail": mail(350, hard=19)}, "ok"),  # 5.4 %: by chance in 4 of 10
        ({"gmail": mail(350, hard=25)}, "hold"),  # 7.1 %: by chance in 5 of 100 at most
        ({"gmail": mail(350, hard=29)}, "step_back"),
        ({"gmail": mail(350, hard=60)}, "pause"),  # proved above 10 %
        ({"gmail": mail(20, hard=4)}, "ok"),  # 20 %, and no five of them
        ({"yahoo": mail(350, complaints=1)}, "ok"),  # 0.29 %, and no two of them
        ({"yahoo": mail(350, complaints=2)}, "hold"),
        ({"yahoo": mail(350, complaints=3)}, "step_back"),
        ({"yahoo": mail(350, complaints=6)}, "pause"),
        ({"gmail": mail(350, hard=70, block=200)}, "pause"),
        ({"gmail": mail(350, block=200)}, "ok"),  # a block is no bounce, and this is the week
    ],
)
def test_a_rate_goes_on_holds_steps_back_or_pauses_by_what_it_proves(
    window: Mapping[str, Counts], kind: str
) -> None:
    assert judge(window).kind == kind


def test_the_evidence_names_provider_counts_threshold_and_bounds() -> None:
    found = judge({"yahoo": mail(350, hard=29), "other": mail(900, hard=9)})
    (rate,) = found.rates
    assert (rate.provider, rate.signal, rate.count, rate.of) == ("yahoo", "bounce", 29, 350)
    assert (rate.threshold, rate.means, found.alpha) == (0.05, "step_back", 0.01)
    assert rate.chance <= 0.01
    assert 0.05 <= rate.low < 29 / 350 < rate.high


def test_one_bad_provider_is_not_hidden_by_the_good_ones() -> None:
    assert judge({"gmail": mail(10_000, hard=20), "yahoo": mail(350, hard=29)}).kind == "step_back"


def test_what_no_provider_proves_alone_all_may_prove_together() -> None:
    window = {name: mail(100, hard=9) for name in ("gmail", "yahoo", "apple", "gmx")}
    found = judge(window)
    assert found.kind == "step_back"
    assert [one.provider for one in found.rates if one.means == "step_back"] == [ALL]


def test_complaints_are_counted_over_the_providers_that_report_them() -> None:
    """Ten times as much mail to Gmail, which reports none, neither hides nor adds any."""
    assert "gmail" not in REPORTING
    alone = judge({"yahoo": mail(350, complaints=3)})
    beside = judge({"yahoo": mail(350, complaints=3), "gmail": mail(3_500)})
    assert alone.kind == beside.kind == "step_back"
    assert [one.of for one in beside.rates] == [350]
    assert judge({"gmail": mail(3_500, complaints=50)}).kind == "ok"


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (Counts(delivered=100, deferred=40), "hold"),
        (Counts(delivered=100, deferred=18), "ok"),  # 15.2 %, and by chance
        (Counts(delivered=20, deferred=20), "ok"),  # fewer than 50 attempts
        (Counts(delivered=60, block=40), "hold"),
        (Counts(delivered=80, block=20), "ok"),
    ],
)
def test_deferrals_and_blocks_of_the_last_day_hold(day: Counts, kind: str) -> None:
    assert judge({}, last_day={"gmail": day}).kind == kind
    assert judge({"gmail": day}).kind == "ok", "an older day's mood is over"


# --- what the judgements before leave behind -----------------------------------------------------

BAD, FINE, DOUBTED = (
    {"gmail": mail(350, hard=29)},
    {"gmail": mail(350, hard=4)},
    {"gmail": mail(350, hard=25)},
)
JUST_BELOW = {"gmail": mail(1_000, hard=45)}  # 4.5 %: under 5, and over 0.8 times 5
SILENCE: dict[str, Counts] = {}


def story(*days: Mapping[str, Counts], before: Standing = FREE) -> str | None:
    """What is judged after the last of them."""
    now = DAY_1 + timedelta(days=len(days))
    by_day = {TODAY + timedelta(days=n): one for n, one in enumerate(days)}
    found = judged(by_day, before, now, now.date())
    return found.kind if found else None


HELD = Standing(held=True)


def test_a_hold_ends_after_two_good_days_in_a_row() -> None:
    assert story(FINE, before=HELD) == "hold"
    assert story(FINE, FINE, before=HELD) == "ok"
    assert story(FINE, SILENCE, SILENCE, before=HELD) == "hold", "a day without mail is no good one"
    assert story(FINE, SILENCE, FINE, before=HELD) == "ok"


def test_a_rate_just_below_its_threshold_ends_no_hold_and_begins_none() -> None:
    assert story(JUST_BELOW, JUST_BELOW) == "ok"
    assert story(*[JUST_BELOW] * 5, before=HELD) == "hold"


def test_a_hold_ends_only_when_the_window_of_the_day_before_was_good_too() -> None:
    """After the doubted day the window holds 29 of 700, then 33 of 1050, then 37 of 1400."""
    assert story(DOUBTED, FINE, before=HELD) == "hold"
    assert story(DOUBTED, FINE, FINE, before=HELD) == "hold"
    assert story(DOUBTED, FINE, FINE, FINE, before=HELD) == "ok"


def test_a_second_step_back_waits_for_a_day() -> None:
    assert judge(BAD).kind == "step_back"
    stepped = TOMORROW - timedelta(hours=23)
    assert judge(BAD, Standing(stepped_at=stepped)).kind == "hold"
    stepped = TOMORROW - timedelta(hours=24)
    assert judge(BAD, Standing(stepped_at=stepped)).kind == "step_back"


def test_no_cool_down_keeps_off_a_pause() -> None:
    assert judge({"gmail": mail(350, hard=60)}, Standing(stepped_at=TOMORROW)).kind == "pause"


def test_days_answered_for_count_no_more() -> None:
    assert story(BAD, before=Standing(counts_from=TODAY)) == "step_back"
    assert story(BAD, before=Standing(counts_from=TODAY + timedelta(days=1))) is None
    assert story(BAD, FINE, before=Standing(counts_from=TODAY + timedelta(days=1))) == "ok"


def test_the_day_that_is_not_over_is_not_judged() -> None:
    assert judged({TODAY: BAD}, Standing(), DAY_1, TODAY) is None
    assert judged({}, Standing(), DAY_1, TODAY) is None


def test_the_window_is_the_last_seven_days_with_mail() -> None:
    days = {TODAY + timedelta(days=n): FINE for n in range(20)}
    for n in (13, 15, 18):
        days[TODAY + timedelta(days=n)] = SILENCE
    now = DAY_1 + timedelta(days=20)
    found = judged(days, Standing(), now, now.date())
    assert found is not None
    assert (found.first, found.last) == (TODAY + timedelta(days=10), TODAY + timedelta(days=19))
    days[TODAY + timedelta(days=9)] = {"gmail": mail(350, hard=350)}
    assert judged(days, Standing(), now, now.date()) == found, "what is older is forgotten"


counts = st.builds(
    Counts,
    *(st.integers(0, 5_000), st.integers(0, 2_000), st.integers(0, 500), st.integers(0, 500)),
    complaints=st.integers(0, 50),
)
providers = st.dictionaries(st.sampled_from(["gmail", "yahoo", "microsoft", "other"]), counts)


@settings(deadline=None)
@given(providers, providers)
def test_whatever_was_counted_the_kind_is_the_worst_of_its_evidence(
    window: Mapping[str, Counts], last_day: Mapping[str, Counts]
) -> None:
    assume(any(one.attempts for one in last_day.values()))
    found = judge(window, last_day=last_day)
    order = ("ok", "hold", "step_back", "pause")
    worst = max((one.means for one in found.rates), key=order.index, default="ok")
    assert found.kind == worst
    for one in found.rates:
        assert one.count > one.of * one.threshold
        assert one.low <= one.count / one.of <= one.high


@settings(deadline=None)
@given(providers, st.sampled_from(["gmail", "yahoo", "other"]), st.integers(0, 300))
def test_more_bounces_are_never_judged_better(
    window: Mapping[str, Counts], provider: str, more: int
) -> None:
    """Of the same messages: so many more of the delivered ones bounce."""
    before = window.get(provider, Counts())
    moved = min(more, before.delivered)
    worse = before + Counts(delivered=-moved, hard=moved)
    order = ("ok", "hold", "step_back", "pause")
    after = judge({**window, provider: worse})
    assert order.index(after.kind) >= order.index(judge(window).kind)


def test_every_gate_has_its_least_count_and_thresholds_worst_first() -> None:
    for gate in GATES:
        thresholds = [at for at, _ in gate.steps]
        assert thresholds == sorted(thresholds, reverse=True)
        assert gate.count_min > 1
