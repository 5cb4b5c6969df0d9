"""Each tenant's demand, by what it has sent, and the addresses that are to carry it."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.effect import EffectRefused
from engine.events.ip import IpRegistered, WarmupRequested
from engine.events.ip_removal import IpRemoved
from engine.events.ip_warmup import WarmupHeld
from engine.events.tenant import (
    CapacityJudged,
    CapacitySet,
    ReviewBegan,
    ReviewEnded,
    TenantChanged,
    TenantCreated,
)
from engine.events.tenant_suspension import TenantResumed, TenantSuspended
from engine.events.traffic import TrafficCounted
from engine.ids import IpAddr, Position, TenantId
from engine.projections import capacity_address, shelves
from engine.projections.capacity_address import LEVERS
from engine.projections.projection import Projection, whole_tenant
from engine.projections.traffic import since
from engine.rules import days
from engine.rules.capacity.demand import Day
from engine.rules.capacity.supply import Address
from engine.values.capacity import Planned, Rotation, Short
from engine.values.traffic import Counts

KEPT = timedelta(days=70)  # a forecast is made from eight weeks


class Judged(Struct, frozen=True, gc=False):
    """A morning's look, and what of it is still to be done."""

    day: date
    at: Position
    short: Short | None
    starts: IpAddr | None
    retires: IpAddr | None
    why: tuple[str, ...]


class Capacity(Struct, frozen=True, gc=False):
    tenant: TenantId = TenantId("")
    day_tz: str = "UTC"
    created: Position = Position(0)  # 0: nobody made it
    quota: int | None = None  # messages a day; None: unlimited
    review: bool = False
    suspended: bool = False
    rotation: Rotation = "advise"
    planned: tuple[Planned, ...] = ()
    mail: dict[date, Counts] = {}  # by its own calendar
    caps: dict[date, int] = {}  # of all its addresses together, as each of these days had them
    given: int = 0  # the sum of their caps now
    judged: Judged | None = None
    retired_on: date | None = None  # the last day on which rotation retired one
    shelves: dict[int, dict[IpAddr, Address]] = {}

    def addresses(self) -> Iterator[tuple[IpAddr, Address]]:
        return shelves.every(self.shelves)

    def address(self, ip: IpAddr) -> Address | None:
        return shelves.found(self.shelves, ip)

    def history(self) -> Mapping[date, Day]:
        return {day: Day(one.sent, self.caps.get(day, 0)) for day, one in self.mail.items()}

    def waiting(self, today: date) -> int:
        """Messages that may have waited when yesterday ended."""
        return days.waiting_at_most(self.mail.get(today - timedelta(days=1), Counts()))


def named(view: Capacity, key: str) -> Capacity:
    return replace(view, tenant=TenantId(key))


def evolve(view: Capacity, recorded: Recorded[Event]) -> Capacity:
    match recorded.event:
        case TrafficCounted() as counted:
            return _counted(view, counted, recorded.at)
        case TenantCreated(quota=quota, day_tz=day_tz):
            return replace(view, quota=quota, day_tz=day_tz, created=recorded.position)
        case TenantChanged(quota=quota):
            return replace(view, quota=quota)
        case ReviewBegan() | ReviewEnded() as event:
            return replace(view, review=isinstance(event, ReviewBegan))
        case TenantSuspended() | TenantResumed() as event:
            return replace(view, suspended=isinstance(event, TenantSuspended))
        case CapacitySet(planned=planned, rotation=rotation):
            return replace(view, planned=planned, rotation=rotation)
        case CapacityJudged() as judged:
            return _judged(view, judged, recorded)
        case EffectRefused(target=target):
            return _refused(view, target.name)
        case event:
            return _moved(view, event, recorded)


def _counted(view: Capacity, event: TrafficCounted, at: datetime) -> Capacity:
    """Late rows count for the day of their time stamps, with the caps that were known of it."""
    today = days.day_of(at, event.day_tz)
    mail, caps = dict(view.mail), dict(view.caps)
    for hour, of_hour in event.hours.items():
        day = days.day_of(hour, event.day_tz)
        each = (one for by_provider in of_hour.values() for one in by_provider.values())
        mail[day] = sum(each, mail.get(day, Counts()))
        caps[day] = max(caps.get(day, 0), view.given)
    first = today - KEPT
    return replace(view, mail=since(mail, first), caps=since(caps, first))


def _judged(view: Capacity, event: CapacityJudged, recorded: Recorded[Event]) -> Capacity:
    judged = Judged(
        event.day, recorded.position, event.short, event.starts, event.retires, event.why
    )
    retired_on = view.retired_on if event.retires is None else event.day
    return replace(view, judged=judged, retired_on=retired_on)


def _refused(view: Capacity, ip: str) -> Capacity:
    """It is left alone until the next morning."""
    judged = view.judged
    if judged is None or ip not in (judged.starts, judged.retires):
        return view
    return replace(view, judged=replace(judged, starts=None, retires=None))


# --- its addresses -------------------------------------------------------------------------------


def _moved(view: Capacity, event: Any, recorded: Recorded[Event]) -> Capacity:
    today = days.day_of(recorded.at, view.day_tz)
    before = shelves.found(view.shelves, event.ip)
    if isinstance(event, IpRegistered):
        return _with(view, event.ip, before, capacity_address.registered(event, today))
    if before is None:
        return view
    if isinstance(event, IpRemoved):
        left = shelves.without(view.shelves, event.ip)
        view = _refused(view, event.ip)  # nothing is to be done with it any more
        return replace(view, given=view.given - before.cap, shelves=left)
    return _with(view, event.ip, before, capacity_address.after(before, event, today))


def _with(view: Capacity, ip: IpAddr, before: Address | None, after: Address) -> Capacity:
    given = view.given + after.cap - (before.cap if before else 0)
    return replace(view, given=given, shelves=shelves.put(view.shelves, ip, after))


CAPACITY = Projection(
    name="capacity",
    folds=(
        *(TenantCreated, TenantChanged, ReviewBegan, ReviewEnded, CapacitySet, CapacityJudged),
        *(TrafficCounted, EffectRefused, WarmupRequested, WarmupHeld, IpRemoved, *LEVERS),
        *(TenantSuspended, TenantResumed),
    ),
    keys=whole_tenant,
    initial=Capacity(),
    evolve=evolve,
    named=named,
    tenant=lambda view: view.tenant,
    version=2,
)
