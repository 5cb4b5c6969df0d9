"""When a tenant is to be looked at by a person before it goes on (DESIGN §4)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from engine.ids import IpAddr
from engine.values.review import Halt, WhyReview

LISTINGS_WITHIN = timedelta(days=7)  # our own judgement, as what follows
LISTINGS = 2
AT_ONCE_WITHIN = timedelta(hours=24)
STOPPED = 2  # at least, and half of those that sent
IN_WORDS: Mapping[WhyReview, str] = {
    "listings": f"different addresses were listed within {LISTINGS_WITHIN.days} days",
    "stopped": "half or more of its sending addresses were stopped at once",
}


def due(
    halts: Mapping[IpAddr, Halt], sending: int, now: datetime
) -> tuple[WhyReview, tuple[IpAddr, ...]] | None:
    """Why, and which addresses led to it.  ``sending``: how many still do."""
    listed = [
        ip
        for ip, one in halts.items()
        if one.listed_at is not None and now - one.listed_at <= LISTINGS_WITHIN
    ]
    if len(listed) >= LISTINGS:
        return "listings", tuple(sorted(listed))
    stopped = [ip for ip, one in halts.items() if one.sent and now - one.at <= AT_ONCE_WITHIN]
    if len(stopped) >= STOPPED and len(stopped) >= sending:
        return "stopped", tuple(sorted(stopped))
    return None
