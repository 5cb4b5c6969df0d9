"""What a tenant may send against what it wants to send: as foreseen, and as people plan it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated

from msgspec import Meta, Struct

from engine.api import as_of, reading, tenants, writing
from engine.api.call import Answer, AsOf, Body, Call
from engine.api.problems import Problem
from engine.api.tenants import Quota
from engine.commands.tenant import SetCapacity
from engine.ids import IpAddr, TenantId
from engine.projections.capacity import CAPACITY, Capacity
from engine.reactors import rotation
from engine.rules import days
from engine.rules.capacity import balance, said
from engine.rules.capacity.balance import Balance
from engine.rules.capacity.demand import Method
from engine.rules.capacity.rotation import Choice, reserve
from engine.runtime.command_handler import Asked
from engine.values.capacity import Planned, Rotation, Short
from engine.values.phase import Phase

PLANNED_MAX = 50
SPAN_MAX = timedelta(days=366)


class Plan(Body, frozen=True, kw_only=True):
    first: date
    last: date
    per_day: Quota  # messages in all, at least, on each of these days


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
    forecast: tuple[DayShown, ...]
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
    ordered = sorted(given, key=lambda one: (one.first, one.last, one.per_day))
    return tuple(Planned(one.first, one.last, one.per_day) for one in ordered)


def present(view: Capacity, today: date) -> CapacityShown:
    """``today``: of the tenant's calendar."""
    stands, addresses = rotation.found(view, today), dict(view.addresses())
    acts = view.rotation == "act" and not view.review
    return CapacityShown(
        tenant=view.tenant,
        day_tz=view.day_tz,
        rotation=view.rotation,
        planned=view.planned,
        quota=view.quota,
        review=view.review,
        method=stands.demand.method,
        seen_days=stands.demand.seen,
        held_down_days=stands.demand.held_down,
        growth_per_week=stands.demand.growth,
        waiting=view.waiting(today),
        addresses=_by_phase([one.phase for one in addresses.values()]),
        reserve=reserve(addresses),
        short=balance.short(stands),
        why=tuple(said.reasons(stands, view.quota, addresses, {}, Choice(), acts=acts)),
        forecast=_forecast(stands),
        last_look=_last(view),
    )


def _by_phase(phases: Sequence[Phase]) -> dict[str, int]:
    return {phase.value: phases.count(phase) for phase in Phase}


def _forecast(stands: Balance) -> tuple[DayShown, ...]:
    each = zip(stands.demand.per_day, stands.capacity, stands.missing, strict=True)
    return tuple(
        DayShown(
            day=stands.today + timedelta(days=n), demand=demand, capacity=capacity, missing=missing
        )
        for n, (demand, capacity, missing) in enumerate(each)
    )


def _last(view: Capacity) -> MovesShown | None:
    if view.judged is None:
        return None
    last = view.judged
    return MovesShown(day=last.day, starts=last.starts, retires=last.retires, why=last.why)
