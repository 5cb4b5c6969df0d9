"""Addresses of one pool that carry, wait or tire, and the mail of a day."""

from datetime import date, datetime, timedelta
from typing import Any

from engine.events.ip import WarmupFinished
from engine.events.tenant import CapacityJudged, CapacitySet, ReviewBegan, TenantCreated
from engine.events.traffic import TrafficCounted
from engine.ids import IpAddr
from engine.reactors.rotation import ROTATION_REACTOR
from engine.rules import ladder
from engine.values.capacity import Planned, Rotation
from engine.values.traffic import Counts
from tests.support.samples import DAYS, registered, stage
from tests.support.spec import ACME, IP, NODE, OTHER, ReactorSpec, day, vmta

THIRD, FOURTH = IpAddr("203.0.113.9"), IpAddr("203.0.113.10")
MORNINGS = ReactorSpec(ROTATION_REACTOR)
TODAY = day(1).date()
CREATED = TenantCreated(
    slug=ACME, name="Acme", brand_domain="acme.example", day_tz="UTC",
    sending_domain_base="mail.acme.example",
)  # fmt: skip
ACTS = CapacitySet(slug=ACME, planned=(), rotation="act")
REVIEW = ReviewBegan(slug=ACME, why="listings", ips=(IP,), addresses=(IP, OTHER))


def active(*ips: IpAddr) -> list[Any]:
    """Registered, warmed up, and ACTIVE since long ago."""
    long_ago = day(1) - timedelta(days=90)
    return [
        (long_ago, event)
        for ip in ips
        for event in (
            registered(ip=ip),
            stage(1, ip=ip),
            WarmupFinished(ip=ip, node=NODE, vmta=vmta(ladder.active()), evidence=DAYS),
        )
    ]


def reserve(ip: IpAddr, days_ago: int = 10) -> tuple[datetime, Any]:
    return day(1) - timedelta(days=days_ago), registered("manual", ip=ip)


def mail(per_day: int, weeks: int = 8) -> list[Any]:
    """On each day of so many weeks before today."""
    found = []
    for n in range(7 * weeks, 0, -1):
        at = day(1) - timedelta(days=n)
        hours = {at: {IP: {"gmail": Counts(delivered=per_day)}}}
        counted = TrafficCounted(node=NODE, file="f", end=n, day_tz="UTC", hours=hours)
        found.append((at, counted))
    return found


def plans(first: int, per_day: int, mode: Rotation = "act") -> CapacitySet:
    """So much a day, from so many days from today on."""
    begins = TODAY + timedelta(days=first)
    return CapacitySet(slug=ACME, planned=(Planned(begins, date.max, per_day),), rotation=mode)


def moved(
    *, starts: IpAddr | None = None, retires: IpAddr | None = None, ago: int = 0
) -> tuple[datetime, CapacityJudged]:
    at = day(1) - timedelta(days=ago)
    return at, CapacityJudged(
        slug=ACME, day=at.date(), rotation="act", short=None, starts=starts, retires=retires,
        why=("demand grows", "it stands by"),
    )  # fmt: skip
