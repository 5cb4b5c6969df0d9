"""What became of the messages of each sending address: by hour for two days, by day for 90."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.ip import IpRegistered
from engine.events.ip_removal import IpRemoved
from engine.events.traffic import TrafficCounted
from engine.ids import IpAddr, TenantId
from engine.projections.projection import Projection, of_tenant
from engine.rules import days
from engine.values.traffic import Cause, Counts, Said

HOURS = timedelta(hours=48)
DAYS = timedelta(days=90)
JOB_DAYS = timedelta(days=4)  # a listing ranks the jobs of the 72 hours before
CAUSE_DAYS = timedelta(days=7)
JOBS_MAX = 20  # of one day
SAID_MAX = 10

ByProvider = dict[str, Counts]
Key = TypeVar("Key")
When = TypeVar("When", date, datetime)
What = TypeVar("What")


class Traffic(Struct, frozen=True, gc=False):
    ip: IpAddr = IpAddr("")  # "": it was removed
    tenant: TenantId = TenantId("")
    day_tz: str = "UTC"
    hours: dict[datetime, ByProvider] = {}  # by their beginning, in UTC
    days: dict[date, ByProvider] = {}  # by the tenant's calendar
    jobs: dict[date, ByProvider] = {}  # by job, as ByProvider is by provider; "": all others
    causes: dict[date, dict[str, dict[Cause, int]]] = {}
    said: tuple[Said, ...] = ()  # the latest last
    counted_at: datetime | None = None


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    event = recorded.event
    if isinstance(event, IpRegistered | IpRemoved):
        return of_tenant(recorded, event.ip)
    ips = {ip for of_hour in event.hours.values() for ip in of_hour if ip}
    return tuple(key for ip in sorted(ips) for key in of_tenant(recorded, ip))


def named(view: Traffic, key: str) -> Traffic:
    tenant, _, ip = key.partition("/")
    return replace(view, tenant=TenantId(tenant), ip=IpAddr(ip))


def evolve(view: Traffic, recorded: Recorded[Event]) -> Traffic:
    match recorded.event:
        case TrafficCounted() as counted:
            return _counted(view, counted, recorded.at) if view.ip else view
        case IpRegistered(ip=ip):
            return Traffic(ip=ip, tenant=view.tenant)
        case IpRemoved():
            return Traffic(tenant=view.tenant)
        case _:
            return view


def _counted(view: Traffic, event: TrafficCounted, at: datetime) -> Traffic:
    ip = view.ip
    hours, by_day = dict(view.hours), dict(view.days)
    last = date.min
    for hour, of_hour in event.hours.items():
        if ip in of_hour:
            day = days.day_of(hour, event.day_tz)
            last = max(last, day)
            hours[hour] = merged(hours.get(hour, {}), of_hour[ip])
            by_day[day] = merged(by_day.get(day, {}), of_hour[ip])
    today = days.day_of(at, event.day_tz)
    jobs, causes = dict(view.jobs), dict(view.causes)
    jobs[last] = _largest(merged(jobs.get(last, {}), event.jobs.get(ip, {})))
    if ip in event.causes:
        causes[last] = _caused(causes.get(last, {}), event.causes[ip])
    said = tuple(one for one in event.said if one.ip == ip)
    return replace(
        view,
        day_tz=event.day_tz,
        hours=since(hours, at - HOURS),
        days=since(by_day, today - DAYS),
        jobs=since(jobs, today - JOB_DAYS),
        causes=since(causes, today - CAUSE_DAYS),
        said=(*view.said, *said)[-SAID_MAX:],
        counted_at=at,
    )


def merged(one: Mapping[str, Counts], more: Mapping[str, Counts]) -> dict[str, Counts]:
    """Sums, key by key."""
    return {**one, **{key: one.get(key, Counts()) + counts for key, counts in more.items()}}


def since(found: Mapping[When, What], first: When) -> dict[When, What]:
    """What is at ``first`` or later, in order."""
    return {when: found[when] for when in sorted(found) if when >= first}


def _largest(jobs: Mapping[str, Counts]) -> dict[str, Counts]:
    order = sorted(jobs, key=lambda job: (job == "", -jobs[job].attempts, job))
    rest = sum((jobs[job] for job in order[JOBS_MAX:]), Counts())
    kept = {job: jobs[job] for job in order[:JOBS_MAX]}
    return kept if rest == Counts() else merged(kept, {"": rest})


def _caused(
    one: Mapping[str, Mapping[Cause, int]], more: Mapping[str, Mapping[Cause, int]]
) -> dict[str, dict[Cause, int]]:
    found = {provider: dict(causes) for provider, causes in one.items()}
    for provider, causes in more.items():
        into = found.setdefault(provider, {})
        for cause, number in causes.items():
            into[cause] = into.get(cause, 0) + number
    return found


TRAFFIC_VIEW = Projection(
    name="traffic",
    folds=(TrafficCounted, IpRegistered, IpRemoved),
    keys=keys,
    initial=Traffic(),
    evolve=evolve,
    named=named,
    tenant=lambda view: view.tenant,
)
