"""A simulation for people to read: a table, a plot in text, and what happened; or for programs."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from engine.app.whatif.result import Day, Result
from engine.app.whatif.story import story
from engine.cli import tables
from engine.values.phase import Phase
from engine.values.traffic import Counts

WEEK = 7
_BARS = "▁▂▃▄▅▆▇█"
_STAGES = "123456789abcdefghijklmnopqrstuvwxyz"
_HEAD = ("", "PHASE", "STAGE", "CAP", "OFFERED", "SENT", "BOUNCED", "DEFERRED", "COMPLAINTS", "WHY")
_LETTERS = (
    "1 2 3 … stage   = held   A ACTIVE   L listed   M watched   Q quarantined   R RETIRING"
    "   Z RESTING   . not begun"
)


def lines(result: Result, *, daily: bool) -> Iterator[str]:
    ways = _ways(result)
    begins, seed = result.fleet.start, result.seed
    yield f"{len(ways):,} addresses, {result.weeks} weeks from {begins}, seed {seed}"
    for way in ways:
        yield ""
        yield f"{way[0].ip}  {way[0].tenant}"
        yield from tables.table(_HEAD, [_row(some, daily=daily) for some in _pieces(way, daily)])
    yield ""
    yield from _plot(ways)
    yield ""
    yield "what happened"
    for told in story(result):
        more = len(told.ips) - 1
        likewise = f" (and {more:,} more)" if more else ""
        yield f"  {told.at:%Y-%m-%d %H:%M}Z  {told.sentence}{likewise}"
    yield ""
    yield _total(result.days)


def _ways(result: Result) -> list[list[Day]]:
    """Each address's days, in the fleet's order."""
    ways: dict[str, list[Day]] = {one.ip: [] for one in result.fleet.ips}
    for day in result.days:
        ways[day.ip].append(day)
    return list(ways.values())


# --- the table -----------------------------------------------------------------------------------


def _pieces(way: Sequence[Day], daily: bool) -> Iterator[list[Day]]:
    size = 1 if daily else WEEK
    for _, days in groupby(way, key=lambda one: (one.day - 1) // size):
        yield list(days)


def _row(days: Sequence[Day], *, daily: bool) -> Sequence[object]:
    """How the days ended, and what was sent in all of them."""
    last, counts = days[-1], _counts(days)
    when = str(last.date) if daily else f"week {(last.day - 1) // WEEK + 1}"
    return (
        when,
        last.place,
        last.stage or "-",
        last.cap,
        sum(one.sent.offered for one in days),
        counts.sent,
        counts.bounced,
        counts.deferred,
        counts.complaints,
        last.why,
    )


def _counts(days: Sequence[Day]) -> Counts:
    return sum((one.sent.counts for one in days), Counts())


def _total(days: Sequence[Day]) -> str:
    """Complaints are compared with all that was delivered, reported on or not."""
    counts, offered = _counts(days), sum(one.sent.offered for one in days)
    left = max(0, offered - counts.sent)
    return (
        f"{counts.sent:,} messages sent of {offered:,} offered; {left:,} stayed behind, over the"
        f" caps or deferred; {counts.bounced:,} bounced, {counts.complaints:,} complaints reported"
    )


# --- the plot ------------------------------------------------------------------------------------


def _plot(ways: Sequence[Sequence[Day]]) -> Iterator[str]:
    wide = max(len("sent a day"), *(len(way[0].ip) for way in ways))
    by_day = list(zip(*ways, strict=True))
    for name, numbers in (
        ("may send", [sum(one.sent.most for one in day) for day in by_day]),
        ("sent a day", [_counts(day).sent for day in by_day]),
    ):
        bars = "".join(_bar(number, max(numbers)) for number in numbers)
        yield f"{name:<{wide}}  {bars}  at most {max(numbers):,}"
    for way in ways:
        yield f"{way[0].ip:<{wide}}  {''.join(map(_letter, way))}"
    yield f"{'':<{wide}}  {_LETTERS}"


def _bar(number: int, most: int) -> str:
    """By the square root: a ladder rises two hundred-fold."""
    if not number:
        return " "
    return _BARS[min(len(_BARS) - 1, int(len(_BARS) * (number / most) ** 0.5))]


def _letter(one: Day) -> str:
    match one.phase:
        case Phase.WARMING:
            return "=" if one.why else _STAGES[min(one.stage, len(_STAGES)) - 1]
        case Phase.STANDBY:
            return {"listed": "L", "monitoring": "M", "quarantined": "Q"}.get(one.reason or "", ".")
        case Phase.ACTIVE | Phase.RETIRING:
            return "A" if one.phase is Phase.ACTIVE else "R"
        case Phase.RESTING:
            return "Z"


# --- for programs --------------------------------------------------------------------------------


def as_json(result: Result) -> dict[str, Any]:
    return {
        "start": str(result.fleet.start),
        "weeks": result.weeks,
        "seed": result.seed,
        "addresses": [
            {"address": way[0].ip, "tenant": way[0].tenant, "days": [_day(one) for one in way]}
            for way in _ways(result)
        ],
        "happened": [
            {"at": f"{told.at:%Y-%m-%dT%H:%M:%SZ}", "addresses": told.ips, "said": told.sentence}
            for told in story(result)
        ],
    }


def _day(one: Day) -> dict[str, Any]:
    counts = one.sent.counts
    return {
        "day": one.day,
        "date": str(one.date),
        "phase": one.phase.value,
        "reason": one.reason,
        "stage": one.stage,
        "cap": one.cap,
        "highest_cap": one.sent.most,
        "offered": one.sent.offered,
        "attempts": counts.attempts,
        "sent": counts.sent,
        "delivered": counts.delivered,
        "bounced": counts.bounced,
        "deferred": counts.deferred,
        "complaints": counts.complaints,
        "why": one.why,
    }
