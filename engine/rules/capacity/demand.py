"""How much a tenant will want to send, day by day, from what it has sent.

The trend is the seasonal Kendall slope: the median of all differences between two days of the same
weekday, per week (Hirsch, Slack and Smith, Water Resources Research 18, 1982).  Around it each
weekday has its own level, the median of what its days had beside the trend.  Medians, so that one
large campaign or one day without accounting moves neither.  Where there is too little to see a
trend in, a day is as its weekday was last: the seasonal naive method (Hyndman and Athanasopoulos,
Forecasting: Principles and Practice, 3rd edition, section 5.2).

Above the forecast is a bound that nine days in ten ought to stay below (``bound.py``).

A day on which the caps were used up tells only that there was at least so much.  It is no part of
the trend, or the ladder of a warm-up would be taken for growth.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations
from statistics import median
from typing import Literal, NamedTuple

from engine.rules.capacity import bound
from engine.values.capacity import Planned

WEEK = 7
WINDOW_DAYS = 8 * WEEK  # that a forecast is made from
TREND_DAYS = 2 * WEEK  # fewer show no trend
FULL_PERCENT = 90  # of the caps: from here on a day is held down by them

Method = Literal["trend", "last_week", "none"]


class Day(NamedTuple):
    """One that is over, of a tenant."""

    sent: int  # messages
    cap: int  # of all its addresses together, as they stood then; 0: not known

    @property
    def held_down(self) -> bool:
        return self.cap > 0 and self.sent * 100 >= self.cap * FULL_PERCENT


class Forecast(NamedTuple):
    per_day: tuple[int, ...]  # messages, from today on
    method: Method
    growth: int  # messages a day, from week to week
    held_down: int  # of the days that it is made from, so many had their caps used up
    seen: int  # days that it is made from
    high: tuple[int, ...] = ()  # what nine days in ten ought to stay below; (): no trend is seen


def forecast(
    history: Mapping[date, Day], today: date, days: int, planned: Sequence[Planned] = ()
) -> Forecast:
    """Of ``days`` days from ``today`` on; a day that is planned has at least what was planned.
    Between the first and the last known day, one that is not known had no mail.
    """
    known = _known(history, today)
    free = {day: one.sent for day, one in known.items() if not one.held_down}
    method: Method = "trend" if len(free) >= TREND_DAYS else "last_week" if known else "none"
    slopes = _slopes(free) if method == "trend" else []
    growth = median(slopes) if slopes else 0.0
    levels = _levels(known, free if method == "trend" else {}, growth)
    coming = [today + timedelta(days=n) for n in range(days)]
    return Forecast(
        per_day=tuple(max(_at(levels, growth, day), planned_on(planned, day)) for day in coming),
        method=method,
        growth=round(growth),
        held_down=sum(one.held_down for one in known.values()),
        seen=len(known),
        high=_high(free, levels, slopes, coming, planned) if method == "trend" else (),
    )


def _high(
    free: Mapping[date, int],
    levels: Mapping[int, tuple[date, float]],
    slopes: Sequence[float],
    coming: Sequence[date],
    planned: Sequence[Planned],
) -> tuple[int, ...]:
    growth = median(slopes) if slopes else 0.0
    steepest = bound.steepest(slopes, Counter(day.weekday() for day in free).values())
    above = bound.above([sent - _line(levels, growth, day) for day, sent in free.items()])
    return tuple(
        max(_at(levels, growth, day), _at(levels, steepest, day, above), planned_on(planned, day))
        for day in coming
    )


def _known(history: Mapping[date, Day], today: date) -> dict[date, Day]:
    """The days of the window that are over, without a hole."""
    over = [day for day in history if day < today]
    if not over:
        return {}
    last = max(over)
    first = max(min(over), last - timedelta(days=WINDOW_DAYS - 1))
    run = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return {day: history.get(day, Day(0, 0)) for day in run}


def _slopes(free: Mapping[date, int]) -> list[float]:
    """Messages a day, per week, of each two days of one weekday."""
    return [
        (free[later] - free[earlier]) / ((later - earlier).days / WEEK)
        for earlier, later in combinations(sorted(free), 2)
        if earlier.weekday() == later.weekday()
    ]


def _levels(
    known: Mapping[date, Day], free: Mapping[date, int], growth: float
) -> dict[int, tuple[date, float]]:
    """Of each weekday: what it comes to, and on which day."""
    levels: dict[int, tuple[date, float]] = {}
    for day in sorted(known):  # the last one stays
        levels[day.weekday()] = day, float(known[day].sent)
    for weekday in {day.weekday() for day in free}:
        own = [day for day in free if day.weekday() == weekday]
        at = max(own)
        levels[weekday] = at, median(free[day] - growth * _weeks(at, day) for day in own)
    return levels


def _weeks(since: date, day: date) -> float:
    return (day - since).days / WEEK


def _line(levels: Mapping[int, tuple[date, float]], growth: float, day: date) -> float:
    """A weekday of which nothing is known is as the strongest that is known."""
    since, level = levels.get(day.weekday()) or max(levels.values(), key=lambda one: one[1])
    return level + growth * _weeks(since, day)


def _at(
    levels: Mapping[int, tuple[date, float]], growth: float, day: date, above: float = 0.0
) -> int:
    return max(0, round(_line(levels, growth, day) + above)) if levels else 0


def planned_on(planned: Sequence[Planned], day: date) -> int:
    return max((one.per_day for one in planned if one.first <= day <= one.last), default=0)
