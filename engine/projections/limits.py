"""How much each address tried to send of late, by PowerMTA's day, and what it may."""

from datetime import datetime, timedelta
from typing import Any, get_args

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.ip import LeverEvent
from engine.events.ip_limiter import LimiterEnded, LimiterPaused
from engine.events.ip_removal import IpRemoved
from engine.events.tenant import OverlaySet
from engine.events.traffic import TrafficCounted
from engine.ids import IpAddr, Position, TenantId
from engine.projections.projection import Projection, of_tenant
from engine.projections.traffic import since
from engine.rules import midnights
from engine.rules.overlay import narrowed
from engine.values.levers import STOPPED, Levers, PerDay
from engine.values.overlay import Quota
from engine.values.traffic import Counts

LEVERS = get_args(LeverEvent)
KEPT = timedelta(hours=50)  # the longest day, and the widest difference of zones


class Limits(Struct, frozen=True, gc=False):
    ip: IpAddr = IpAddr("")  # "": it was removed
    tenant: TenantId = TenantId("")
    levers: Levers = STOPPED  # what the engine wants of it
    quota: Quota | None = None  # the tenant's own, if it chose one
    zone: str = "UTC"  # by which PowerMTA counts; the tenant's, where nobody knows
    attempts: dict[datetime, int] = {}  # by the hour's beginning, in UTC
    until: datetime | None = None  # the limiter holds it
    since: Position = Position(0)

    @property
    def cap(self) -> int | None:
        """Messages a day; None: it sends nothing, or without a cap."""
        output = narrowed(self.levers, self.quota, drains=False).output
        return output.cap if isinstance(output, PerDay) else None

    def day(self, now: datetime) -> int:
        """Attempts on PowerMTA's day; an hour that is half of the day before is left out."""
        today = now.astimezone(midnights.zone(self.zone)).date()
        begun = midnights.midnight(today, self.zone)
        return sum(number for hour, number in self.attempts.items() if begun <= hour <= now)


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    event = recorded.event
    if isinstance(event, TrafficCounted):
        ips = {ip for of_hour in event.hours.values() for ip in of_hour if ip}
        return tuple(key for ip in sorted(ips) for key in of_tenant(recorded, ip))
    if isinstance(event, OverlaySet):
        return tuple(key for ip in event.nodes for key in of_tenant(recorded, ip))
    return of_tenant(recorded, event.ip)


def named(view: Limits, key: str) -> Limits:
    tenant, _, ip = key.partition("/")
    return replace(view, tenant=TenantId(tenant), ip=IpAddr(ip))


def evolve(view: Limits, recorded: Recorded[Event]) -> Limits:
    match recorded.event:
        case TrafficCounted() as counted:
            return _counted(view, counted, recorded) if view.ip else view
        case OverlaySet() as overlay:
            chosen = overlay.virtual_mtas.get(view.ip)
            quota = chosen.quota if chosen else None
            return replace(view, quota=quota, since=recorded.position)
        case LimiterPaused(until=until):
            return replace(view, until=until, since=recorded.position)
        case LimiterEnded():
            return replace(view, until=None, since=recorded.position)
        case IpRemoved():
            return Limits(tenant=view.tenant)
        case event if isinstance(event, LEVERS):
            levers = event.vmta.levers
            return replace(view, ip=event.ip, levers=levers, since=recorded.position)
        case _:
            return view


def _counted(view: Limits, event: TrafficCounted, recorded: Recorded[Event]) -> Limits:
    found = dict(view.attempts)
    for hour, of_hour in event.hours.items():
        if view.ip in of_hour:
            more = sum(of_hour[view.ip].values(), Counts()).attempts
            found[hour] = found.get(hour, 0) + more
    kept = since(found, recorded.at - KEPT)
    return replace(view, attempts=kept, zone=event.clock or event.day_tz, since=recorded.position)


LIMITS = Projection(
    name="limits",
    folds=(*LEVERS, TrafficCounted, LimiterPaused, LimiterEnded, IpRemoved, OverlaySet),
    keys=keys,
    initial=Limits(),
    evolve=evolve,
    named=named,
    tenant=lambda view: view.tenant,
    version=3,
)
