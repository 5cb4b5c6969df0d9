"""Moments as people write them: RFC 3339, a date, or so long ago."""

import re
from datetime import UTC, datetime, timedelta

_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[T ](?P<time>\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(?P<zone>Z|[+-]\d\d:\d\d))?",
    re.I | re.A,
)
_AGO = re.compile(r"(?P<number>\d{1,6})(?P<unit>[mhdw])", re.A)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
TICK = timedelta(microseconds=1)  # the log knows no shorter time


def parse(text: str) -> datetime:
    """In UTC; seconds may be missing, and a bare date is its midnight.  Raises ValueError."""
    found = _MOMENT.fullmatch(text.strip())
    if not found:
        raise ValueError(
            f"{text!r} is no moment; write 2026-03-01T00:00Z, or a date for its midnight UTC"
            " (in a URL a + is %2B)"
        )
    try:
        zone = (found["zone"] or "Z").upper().replace("Z", "+00:00")
        whole = f"{found['day']}T{found['time'] or '00:00'}{zone}"
        return datetime.fromisoformat(whole).astimezone(UTC)
    except (ValueError, OverflowError) as wrong:
        raise ValueError(f"there is no moment {text!r}: {wrong}") from wrong


def ago(text: str, now: datetime) -> datetime | None:
    """ "now", "30m", "2h", "3d" or "1w" ago; None: it is written otherwise."""
    if text == "now":
        return now
    found = _AGO.fullmatch(text)
    if not found:
        return None
    try:
        return now - timedelta(**{_UNITS[found["unit"]]: int(found["number"])})
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def written(at: datetime) -> str:
    """RFC 3339, to the last digit the log keeps."""
    return f"{at:%Y-%m-%dT%H:%M:%S.%fZ}"
