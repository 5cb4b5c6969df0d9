"""Mail of an hour, as accounting counts it."""

from datetime import datetime

from engine.events.traffic import TrafficCounted
from engine.ids import IpAddr
from engine.values.traffic import Counts
from tests.support.spec import DAY_1, NODE

HOUR = DAY_1.replace(minute=0)


def mail(
    *sent: tuple[datetime, IpAddr, str, Counts], day_tz: str = "UTC", end: int = 1
) -> TrafficCounted:
    hours: dict[datetime, dict[IpAddr, dict[str, Counts]]] = {}
    for hour, ip, provider, counts in sent:
        hours.setdefault(hour, {}).setdefault(ip, {})[provider] = counts
    return TrafficCounted(node=NODE, file="a.csv", end=end, day_tz=day_tz, hours=hours)
