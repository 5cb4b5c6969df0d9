"""Counts by mailbox provider, judged day by day: go on, hold, step back, or pause.

A rate that is probably too high holds; only a proved one steps back or pauses.  Whole days are
judged and no day twice: whoever looks often enough finds anything.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from engine.rules.rates import binomial
from engine.rules.rates.gates import (
    ALPHA,
    CLEAR_SHARE,
    CLEAR_TIMES,
    COOL_DOWN_HOURS,
    DOUBT,
    GATES,
    REPORTING,
    RULES_VERSION,
    WINDOW_DAYS,
    Gate,
    counted,
)
from engine.values.results import ALL, KINDS, Kind, Rate, Results, Standing
from engine.values.traffic import Counts

ByProvider = Mapping[str, Counts]


class Seen(NamedTuple):
    """What was counted in a window of days with mail."""

    window: ByProvider
    last_day: ByProvider
    first: date
    last: date


def judged(
    by_day: Mapping[date, ByProvider],
    before: Standing,
    now: datetime,
    today: date,
    reporting: Collection[str] = REPORTING,
) -> Results | None:
    """By the days that are over when ``today`` begins, in the tenant's day_tz, and not answered
    for.  None: there was no mail on any of them.
    """
    since = before.counts_from or date.min
    windows = list(_windows({day: one for day, one in by_day.items() if since <= day < today}))
    if not windows:
        return None
    found = windows[0]
    rates = tuple(one for gate in GATES for one in _above(gate, found, reporting))
    worst: Kind = max((one.means for one in rates), key=KINDS.index, default="ok")
    kind = _cooled(worst, before, now)
    if kind == "ok" and before.held and not _good(windows, reporting):
        kind = "hold"
    return Results(
        kind=kind,
        rates=rates,
        first=found.first,
        last=found.last,
        alpha=ALPHA,
        rules=RULES_VERSION,
    )


def _windows(by_day: Mapping[date, ByProvider]) -> Iterator[Seen]:
    """As they stand now, and as they stood after the days before, as far back as a hold looks."""
    days = [day for day in sorted(by_day) if any(one.attempts for one in by_day[day].values())]
    for end in range(len(days), max(0, len(days) - CLEAR_TIMES), -1):
        counted_days = days[max(0, end - WINDOW_DAYS) : end]
        window: dict[str, Counts] = {}
        for day in counted_days:
            for provider, counts in by_day[day].items():
                window[provider] = window.get(provider, Counts()) + counts
        yield Seen(window, by_day[counted_days[-1]], counted_days[0], counted_days[-1])


def _good(windows: Collection[Seen], reporting: Collection[str]) -> bool:
    """Clearly below every threshold, and not for the first time."""
    return len(windows) == CLEAR_TIMES and all(_clear(one, reporting) for one in windows)


def _cooled(kind: Kind, before: Standing, now: datetime) -> Kind:
    """A second step back waits for the first to show in the results."""
    span = timedelta(hours=COOL_DOWN_HOURS)
    recent = before.stepped_at is not None and now < before.stepped_at + span
    return "hold" if kind == "step_back" and recent else kind


def _above(gate: Gate, found: Seen, reporting: Collection[str]) -> Iterator[Rate]:
    for provider, count, of in _counts(gate, found, reporting):
        if count >= gate.count_min and of >= gate.of_min:
            yield from _rate(gate, provider, count, of)


def _rate(gate: Gate, provider: str, count: int, of: int) -> Iterator[Rate]:
    """The worst step that is proved; else a hold where the lowest is probably crossed."""
    threshold, means = gate.steps[-1]
    if count <= of * threshold:
        return
    chances = [binomial.at_least(count, of, at_most) for at_most, _ in gate.steps]
    proved = next((n for n, chance in enumerate(chances) if chance <= ALPHA), None)
    if proved is not None:
        threshold, means = gate.steps[proved]
    elif means == "hold" or chances[-1] > DOUBT:
        return
    else:
        means = "hold"
    yield Rate(
        provider=provider,
        signal=gate.signal,
        count=count,
        of=of,
        threshold=threshold,
        chance=chances[-1 if proved is None else proved],
        low=binomial.lower(count, of, ALPHA),
        high=binomial.upper(count, of, ALPHA),
        means=means,
    )


def _clear(found: Seen, reporting: Collection[str]) -> bool:
    """Whether every rate is well below its lowest threshold, or too few to say."""
    return all(
        count < gate.count_min or of < gate.of_min or count < of * gate.steps[-1][0] * CLEAR_SHARE
        for gate in GATES
        for _, count, of in _counts(gate, found, reporting)
    )


def _counts(gate: Gate, found: Seen, reporting: Collection[str]) -> Iterator[tuple[str, int, int]]:
    """Each provider by itself, and all of them together."""
    source = found.last_day if gate.last_day else found.window
    complains = gate.signal == "complaint"
    named = {name: one for name, one in source.items() if not complains or name in reporting}
    for name, counts in sorted(named.items()):
        yield name, *counted(gate.signal, counts)
    if len(named) > 1:
        yield ALL, *counted(gate.signal, sum(named.values(), Counts()))
