"""How a block list itself is: alive, dead, refusing us (RFC 5782 5)."""

from engine.events.base import Category, Fact
from engine.ids import Zone
from engine.values.verdict import Health


class ZoneHealthChanged(Fact, frozen=True, kw_only=True, tag="zone.health_changed"):
    zone: Zone
    health: Health
    why: str  # the test points and what they answered


ZoneEvent = ZoneHealthChanged
ZONE: Category[ZoneEvent] = Category("zone", ZoneEvent)
