"""When a day has begun for everybody who counts by it (DESIGN §4).

PowerMTA counts by its host's local midnight and MailWizz by its database's clock: a cap that is
raised at the tenant's midnight would be used on a day that began there under the lower one.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

CALM = timedelta(hours=1)  # after the engine's own clock was stepped
_OFFSET = re.compile(r"([+-])([01][0-9]|2[0-3]):([0-5][0-9])")


def zone(name: str) -> tzinfo:
    """Of a name such as "Europe/Paris", or of hours from UTC such as "+05:30".  Raises
    ValueError.
    """
    if found := _OFFSET.fullmatch(name):
        sign = -1 if found[1] == "-" else 1
        return timezone(sign * timedelta(hours=int(found[2]), minutes=int(found[3])))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise ValueError(f"{name!r} is no time zone") from unknown


def is_offset(text: str) -> bool:
    return _OFFSET.fullmatch(text) is not None


def offset(seconds: float) -> str:
    """Hours from UTC as ``zone`` reads them; to the quarter of an hour, as all zones are: two
    clocks are never read at the same moment.
    """
    minutes = round(seconds / 900) * 15
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def midnight(day: date, name: str) -> datetime:
    """The instant at which ``day`` begins there, in UTC."""
    return datetime.combine(day, time(), zone(name)).astimezone(UTC)


def begun(day: date, own: str, others: Iterable[str]) -> datetime:
    """The last of the midnights at which ``day`` begins: the tenant's ``own``, and the others'.
    It lies within the tenant's day: the ends of the date line are 26 hours apart, and there the
    other's day before is meant.
    """
    first, over = midnight(day, own), midnight(day + timedelta(days=1), own)
    return max([first, *(_within(day, name, over) for name in others)])


def waited_for(day: date, own: str, zones: dict[str, str], now: datetime) -> dict[str, str]:
    """Whose midnight is still to come."""
    over = midnight(day + timedelta(days=1), own)
    return {who: name for who, name in zones.items() if _within(day, name, over) > now}


def _within(day: date, name: str, over: datetime) -> datetime:
    found = midnight(day, name)
    return found if found < over else midnight(day - timedelta(days=1), name)
