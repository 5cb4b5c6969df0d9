"""How far the days of a warm-up stage are, and why they go on or do not."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from engine.api.sentences.words import several
from engine.projections.ip_row import IpRow
from engine.projections.results import Warming
from engine.reactors import stage_days, warmup
from engine.rules import days
from engine.rules.days import FILL_PERCENT, STRICT_PERCENT, WAITING_PERCENT
from engine.values.evidence import CountedBy, Days
from engine.values.phase import Phase
from engine.values.plan import DayRule

_RULES: Mapping[DayRule, str] = {
    "default": f"{FILL_PERCENT} % of its cap was delivered, or when less than {WAITING_PERCENT} %"
    " of what was delivered waited at its end",
    "delivered_90": f"more than {STRICT_PERCENT} % of its cap was delivered",
}


class DaysShown(Struct, frozen=True, kw_only=True):
    """Of the stage, as far as they are over."""

    counted: int
    needed: int
    counted_by: CountedBy


def shown(row: IpRow, view: Warming | None, now: datetime) -> DaysShown | None:
    """``view``: what its mail comes to, where its node has a source of traffic."""
    if row.phase is not Phase.WARMING or row.first_day is None:
        return None
    found = _by_mail(view, now) if view else _by_told(row, now)
    return DaysShown(counted=found.counted, needed=found.needed, counted_by=found.counted_by)


def _by_told(row: IpRow, now: datetime) -> Days:
    stage_days_, first = row.plan.stage_days, row.first_day
    assert first is not None
    told = warmup.told_on(row)
    if told is None:
        return Days(first=first, counted=0, needed=days.needed(stage_days_))
    return days.evidence(first, told, days.day_of(now, row.day_tz), stage_days_)


def _by_mail(view: Warming, now: datetime) -> Days:
    today, mail = days.day_of(now, view.day_tz), view.mail
    return days.evidence_by_mail(
        mail.first or today, mail.each(view.day_tz, today), today, mail.days
    )


def ends(view: Warming, now: datetime) -> datetime | None:
    """The midnight at which the stage is over; None: not known yet."""
    over = stage_days.ends(view, days.day_of(now, view.day_tz))
    return None if over is None else days.midnight(over, view.day_tz)


def waits(view: Warming, now: datetime) -> Iterator[str]:
    """What a stage waits for whose days count by what is delivered."""
    today, mail = days.day_of(now, view.day_tz), view.mail
    idle = view.holds or view.still or view.clamped
    if mail.first is None or idle or stage_days.ends(view, today) is not None:
        return
    found = _by_mail(view, now)
    yield (
        f"mail: {several(found.counted, 'day')} of stage {view.stage} counted, {found.needed} are"
        f" needed; a day counts when {_RULES[mail.rule]}"
    )
    yesterday = today - timedelta(days=1)
    if mail.first <= yesterday and not mail.by_day.get(yesterday):
        yield f"idle: nothing was counted of {yesterday}; a day without delivery never counts"
