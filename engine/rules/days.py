"""Days of a warm-up stage, by the calendar of the tenant (DESIGN §4).

Without a traffic source those days count on which the node was told the stage's levers before
the day's end.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.rules.ladder import STAGE_DAYS
from engine.values.evidence import Days

NEEDED = -(-STAGE_DAYS * 4 // 7)  # of a stage's days, so many must have counted


def day_of(instant: datetime, day_tz: str) -> date:
    return instant.astimezone(ZoneInfo(day_tz)).date()


def midnight(day: date, day_tz: str) -> datetime:
    """The instant at which ``day`` begins there, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(day_tz)).astimezone(UTC)


def stage_ends(first: date, told: date | None) -> date | None:
    """The day at whose beginning a stage is over: after its days if enough of them counted, else
    after the first later day on which they have.  None: nothing counts yet.
    """
    if told is None:
        return None
    return max(first + timedelta(days=STAGE_DAYS), max(first, told) + timedelta(days=NEEDED))


def evidence(first: date, told: date, today: date) -> Days:
    """The days of the stage that are over and counted."""
    return Days(first=first, counted=(today - max(first, told)).days, needed=NEEDED)
