"""Moves an address through its life when its time has come, and looks at its reverse DNS."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta

from engine.commands.ip import (
    AdvanceStage,
    BeginMonitoring,
    IpCommand,
    RestIp,
    StartWarmup,
    StepRetirement,
)
from engine.commands.ip_removal import WithdrawIp
from engine.effects import Dispatch, LookAtPtr
from engine.ids import NodeId, Zone
from engine.projections.ip_row import IpRow
from engine.projections.ips import IPS
from engine.reactors import guards
from engine.reactors.reactor import Agenda, Reactor, Want, agenda
from engine.rules import days, dnsbl, listing, timing
from engine.rules.dnsbl_catalogue import Catalogue
from engine.values.evidence import Guards
from engine.values.phase import Phase


def life(catalogue: Catalogue, counted: Collection[NodeId] = ()) -> Reactor[IpRow]:
    """``counted``: nodes that have a source of traffic; there ``results`` asks for stages."""

    def react(row: IpRow, now: datetime) -> Agenda:
        if not row.ip:
            return Agenda()
        return agenda([_ptr(row), *steps(row, now, catalogue, counted)], now)

    return Reactor(name="warmup", reads=IPS, react=react)


def steps(
    row: IpRow, now: datetime, catalogue: Catalogue, counted: Collection[NodeId] = ()
) -> tuple[Want, ...]:
    """What comes next in its life, each with its time; nothing, while something holds it."""
    if row.phase is Phase.WARMING and row.node in counted:
        return ()
    return tuple(one for one in _next(row, now, catalogue) if one is not None)


def _ptr(row: IpRow) -> Want:
    ptr = row.ptr
    look = LookAtPtr(tenant=row.tenant, ip=row.ip, cycle=ptr.at, attempt=ptr.retry.attempt)
    if ptr.looked_at is None:
        return Want(look)
    return Want(look, ptr.retry.at or ptr.looked_at + timing.FCRDNS_EVERY)


def _next(row: IpRow, now: datetime, catalogue: Catalogue) -> Iterator[Want | None]:
    if row.removal:
        yield _withdraw(row)
    elif row.still and row.phase in (Phase.WARMING, Phase.RETIRING):
        return
    elif row.phase is Phase.WARMING:
        yield _advance(row, now)
    elif row.phase is Phase.RETIRING:
        yield _retire(row)
    elif row.phase is Phase.RESTING:
        yield _rested(row, catalogue)
    elif row.reason == "listed":
        yield _still_listed(row, catalogue)
        yield _cleared(row, catalogue, now)
    elif row.reason == "monitoring":
        yield _start(row, _clean_from(row, timing.MONITORING, catalogue), catalogue, now)
    elif row.reason == "new":
        yield _start(row, None, catalogue, now)


def _want(row: IpRow, command: IpCommand, at: datetime | None) -> Want:
    n = row.retry.attempt
    step = Dispatch(tenant=row.tenant, command=command, cycle=row.since, attempt=n)
    later = [one for one in (at, row.retry.at) if one is not None]
    return Want(step, max(later, default=None))


def _advance(row: IpRow, now: datetime) -> Want | None:
    """A stage is over when its days are, as far as the node was told of it; what held it ends at
    a midnight too.
    """
    told = told_on(row)
    if row.holds or row.review or row.clamped or row.first_day is None or told is None:
        return None
    stage_days = row.plan.stage_days
    ends = days.stage_ends(row.first_day, told, stage_days)
    if ends is None:
        return None
    if row.resumed_on is not None:
        ends = max(ends, row.resumed_on + timedelta(days=1))
    today = max(days.day_of(now, row.day_tz), ends)
    counted = days.evidence(row.first_day, told, today, stage_days)
    step = AdvanceStage(ip=row.ip, stage=row.stage + 1, days=counted)
    return _raise(row, step, days.midnight(ends, row.day_tz))


def _raise(row: IpRow, command: AdvanceStage | StartWarmup, at: datetime | None) -> Want:
    later = [one for one in (at, row.wait.until if row.wait else None) if one is not None]
    return _want(row, command, max(later, default=None))


def told_on(row: IpRow) -> date | None:
    """The day from which on the days of its stage count; None: the node was not told it yet."""
    if row.told_at is None or row.told != row.vmta.levers:
        return None
    return row.stage_told_on or days.day_of(row.told_at, row.day_tz)


def _start(row: IpRow, at: datetime | None, catalogue: Catalogue, now: datetime) -> Want | None:
    """Whatever a guard waits for comes as an event, so nobody need ask again."""
    held = guards.check(row, catalogue)
    if not row.requested or row.review or row.still or not isinstance(held, Guards):
        return None
    if guards.stale(row, now):
        return None
    sent_until = row.sent_until if row.reason == "monitoring" else None
    start = StartWarmup(ip=row.ip, guards=held, told=row.sent_with, sent_until=sent_until)
    return _raise(row, start, at)


def uncleared(row: IpRow, catalogue: Catalogue) -> tuple[Zone, ...]:
    """Of the lists that stopped it: those whose listing neither ended nor counts for nothing."""
    words = row.lists.words
    counting = listing.actions(row.listed_by, words.actions, catalogue)
    return tuple(
        zone
        for zone, action in counting.items()
        if listing.bars(zone, action)
        and zone not in (*words.acknowledged, *words.gone)
        and not listing.cleared(words.standing.get(zone, listing.NEW))
    )


def _cleared(row: IpRow, catalogue: Catalogue, now: datetime) -> Want | None:
    repeated = row.earlier + 1 >= timing.REMEDY_FROM
    if uncleared(row, catalogue) or (repeated and not row.remedied):
        return None
    return _start(row, _clean_again(row, catalogue), catalogue, now)


def _clean_again(row: IpRow, catalogue: Catalogue) -> datetime | None:
    """What another list said of it meanwhile contradicts too."""
    after = [at for at in _ended(row, catalogue) if row.entered_at and at > row.entered_at]
    return max(after) + dnsbl.CLEAR_APART if after else None


def _still_listed(row: IpRow, catalogue: Catalogue) -> Want | None:
    if row.earlier + 1 >= timing.LISTINGS_MAX:
        return _want(row, RestIp(ip=row.ip, why="third_listing"), None)
    if row.entered_at is None or not set(row.listed_by) & set(guards.barring(row, catalogue)):
        return None
    return _want(row, RestIp(ip=row.ip, why="still_listed"), row.entered_at + timing.STILL_LISTED)


def _retire(row: IpRow) -> Want | None:
    if row.entered_at is None:
        return None
    if row.vmta.levers.intake == "closed":
        if row.mail.empty:
            return _want(row, RestIp(ip=row.ip, why="drained", left=0), None)
        left = row.mail.queue.waiting if row.mail.queue else None
        limit = row.entered_at + timing.DRAIN_LIMIT
        return _want(row, RestIp(ip=row.ip, why="limit", left=left), limit)
    step = StepRetirement(ip=row.ip, step=row.step + 1)
    return _want(row, step, row.entered_at + timing.RETIRE_STEP)


def _withdraw(row: IpRow) -> Want | None:
    """One that the node was never told has nothing there that could wait."""
    never = row.told is None and not row.vmta.hostname
    gone = row.removal == "asked" and (row.mail.empty or never)
    return _want(row, WithdrawIp(ip=row.ip), None) if gone else None


def _rested(row: IpRow, catalogue: Catalogue) -> Want | None:
    if guards.barring(row, catalogue):
        return None
    return _want(row, BeginMonitoring(ip=row.ip), _clean_from(row, timing.REST, catalogue))


def _clean_from(row: IpRow, span: timedelta, catalogue: Catalogue) -> datetime | None:
    """The days begin anew with every listing that ended meanwhile, if it counted."""
    begun = [*([row.entered_at] if row.entered_at else []), *_ended(row, catalogue)]
    return max(begun) + span if begun else None


def _ended(row: IpRow, catalogue: Catalogue) -> Iterator[datetime]:
    """Since when it is clean on each list that counts."""
    words = row.lists.words
    for zone, action in listing.actions(words.standing, words.actions, catalogue).items():
        since = words.standing[zone].clean_since
        if since is not None and listing.bars(zone, action) and zone not in words.acknowledged:
            yield since
