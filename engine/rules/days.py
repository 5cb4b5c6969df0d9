"""Days of a warm-up stage, by the calendar of the tenant (DESIGN §4).

With a source of traffic those days count on which mail went out; without one those on which the
node was told the stage's levers before the day's end.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from engine.rules.ladder import STAGE_DAYS
from engine.values.evidence import Accounting, Days
from engine.values.plan import DayRule
from engine.values.traffic import Counts

FILL_PERCENT = 10  # of the cap in force, delivered: then a day counts
STRICT_PERCENT = 90  # by the rule delivered_90 (SparkPost/support-docs@2cb4102c: over 90 %)
WAITING_PERCENT = 10  # of the day's deliveries, waiting at its end: under it there was no more


class DayMail(NamedTuple):
    """One day of one address."""

    delivered: int
    cap: int  # in force: the lowest that PowerMTA and MailWizz were told for the day; at least 1
    waiting: int  # at the day's end
    rule: DayRule = "default"

    @property
    def counts(self) -> bool:
        """It used its cap, or had no more to send; so a day without delivery never counts."""
        if self.rule == "delivered_90":
            return self.delivered * 100 > self.cap * STRICT_PERCENT
        used = self.delivered * 100 >= self.cap * FILL_PERCENT
        no_more = self.waiting * 100 < self.delivered * WAITING_PERCENT
        return used or no_more


def waiting_at_most(counts: Counts) -> int:
    """What a day's accounting tells of its end: whatever still waits was put off at least once, or
    the cap held it back, and then the day counts by that.  A queue that was put off as a whole has
    one row for all of its mail, so then as much may wait as went out.
    """
    return max(counts.deferred, counts.delivered) if counts.held else counts.deferred


def needed(stage_days: int) -> int:
    """Of a stage's days, so many must have counted."""
    return -(-stage_days * 4 // 7)


def day_of(instant: datetime, day_tz: str) -> date:
    return instant.astimezone(ZoneInfo(day_tz)).date()


def midnight(day: date, day_tz: str) -> datetime:
    """The instant at which ``day`` begins there, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(day_tz)).astimezone(UTC)


def stage_ends(first: date, told: date | None, stage_days: int = STAGE_DAYS) -> date | None:
    """The day at whose beginning a stage is over: after its days if enough of them counted, else
    after the first later day on which they have.  None: nothing counts yet.
    """
    if told is None:
        return None
    enough = max(first, told) + timedelta(days=needed(stage_days))
    return max(first + timedelta(days=stage_days), enough)


def evidence(first: date, told: date, today: date, stage_days: int = STAGE_DAYS) -> Days:
    """The days of the stage that are over and counted."""
    counted = (today - max(first, told)).days
    return Days(first=first, counted=counted, needed=needed(stage_days))


def counted(first: date, mail: Mapping[date, DayMail], today: date) -> tuple[date, ...]:
    """The stage's days that are over and count, by what went out."""
    return tuple(sorted(day for day, one in mail.items() if first <= day < today and one.counts))


def stage_ends_by_mail(
    first: date, mail: Mapping[date, DayMail], today: date, stage_days: int = STAGE_DAYS
) -> date | None:
    """As ``stage_ends``, by what went out until ``today`` began.  None: not yet over."""
    days = counted(first, mail, today)
    enough = needed(stage_days)
    if len(days) < enough:
        return None
    ends = max(first + timedelta(days=stage_days), days[enough - 1] + timedelta(days=1))
    return ends if ends <= today else None


def evidence_by_mail(
    first: date,
    mail: Mapping[date, DayMail],
    today: date,
    stage_days: int = STAGE_DAYS,
    accounting: Accounting | None = None,
) -> Days:
    return Days(
        first=first,
        counted=len(counted(first, mail, today)),
        needed=needed(stage_days),
        counted_by="delivered",
        accounting=accounting,
    )
