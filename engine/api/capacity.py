"""What a tenant may send against what it wants to send: as foreseen, and as people plan it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated

from msgspec import Meta, Struct

from engine.api import as_of, reading, tenants, writing
from engine.api.call import Answer, AsOf, Body, Call, Word
from engine.api.decode import checked
from engine.api.meant import meant
from engine.api.problems import Problem
from engine.api.tenants import Quota
from engine.commands.tenant import SetCapacity
from engine.ids import IpAddr, TenantId, parse_purpose
from engine.projections.capacity import CAPACITY, Capacity
from engine.reactors import rotation
from engine.rules import days
from engine.rules.capacity import balance, pools, said
from engine.rules.capacity.balance import Balance
from engine.rules.capacity.demand import Method
from engine.rules.capacity.pools import Pool, Standing
from engine.rules.capacity.rotation import Choice, choice, reserve
from engine.rules.capacity.supply import Address
from engine.runtime.command_handler import Asked
from engine.values.capacity import Planned, Rotation, Short
from engine.values.phase import Phase

PLANNED_MAX = 50
SPAN_MAX = timedelta(days=366)


class Plan(Body, frozen=True, kw_only=True):
    first: date
    last: date
    per_day: Quota  # messages at least, on each of these days
    purpose: Word | None = None  # the pool that sends them; null: all pools together


class CapacityChange(Body, frozen=True, kw_only=True):
    """What is left out stays."""

    planned: Annotated[list[Plan], Meta(max_length=PLANNED_MAX)] | None = None  # all of them
    rotation: Rotation | None = None


class DayShown(Struct, frozen=True, kw_only=True):
    """Messages."""

    day: date
    demand: int
    capacity: int
    missing: int
    demand_high: int | None  # that nine days in ten ought to stay below; null: no trend is seen


class PoolShown(Struct, frozen=True, kw_only=True):
    """One of several; mail for one is never sent through another."""

    method: Method
    seen_days: int
    held_down_days: int
    growth_per_week: int
    waiting: int
    addresses: dict[str, int]
    reserve: IpAddr | None
    short: Short | None
    forecast: tuple[DayShown, ...]  # its capacity is what the tenant's quota may hold down yet


class MovesShown(Struct, frozen=True, kw_only=True):
    """What the last morning's look chose."""

    day: date
    starts: IpAddr | None
    retires: IpAddr | None
    why: tuple[str, ...]


class CapacityShown(Struct, frozen=True, kw_only=True):
    tenant: TenantId
    day_tz: str
    rotation: Rotation
    planned: tuple[Planned, ...]
    quota: int | None  # messages a day; null: unlimited
    review: bool  # while it lasts no cap rises, and nothing is rotated
    method: Method  # of the forecast
    seen_days: int  # that it is made from
    held_down_days: int  # of those: their caps were used up, and there may have been more
    growth_per_week: int  # messages a day, from week to week
    waiting: int  # messages that may have waited when yesterday ended; part of today's demand
    addresses: dict[str, int]  # by phase
    reserve: IpAddr | None  # the standby address that would start next
    short: Short | None
    why: tuple[str, ...]
    forecast: tuple[DayShown, ...]  # missing: of its pools too, whatever room others have
    pools: dict[str, PoolShown]  # by purpose; {}: it has but one
    last_look: MovesShown | None


async def show(call: Call, query: AsOf) -> Answer:
    then = await as_of.stood(call, query.as_of)
    slug = (await tenants.known(call, then)).slug
    reader = await as_of.reader(call, then, CAPACITY, slug)
    view = await reading.one(reader, CAPACITY, slug, slug) or Capacity(tenant=slug)
    now = then.at if then else call.deps.clock.now()
    return reading.as_then(call, then, Answer(present(view, days.day_of(now, view.day_tz))))


async def change(call: Call, body: CapacityChange) -> Answer:
    slug = (await tenants.known(call)).slug
    planned = None if body.planned is None else _planned(body.planned)
    before = await reading.one(call.deps.models, CAPACITY, slug, slug) or Capacity(tenant=slug)
    _possible(planned or (), before, call.deps.clock.now())
    command = SetCapacity(slug=slug, planned=planned, rotation=body.rotation)
    async with call.deps.turns.of(slug):
        position = await writing.ask(call, [Asked(command, slug)], slug)
        view = await reading.written(call.deps, position, CAPACITY, slug, slug)
    if view is None:
        return reading.later(call, f"/api/v2/tenants/{slug}/capacity", position)
    today = days.day_of(call.deps.clock.now(), view.day_tz)
    return Answer(present(view, today), 200, position)


def _planned(given: Sequence[Plan]) -> tuple[Planned, ...]:
    for n, one in enumerate(given):
        if one.last < one.first:
            why = f"it ends on {one.last}, before it begins on {one.first}"
            raise Problem("invalid", why, field=f"$.planned[{n}].last")
        if one.last - one.first > SPAN_MAX:
            why = f"a plan lasts at most {SPAN_MAX.days} days, not to {one.last}"
            raise Problem("invalid", why, field=f"$.planned[{n}].last")
        if one.purpose is not None:
            checked(f"$.planned[{n}].purpose", parse_purpose, one.purpose)
    ordered = sorted(given, key=lambda one: (one.first, one.last, one.per_day, one.purpose or ""))
    return tuple(Planned(one.first, one.last, one.per_day, one.purpose) for one in ordered)


def _possible(planned: Sequence[Planned], before: Capacity, now: datetime) -> None:
    """By what the tenant has and by its calendar.  What it planned earlier may be over by now, and
    comes again with the whole list.
    """
    today = days.day_of(now, before.day_tz)
    there = sorted({one.purpose for _, one in before.addresses()})
    for one in planned:
        if one.last < today and one not in before.planned:
            why = (
                f"a plan ends on {one.last}, and today is {today} in {before.day_tz}: plan what is"
                " still to be sent (what was sent is counted by itself)"
            )
            raise Problem("invalid", why, field="$.planned")
        if one.purpose is not None and one.purpose not in there:
            why = f"{before.tenant} has no address for {one.purpose!r}{meant(one.purpose, there)}"
            raise Problem("invalid", why, field="$.planned")


def present(view: Capacity, today: date) -> CapacityShown:
    """``today``: of the tenant's calendar."""
    stands, addresses = rotation.found(view, today), dict(view.addresses())
    acts = view.rotation == "act" and not view.review
    each = dict(view.by_pool(today))
    return CapacityShown(
        tenant=view.tenant,
        day_tz=view.day_tz,
        rotation=view.rotation,
        planned=view.planned,
        quota=view.quota,
        review=view.review,
        method=stands.total.demand.method,
        seen_days=stands.total.demand.seen,
        held_down_days=stands.total.demand.held_down,
        growth_per_week=stands.total.demand.growth,
        waiting=sum(pool.waiting for pool in each.values()),
        addresses=_by_phase([one.phase for one in addresses.values()]),
        reserve=_next(stands, addresses),
        short=pools.short(stands),
        why=tuple(said.reasons(stands, view.quota, addresses, {}, Choice(), acts=acts)),
        forecast=_forecast(stands.total),
        pools={name: _pool(name, each[name], one) for name, one in stands.pools.items()}
        if stands.several
        else {},
        last_look=_last(view),
    )


def _next(stands: Standing, addresses: Mapping[IpAddr, Address]) -> IpAddr | None:
    """Of the pool that will miss it first; where none misses one, the one that waits longest."""
    chosen = choice(stands.pools, addresses, {}, retired_on=None).starts
    missing = any(balance.worth_starting(one) for one in stands.pools.values())
    return chosen if missing else reserve(addresses)


def _pool(name: str, pool: Pool, stands: Balance) -> PoolShown:
    return PoolShown(
        method=stands.demand.method,
        seen_days=stands.demand.seen,
        held_down_days=stands.demand.held_down,
        growth_per_week=stands.demand.growth,
        waiting=pool.waiting,
        addresses=_by_phase([one.phase for one in pool.addresses.values()]),
        reserve=reserve(pool.addresses),
        short=balance.short(stands, name),
        forecast=_forecast(stands),
    )


def _by_phase(phases: Sequence[Phase]) -> dict[str, int]:
    return {phase.value: phases.count(phase) for phase in Phase}


def _forecast(stands: Balance) -> tuple[DayShown, ...]:
    highs = stands.demand.high or (None,) * len(stands.capacity)
    each = zip(stands.demand.per_day, stands.capacity, stands.missing, highs, strict=True)
    return tuple(
        DayShown(
            day=stands.today + timedelta(days=n),
            demand=demand,
            capacity=capacity,
            missing=missing,
            demand_high=high,
        )
        for n, (demand, capacity, missing, high) in enumerate(each)
    )


def _last(view: Capacity) -> MovesShown | None:
    if view.judged is None:
        return None
    last = view.judged
    return MovesShown(day=last.day, starts=last.starts, retires=last.retires, why=last.why)
