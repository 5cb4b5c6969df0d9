"""Each tenant's demand, by what it has sent, and the addresses that are to carry it."""

from collections.abc import Iterable, Iterator, Mapping
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
from engine.rules.capacity.pools import Pool
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


class PoolMail(Struct, frozen=True, gc=False):
    """Of the addresses of one purpose."""

    mail: dict[date, Counts] = {}
    caps: dict[date, int] = {}
    given: int = 0


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
    pools: dict[str, PoolMail] = {}  # by purpose; what an address sent that is unknown is in none
    judged: Judged | None = None
    retired_on: date | None = None  # the last day on which rotation retired one
    shelves: dict[int, dict[IpAddr, Address]] = {}

    def addresses(self) -> Iterator[tuple[IpAddr, Address]]:
        return shelves.every(self.shelves)

    def address(self, ip: IpAddr) -> Address | None:
        return shelves.found(self.shelves, ip)

    def by_pool(self, today: date) -> Iterator[tuple[str, Pool]]:
        """A tenant with one pool sent all its mail through it."""
        addresses: dict[str, dict[IpAddr, Address]] = {}
        for ip, one in self.addresses():
            addresses.setdefault(one.purpose, {})[ip] = one
        if len(addresses) < 2:
            (name, own), *_ = addresses.items() or [("", {})]
            yield name, Pool(_history(self.mail, self.caps), _waiting(self.mail, today), own)
            return
        for name, own in sorted(addresses.items()):
            pool = self.pools.get(name, PoolMail())
            yield name, Pool(self._history_of(pool), _waiting(pool.mail, today), own)

    def _history_of(self, pool: PoolMail) -> Mapping[date, Day]:
        """On a day on which others sent and it did not, it had no mail, for that was counted."""
        silent = {day: Counts() for day in self.mail if pool.mail and day >= min(pool.mail)}
        return _history(silent | pool.mail, pool.caps)


def _history(mail: Mapping[date, Counts], caps: Mapping[date, int]) -> Mapping[date, Day]:
    return {day: Day(one.sent, caps.get(day, 0)) for day, one in mail.items()}


def _waiting(mail: Mapping[date, Counts], today: date) -> int:
    """Messages that may have waited when yesterday ended."""
    return days.waiting_at_most(mail.get(today - timedelta(days=1), Counts()))


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
    first = days.day_of(at, event.day_tz) - KEPT
    counted: dict[str | None, dict[date, Counts]] = {}
    for hour, of_hour in event.hours.items():
        day = days.day_of(hour, event.day_tz)
        for ip, by_provider in of_hour.items():
            one = view.address(ip)
            of_pool = counted.setdefault(one.purpose if one else None, {})
            of_pool[day] = sum(by_provider.values(), of_pool.get(day, Counts()))
    every = {day for mail in counted.values() for day in mail}
    pools = {
        name: _with_mail(pool, counted.get(name, {}), every, first)
        for name, pool in view.pools.items()
    }
    whole = PoolMail(view.mail, view.caps, view.given)
    for mail in counted.values():
        whole = _with_mail(whole, mail, every, first)
    return replace(view, mail=whole.mail, caps=whole.caps, pools=pools)


def _with_mail(
    pool: PoolMail, more: Mapping[date, Counts], counted: Iterable[date], first: date
) -> PoolMail:
    """Of ``counted`` days it is known what each pool sent, if only that it sent nothing."""
    mail = pool.mail | {day: pool.mail.get(day, Counts()) + one for day, one in more.items()}
    caps = pool.caps | {day: max(pool.caps.get(day, 0), pool.given) for day in counted}
    return PoolMail(since(mail, first), since(caps, first), pool.given)


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
        return replace(_given(view, before.purpose, -before.cap), shelves=left)
    return _with(view, event.ip, before, capacity_address.after(before, event, today))


def _with(view: Capacity, ip: IpAddr, before: Address | None, after: Address) -> Capacity:
    if before is not None:
        view = _given(view, before.purpose, -before.cap)
    view = _given(view, after.purpose, after.cap)
    return replace(view, shelves=shelves.put(view.shelves, ip, after))


def _given(view: Capacity, purpose: str, more: int) -> Capacity:
    pool = view.pools.get(purpose, PoolMail())
    changed = replace(pool, given=pool.given + more)
    return replace(view, given=view.given + more, pools=view.pools | {purpose: changed})


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
    version=3,
)
