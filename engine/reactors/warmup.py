"""Moves an address through its life when its time has come, and looks at its reverse DNS."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from engine.commands.ip import (
    AdvanceStage,
    BeginMonitoring,
    IpCommand,
    RestIp,
    StartWarmup,
    StepRetirement,
)
from engine.effects import Dispatch, LookAtPtr
from engine.projections.ips import IPS, IpRow
from engine.reactors import guards
from engine.reactors.reactor import Agenda, Reactor, Want, agenda
from engine.rules import days, listing, timing
from engine.values.evidence import Guards
from engine.values.phase import Phase


def react(row: IpRow, now: datetime) -> Agenda:
    if not row.ip:
        return Agenda()
    return agenda([_ptr(row), *steps(row, now)], now)


def steps(row: IpRow, now: datetime) -> tuple[Want, ...]:
    """What comes next in its life, each with its time; nothing, while something holds it."""
    return tuple(one for one in _next(row, now) if one is not None)


def _ptr(row: IpRow) -> Want:
    ptr = row.ptr
    look = LookAtPtr(tenant=row.tenant, ip=row.ip, cycle=ptr.at, attempt=ptr.retry.attempt)
    if ptr.looked_at is None:
        return Want(look)
    return Want(look, ptr.retry.at or ptr.looked_at + timing.FCRDNS_EVERY)


def _next(row: IpRow, now: datetime) -> Iterator[Want | None]:
    if row.phase is Phase.WARMING:
        yield _advance(row, now)
    elif row.phase is Phase.RETIRING:
        yield _retire(row)
    elif row.phase is Phase.RESTING:
        yield _rested(row)
    elif row.reason == "listed":
        yield _still_listed(row)
        yield _cleared(row)
    elif row.reason == "monitoring":
        yield _start(row, _clean_from(row, timing.MONITORING))
    elif row.reason == "new":
        yield _start(row, None)


def _want(row: IpRow, command: IpCommand, at: datetime | None) -> Want:
    n = row.retry.attempt
    step = Dispatch(tenant=row.tenant, command=command, cycle=row.since, attempt=n)
    later = [one for one in (at, row.retry.at) if one is not None]
    return Want(step, max(later, default=None))


def _advance(row: IpRow, now: datetime) -> Want | None:
    """A stage is over when its days are, as far as the node was told of it."""
    if row.first_day is None or row.told_at is None or row.told != row.vmta.levers:
        return None
    told = days.day_of(row.told_at, row.day_tz)
    ends = days.stage_ends(row.first_day, told)
    if ends is None:
        return None
    today = max(days.day_of(now, row.day_tz), ends)
    counted = days.evidence(row.first_day, told, today)
    step = AdvanceStage(ip=row.ip, stage=row.stage + 1, days=counted)
    return _want(row, step, days.midnight(ends, row.day_tz))


def _start(row: IpRow, at: datetime | None) -> Want | None:
    """Whatever a guard waits for comes as an event, so nobody need ask again."""
    held = guards.check(row)
    if not row.requested or not isinstance(held, Guards):
        return None
    return _want(row, StartWarmup(ip=row.ip, guards=held, told=row.sent_with), at)


def _cleared(row: IpRow) -> Want | None:
    standing = row.lists.standing
    clear = all(zone in standing and listing.cleared(standing[zone]) for zone in row.listed_by)
    repeated = row.earlier + 1 >= timing.REMEDY_FROM
    if not clear or (repeated and not row.remedied):
        return None
    return _start(row, None)


def _still_listed(row: IpRow) -> Want | None:
    if row.earlier + 1 >= timing.LISTINGS_MAX:
        return _want(row, RestIp(ip=row.ip, why="third_listing"), None)
    if row.entered_at is None or not set(row.listed_by) & set(
        listing.listed_now(row.lists.standing)
    ):
        return None
    return _want(row, RestIp(ip=row.ip, why="still_listed"), row.entered_at + timing.STILL_LISTED)


def _retire(row: IpRow) -> Want | None:
    if row.entered_at is None:
        return None
    if row.vmta.levers.intake == "closed":
        return _want(row, RestIp(ip=row.ip, why="limit"), row.entered_at + timing.DRAIN_LIMIT)
    step = StepRetirement(ip=row.ip, step=row.step + 1)
    return _want(row, step, row.entered_at + timing.RETIRE_STEP)


def _rested(row: IpRow) -> Want | None:
    if listing.listed_now(row.lists.standing):
        return None
    return _want(row, BeginMonitoring(ip=row.ip), _clean_from(row, timing.REST))


def _clean_from(row: IpRow, span: timedelta) -> datetime | None:
    """The days begin anew with every listing that ended meanwhile."""
    ended = [one.clean_since for one in row.lists.standing.values() if one.clean_since]
    begun = [one for one in (row.entered_at, *ended) if one is not None]
    return max(begun) + span if begun else None


WARMUP = Reactor(name="warmup", reads=IPS, react=react)
