"""The mail of each sending address: how much ever, and what its rates are made from."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.ip import IpRegistered
from engine.events.ip_removal import IpRemoved
from engine.events.traffic import RateSeen, TrafficCounted
from engine.ids import IpAddr, Position, TenantId
from engine.projections.projection import Projection, of_tenant
from engine.projections.traffic import since
from engine.rules import days
from engine.rules.rates.gates import MOOD_DAYS, REPORTING, WINDOW_DAYS, counted
from engine.values.crossing import Crossing, Told
from engine.values.traffic import Counts

KEPT = timedelta(days=30)  # the window is seven days with mail, and not every day has any


class Judged(Struct, frozen=True, gc=False):
    """One day's mail as rates are counted from it: so many of so many."""

    bounces: int = 0
    sent: int = 0
    complaints: int = 0
    delivered: int = 0  # to those providers alone that report complaints
    blocks: int = 0

    def __add__(self, more: "Judged") -> "Judged":
        return Judged(
            self.bounces + more.bounces,
            self.sent + more.sent,
            self.complaints + more.complaints,
            self.delivered + more.delivered,
            self.blocks + more.blocks,
        )

    @property
    def empty(self) -> bool:
        return self == Judged()


class Said(Struct, frozen=True, gc=False):
    """What was said of a rate, and where in the log."""

    standing: Crossing = "ok"
    position: Position = Position(0)


class CountedIp(Struct, frozen=True, gc=False):
    ip: IpAddr = IpAddr("")  # "": it was removed
    tenant: TenantId = TenantId("")
    sent: int = 0  # ever: messages whose fate is known
    days: dict[date, Judged] = {}  # the last seven with mail, by the tenant's calendar
    said: dict[Told, Said] = {}

    @property
    def bounce_rate(self) -> float | None:
        """0 to 1; None: nothing was sent."""
        count, of = self.counted("bounce")
        return count / of if of else None

    @property
    def complaint_rate(self) -> float | None:
        """0 to 1; None: nobody who reports complaints got any mail."""
        count, of = self.counted("complaint")
        return count / of if of else None

    def counted(self, signal: Told) -> tuple[int, int]:
        """So many of so many."""
        if signal == "block":
            last = sum(list(self.days.values())[-MOOD_DAYS:], Judged())
            return last.blocks, last.sent
        total = sum(self.days.values(), Judged())
        if signal == "bounce":
            return total.bounces, total.sent
        return total.complaints, max(total.delivered, total.complaints)  # they come days after


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    event = recorded.event
    if isinstance(event, IpRegistered | IpRemoved | RateSeen):
        return of_tenant(recorded, event.ip)
    ips = {ip for of_hour in event.hours.values() for ip in of_hour if ip}
    return tuple(key for ip in sorted(ips) for key in of_tenant(recorded, ip))


def named(view: CountedIp, key: str) -> CountedIp:
    tenant, _, ip = key.partition("/")
    return replace(view, tenant=TenantId(tenant), ip=IpAddr(ip))


def evolve(view: CountedIp, recorded: Recorded[Event]) -> CountedIp:
    match recorded.event:
        case TrafficCounted() as event:
            return _counted(view, event, recorded)
        case RateSeen(signal=signal, standing=standing):
            said = Said(standing, recorded.position)
            return replace(view, said=view.said | {signal: said}) if view.ip else view
        case IpRegistered(ip=ip):
            return CountedIp(ip=ip, tenant=view.tenant)
        case IpRemoved():
            return CountedIp(tenant=view.tenant)  # what is told late of it counts for its tenant
        case _:
            return view


def _counted(view: CountedIp, event: TrafficCounted, recorded: Recorded[Event]) -> CountedIp:
    """Late rows count for the day of their time stamps."""
    by_day, sent = dict(view.days), view.sent
    for day, by_provider in _of(view.ip, event):
        sent += sum(counts.sent for counts in by_provider.values())
        by_day[day] = by_day.get(day, Judged()) + _judged(by_provider)
    first = days.day_of(recorded.at, event.day_tz) - KEPT
    kept = {day: one for day, one in since(by_day, first).items() if not one.empty}
    return replace(view, sent=sent, days=dict(list(kept.items())[-WINDOW_DAYS:]))


def _of(ip: IpAddr, event: TrafficCounted) -> Iterator[tuple[date, Mapping[str, Counts]]]:
    for hour, of_hour in event.hours.items():
        if ip in of_hour:
            yield days.day_of(hour, event.day_tz), of_hour[ip]


def _judged(by_provider: Mapping[str, Counts]) -> Judged:
    total = sum(by_provider.values(), Counts())
    bounces, sent = counted("bounce", total)
    reported = [counts for name, counts in by_provider.items() if name in REPORTING]
    return Judged(
        bounces=bounces,
        sent=sent,
        complaints=sum(counts.complaints for counts in reported),
        delivered=sum(counts.delivered for counts in reported),
        blocks=total.block,
    )


COUNTED_IPS = Projection(
    name="counted_ips",
    folds=(TrafficCounted, RateSeen, IpRegistered, IpRemoved),
    keys=keys,
    initial=CountedIp(),
    evolve=evolve,
    named=named,
    tenant=lambda view: view.tenant,
    version=2,
)
