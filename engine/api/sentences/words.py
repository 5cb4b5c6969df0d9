"""The small words that sentences share."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from engine.ids import Zone
from engine.values.levers import Levers, Paused, PerDay
from engine.values.server import ServerWish, hourly

NAMED_MAX = 8


def moment(at: datetime) -> str:
    """UTC, to the minute."""
    return f"{at:%Y-%m-%d %H:%M}Z"


def several(number: int, one: str, many: str = "") -> str:
    """ "1 list", "9 lists"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def nth(number: int) -> str:
    teens = 10 <= number % 100 <= 20
    return f"{number:,}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def names(words: Iterable[str], none: str = "none", apart: str = ", ") -> str:
    """The first few of them; the rest is counted."""
    found = list(words)
    more = len(found) - NAMED_MAX
    shown = found if more <= 0 else [*found[:NAMED_MAX], f"and {more:,} more"]
    return apart.join(shown) or none


def listed_by(zones: Mapping[Zone, Collection[str]]) -> str:
    """The lists, each with the codes it answered."""
    return ", ".join(f"{zone} ({', '.join(codes)})" if codes else zone
                     for zone, codes in zones.items())  # fmt: skip


def output(levers: Levers) -> str:
    match levers.output:
        case PerDay(cap=cap):
            return f"{cap:,} a day"
        case Paused():
            return "output paused"
        case _:
            return "no limit a day"


def both(levers: Levers) -> str:
    return f"intake {levers.intake}, {output(levers)}"


def wish(wanted: ServerWish) -> str:
    """What MailWizz is to be told."""
    if not wanted.on:
        return "off"
    if wanted.daily is None:
        return "on, its quotas as they are"
    return f"on, {wanted.daily:,} a day, {hourly(wanted.daily):,} an hour"


def because(why: str) -> str:
    return f": {why}" if why else ""
