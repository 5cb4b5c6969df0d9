"""What became of the messages of an address, by window and mailbox provider."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from msgspec import Struct

from engine.api import as_of, ips, reading
from engine.api.call import Answer, AsOf, Call
from engine.ids import IpAddr, TenantId
from engine.projections.ips import IPS
from engine.projections.traffic import TRAFFIC_VIEW, Traffic, merged, since
from engine.rules import days
from engine.values.traffic import Cause, Counts, Said

DAY_WINDOWS = {"7d": 7, "30d": 30, "90d": 90}  # calendar days of the tenant, today among them
HOUR_WINDOWS = {"1h": 1, "24h": 24}  # begun hours


class CountsShown(Struct, frozen=True, kw_only=True):
    sent: int  # delivered or bounced
    delivered: int
    deferred: int  # attempts
    bounced: int
    hard: int
    block: int
    soft: int
    other: int
    complaints: int
    remote: int  # bounced by mail after they were taken


class Window(Struct, frozen=True, kw_only=True):
    total: CountsShown
    providers: dict[str, CountsShown]


class StatsShown(Struct, frozen=True, kw_only=True):
    address: IpAddr
    tenant: TenantId
    day_tz: str
    counted_at: datetime | None  # None: no accounting was read that names it
    windows: dict[str, Window]
    hours: dict[datetime, CountsShown]
    days: dict[date, CountsShown]
    jobs: dict[date, dict[str, CountsShown]]  # the largest of each day; "": all others
    causes: dict[date, dict[str, dict[Cause, int]]]
    said: tuple[Said, ...]  # by receivers that speak of a list


async def show(call: Call, query: AsOf) -> Answer:
    ip = ips.named(call)
    owner, then = await ips.owner(call, ip, query.as_of)
    key = f"{owner}/{ip}"
    reader = await as_of.reader(call, then, IPS, owner)
    row = await reading.one(reader, IPS, key, call.caller.tenant)
    if row is None or not row.ip:
        raise ips.unknown(ip)
    reader = await as_of.reader(call, then, TRAFFIC_VIEW, owner)
    view = await reading.one(reader, TRAFFIC_VIEW, key, call.caller.tenant)
    now = then.at if then else call.deps.clock.now()
    counted = view or Traffic(ip=ip, tenant=row.tenant, day_tz=row.day_tz)
    return reading.as_then(call, then, Answer(stats(counted, now)))


def stats(view: Traffic, now: datetime) -> StatsShown:
    today = days.day_of(now, view.day_tz)
    windows = {
        name: window(since(view.hours, now - timedelta(hours=number)).values())
        for name, number in HOUR_WINDOWS.items()
    }
    windows |= {
        name: window(since(view.days, today - timedelta(days=number - 1)).values())
        for name, number in DAY_WINDOWS.items()
    }
    return StatsShown(
        address=view.ip,
        tenant=view.tenant,
        day_tz=view.day_tz,
        counted_at=view.counted_at,
        windows=windows,
        hours={hour: total(of) for hour, of in view.hours.items()},
        days={day: total(of) for day, of in view.days.items()},
        jobs={day: each(of) for day, of in view.jobs.items()},
        causes=view.causes,
        said=view.said,
    )


def window(parts: Iterable[Mapping[str, Counts]]) -> Window:
    found: dict[str, Counts] = {}
    for part in parts:
        found = merged(found, part)
    return Window(total=total(found), providers=each(dict(sorted(found.items()))))


def total(found: Mapping[str, Counts]) -> CountsShown:
    return shown(sum(found.values(), Counts()))


def each(found: Mapping[str, Counts]) -> dict[str, CountsShown]:
    return {name: shown(counts) for name, counts in found.items()}


def shown(counts: Counts) -> CountsShown:
    return CountsShown(
        sent=counts.sent,
        delivered=counts.delivered,
        deferred=counts.deferred,
        bounced=counts.bounced,
        hard=counts.hard,
        block=counts.block,
        soft=counts.soft,
        other=counts.other,
        complaints=counts.complaints,
        remote=counts.remote,
    )
