"""Which days of a stage count by what went out, and when the stage is over."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules import days
from engine.rules.days import DayMail

FIRST = date(2026, 1, 5)
FULL, IDLE = DayMail(50, 50, 0), DayMail(0, 50, 0)
mails = st.builds(DayMail, *(st.integers(0, 200), st.integers(1, 200), st.integers(0, 200)))
stages = st.lists(mails, max_size=40)
firsts = st.dates(date(2023, 12, 1), date(2028, 4, 1))


def week(*mail: DayMail, first: date = FIRST) -> dict[date, DayMail]:
    return {first + timedelta(days=n): one for n, one in enumerate(mail)}


@pytest.mark.parametrize(
    ("mail", "counts"),
    [
        (DayMail(delivered=5, cap=50, waiting=400), True),  # a tenth of the cap
        (DayMail(delivered=4, cap=50, waiting=400), False),
        (DayMail(delivered=4, cap=50, waiting=0), True),  # there was no more
        (DayMail(delivered=100, cap=10_000, waiting=9), True),
        (DayMail(delivered=100, cap=10_000, waiting=10), False),  # a tenth of the deliveries
        (DayMail(delivered=0, cap=50, waiting=0), False),
        (DayMail(delivered=0, cap=1, waiting=10), False),
    ],
)
def test_a_day_counts_when_a_tenth_of_the_cap_went_out_or_no_more_was_there(
    mail: DayMail, counts: bool
) -> None:
    assert mail.counts is counts


@pytest.mark.parametrize(("stage_days", "needed"), [(1, 1), (2, 2), (3, 2), (7, 4), (14, 8)])
def test_four_days_of_seven_are_needed_rounded_up(stage_days: int, needed: int) -> None:
    assert days.needed(stage_days) == needed


def test_steady_traffic_ends_a_stage_to_the_day() -> None:
    mail = week(*[FULL] * 7)
    assert days.stage_ends_by_mail(FIRST, mail, date(2026, 1, 11)) is None
    assert days.stage_ends_by_mail(FIRST, mail, date(2026, 1, 12)) == date(2026, 1, 12)


def test_four_busy_days_are_enough_and_three_are_not() -> None:
    four = week(FULL, IDLE, FULL, IDLE, FULL, IDLE, FULL)
    assert days.stage_ends_by_mail(FIRST, four, date(2026, 1, 12)) == date(2026, 1, 12)
    three = week(FULL, IDLE, FULL, IDLE, FULL, IDLE, IDLE)
    assert days.stage_ends_by_mail(FIRST, three, date(2026, 2, 1)) is None


def test_a_stage_that_lacked_a_day_ends_after_the_first_later_one_that_counts() -> None:
    mail = week(FULL, FULL, FULL, *[IDLE] * 6, FULL)
    assert days.stage_ends_by_mail(FIRST, mail, date(2026, 1, 14)) is None
    assert days.stage_ends_by_mail(FIRST, mail, date(2026, 1, 20)) == date(2026, 1, 15)


def test_late_evidence_counts_for_the_day_of_its_time_stamps() -> None:
    early = week(FULL, FULL, FULL, IDLE, IDLE, IDLE, IDLE)
    late = early | {date(2026, 1, 8): FULL}
    assert days.stage_ends_by_mail(FIRST, early, date(2026, 1, 13)) is None
    assert days.stage_ends_by_mail(FIRST, late, date(2026, 1, 13)) == date(2026, 1, 12)


def test_the_day_that_is_not_over_counts_for_nothing() -> None:
    mail = week(FULL, FULL, FULL, IDLE, IDLE, IDLE, IDLE, FULL)
    assert days.stage_ends_by_mail(FIRST, mail, date(2026, 1, 12)) is None
    assert days.evidence_by_mail(FIRST, mail, date(2026, 1, 12)).counted == 3
    assert days.evidence_by_mail(FIRST, mail, date(2026, 1, 13)).counted == 4


@given(firsts, stages, st.integers(1, 14), st.integers(0, 60))
def test_a_stage_is_over_exactly_when_the_rule_says_so(
    first: date, mail: list[DayMail], stage_days: int, passed: int
) -> None:
    """Against the rule read literally, day by day."""
    known = week(*mail, first=first)
    today = first + timedelta(days=passed)
    ends = None
    for n in range(stage_days, passed + 1):
        before = [one for day, one in known.items() if day < first + timedelta(days=n)]
        if sum(one.counts for one in before) >= -(-4 * stage_days // 7):
            ends = first + timedelta(days=n)
            break
    assert days.stage_ends_by_mail(first, known, today, stage_days) == ends


@given(firsts, stages, st.integers(1, 14))
def test_days_without_delivery_never_end_a_stage(
    first: date, mail: list[DayMail], stage_days: int
) -> None:
    known = week(*(one._replace(delivered=0) for one in mail), first=first)
    today = first + timedelta(days=90)
    assert days.stage_ends_by_mail(first, known, today, stage_days) is None


@given(firsts, stages, st.integers(0, 39))
def test_more_deliveries_never_end_a_stage_later(
    first: date, mail: list[DayMail], which: int
) -> None:
    less = week(*mail, first=first)
    day = first + timedelta(days=which)
    more = less | {day: DayMail(delivered=200, cap=1, waiting=0)}
    today = first + timedelta(days=90)
    before = days.stage_ends_by_mail(first, less, today)
    after = days.stage_ends_by_mail(first, more, today)
    assert before is None or (after is not None and after <= before)


@given(firsts, st.sampled_from(["UTC", "Europe/Paris", "America/New_York", "Pacific/Apia"]))
def test_a_day_begins_at_its_midnight_whatever_the_clocks_do(first: date, day_tz: str) -> None:
    """Over daylight saving, in leap years, and on both sides of the date line."""
    for n in range(8):
        day = first + timedelta(days=n)
        begins = days.midnight(day, day_tz)
        assert begins.tzinfo is UTC
        assert days.day_of(begins, day_tz) == day
        assert days.day_of(begins - timedelta(microseconds=1), day_tz) == day - timedelta(days=1)


def test_the_day_the_clocks_change_has_another_length_and_counts_once() -> None:
    spring = days.midnight(date(2026, 3, 30), "Europe/Paris")
    assert spring - days.midnight(date(2026, 3, 29), "Europe/Paris") == timedelta(hours=23)
    late = datetime(2026, 10, 25, 22, 30, tzinfo=UTC)  # after the repeated hour
    assert days.day_of(late, "Europe/Paris") == date(2026, 10, 25)


def test_a_stage_over_the_leap_day_has_it_as_one_of_its_days() -> None:
    first = date(2028, 2, 26)
    mail = week(*[FULL] * 7, first=first)
    assert days.stage_ends_by_mail(first, mail, date(2028, 3, 9)) == date(2028, 3, 4)
