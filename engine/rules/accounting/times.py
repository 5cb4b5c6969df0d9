"""Time stamps of accounting: ISO with an offset (``iso-times yes``) or seconds since 1970."""

import re
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

SLOT_S = 900  # every zone's hours begin at a multiple of it
_EPOCH = re.compile(r"\d{9,11}(\.\d+)?")
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)?\s?(Z|[+-]\d\d:?\d\d)")


def seconds(text: str) -> int | None:
    """Since 1970; None for what is no time stamp, or one without an offset: it might be any hour.

    ``2019-02-08 21:54:05+0000`` (PowerMTA 5.0 User's Guide, accounting file).
    """
    if _EPOCH.fullmatch(text):
        return int(float(text))
    found = _ISO.fullmatch(text.strip())
    if not found:
        return None
    try:
        return int(datetime.fromisoformat(f"{found[1]}T{found[2]}{found[3]}").timestamp())
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=4_096)
def hour_of(slot: int, day_tz: str) -> datetime:
    """When the hour of that place's clock began in which the slot lies; UTC."""
    utc = datetime.fromtimestamp(slot * SLOT_S, ZoneInfo("UTC"))
    return utc - timedelta(minutes=utc.astimezone(ZoneInfo(day_tz)).minute)
