"""Hours in which a chat is not woken, as people write them: "22:00-07:00"."""

import re
from datetime import time
from zoneinfo import ZoneInfo

from engine.values.alert import Quiet

_WRITTEN = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]")


def parse_quiet(text: str, tz: str) -> Quiet | None:
    """None: nobody wrote any, so there are none.  Raises ValueError."""
    if not _WRITTEN.fullmatch(text) and text:
        raise ValueError(f'{text!r} are no hours; write them as "22:00-07:00"')
    known_tz(tz)
    begins, _, ends = text.partition("-")
    return Quiet(time.fromisoformat(begins), time.fromisoformat(ends), tz) if text else None


def known_tz(name: str) -> str:
    """Raises ValueError."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as unknown:
        why = f"no time zone {name!r} is known; write it as Europe/Berlin"
        raise ValueError(why) from unknown
    return name


def written(quiet: Quiet | None) -> str:
    """As ``parse_quiet`` reads it."""
    return f"{quiet.begins:%H:%M}-{quiet.ends:%H:%M}" if quiet else ""
