"""How a block list itself is: alive, dead, refusing us (RFC 5782 5)."""

from typing import Literal

from engine.events.base import Category, Fact
from engine.ids import IpAddr, TenantId, Zone
from engine.values.verdict import Health


class ZoneHealthChanged(Fact, frozen=True, kw_only=True, tag="zone.health_changed"):
    zone: Zone
    health: Health
    why: str  # the test points and what they answered


class ZoneAsked(Fact, frozen=True, kw_only=True, tag="zone.asked"):
    """What one round cost, and brought."""

    zone: Zone
    round: str
    questions: int  # those about its test points included
    clean: int = 0
    listed: int = 0
    refused: int = 0
    unanswered: int = 0
    skipped: int = 0  # addresses it was not asked about, for the day's questions were used up


class ZoneSuspected(Fact, frozen=True, kw_only=True, tag="zone.suspected"):
    """Too many new hits at once to be true."""

    zone: Zone
    round: str
    asked: int  # addresses, beside the one whose hit was to be confirmed
    hits: int  # new ones among them
    stopped: dict[TenantId, tuple[IpAddr, ...]] = {}  # by it in the 4 h before: may be released


class SuspicionEnded(Fact, frozen=True, kw_only=True, tag="zone.suspicion_ended"):
    zone: Zone
    round: str
    asked: int
    hits: int
    why: Literal["below", "trusted"] = "below"  # the threshold; or by an admin's word


ZoneEvent = ZoneHealthChanged | ZoneAsked | ZoneSuspected | SuspicionEnded
ZONE: Category[ZoneEvent] = Category("zone", ZoneEvent)
