"""The warm-up of one address as the API shows it: what it may send today, and what comes next."""

from datetime import date, datetime

from msgspec import Struct

from engine.api import stage_said, state_said
from engine.api.stage_said import DaysShown
from engine.api.waits import waits_for
from engine.ids import IpAddr, TenantId
from engine.projections.ip_row import IpRow
from engine.projections.results import Warming
from engine.projections.traffic import Traffic
from engine.reactors import warmup as life
from engine.rules import days
from engine.rules.dnsbl_catalogue import Catalogue
from engine.values.hold import HeldBy
from engine.values.levers import Levers, PerDay
from engine.values.phase import Phase, Reason
from engine.values.plan import DayRule, Interpolation
from engine.values.server import hourly


class PlanShown(Struct, frozen=True, kw_only=True):
    ladder: str  # "own" where somebody gave the table
    caps: tuple[int, ...]  # messages a day, by stage
    stage_days: int
    active_per_day: int
    interpolation: Interpolation
    day_rule: DayRule  # which days of a stage count


class Today(Struct, frozen=True, kw_only=True):
    """What it may send on the day, as far as anybody was told."""

    day: date  # in the tenant's day_tz
    allowance: int | None  # messages; None: paused, without limit, or not told yet
    hourly: int | None  # at most so many of them in an hour
    used: int | None  # messages delivered or bounced; None: no traffic of it was ever counted
    left: int | None


class HoldShown(Struct, frozen=True, kw_only=True):
    by: HeldBy
    since: datetime
    reason: str
    paused: bool  # its output stands still too


class NextShown(Struct, frozen=True, kw_only=True):
    what: str
    at: datetime | None  # None: now
    cap: int | None  # messages a day from then on, where it is a stage


class WarmupState(Struct, frozen=True, kw_only=True):
    address: IpAddr
    tenant: TenantId
    phase: Phase
    reason: Reason | None  # of STANDBY
    plan: PlanShown
    stage: int  # from 1; 0: not on the ladder
    stages: int
    first_day: date | None  # of the stage, in day_tz
    days: DaysShown | None  # None: it does not warm up
    day_tz: str
    today: Today
    next: NextShown | None
    held: tuple[HoldShown, ...]
    waits_for: tuple[str, ...]


def warmup(
    row: IpRow,
    mail: Traffic | None,
    judged: Warming | None,
    now: datetime,
    catalogue: Catalogue,
) -> WarmupState:
    """``mail``: what was counted of it; None: nothing ever was.  ``judged``: how its stage stands
    by that; None: its node has no source of traffic.
    """
    warming = row.phase is Phase.WARMING
    return WarmupState(
        address=row.ip,
        tenant=row.tenant,
        phase=row.phase,
        reason=row.reason,
        plan=plan_shown(row),
        stage=row.stage,
        stages=row.plan.stages,
        first_day=row.first_day,
        days=stage_said.shown(row, judged, now),
        day_tz=row.day_tz,
        today=_today(row, mail, now),
        next=_next_by_mail(row, judged, now) if judged else _next(row, now, catalogue),
        held=tuple(_hold(row, n) for n in range(len(row.holds))) if warming else (),
        waits_for=(
            *waits_for(row, catalogue, now),
            *_told(row),
            *(stage_said.waits(judged, now) if judged else ()),
        ),
    )


def plan_shown(row: IpRow) -> PlanShown:
    plan = row.plan
    return PlanShown(
        ladder=plan.name,
        caps=plan.caps,
        stage_days=plan.stage_days,
        active_per_day=plan.active_per_day,
        interpolation=plan.interpolation,
        day_rule=plan.day_rule,
    )


def _hold(row: IpRow, n: int) -> HoldShown:
    one = row.holds[n]
    return HoldShown(by=one.by, since=one.since, reason=one.reason, paused=one.paused)


def _today(row: IpRow, mail: Traffic | None, now: datetime) -> Today:
    cap, day = _cap(row.told), days.day_of(now, row.day_tz)
    used = None
    if mail is not None and mail.days:
        used = sum(counts.sent for counts in mail.days.get(day, {}).values())
    return Today(
        day=day,
        allowance=cap,
        hourly=None if cap is None else hourly(cap),
        used=used,
        left=None if cap is None or used is None else max(0, cap - used),
    )


def _cap(levers: Levers | None) -> int | None:
    return levers.output.cap if levers and isinstance(levers.output, PerDay) else None


def _next(row: IpRow, now: datetime, catalogue: Catalogue) -> NextShown | None:
    """The first step that comes by itself; None while something holds it."""
    coming = life.steps(row, now, catalogue)
    if not coming:
        return None
    first = min(coming, key=lambda want: want.at or now)
    at = first.at if first.at and first.at > now else None
    return NextShown(what=state_said.step(first.effect, row.plan), at=at, cap=_then(row))


def _next_by_mail(row: IpRow, judged: Warming, now: datetime) -> NextShown | None:
    at = stage_said.ends(judged, now)
    if at is None:
        return None
    what = state_said.next_stage(row.stage + 1, row.plan)
    return NextShown(what=what, at=at if at > now else None, cap=_then(row))


def _then(row: IpRow) -> int | None:
    if row.phase is not Phase.WARMING:
        return None
    plan = row.plan
    return plan.caps[row.stage] if row.stage < plan.stages else plan.active_per_day


def _told(row: IpRow) -> tuple[str, ...]:
    if row.phase is Phase.WARMING and row.told != row.vmta.levers:
        return (f"told: days count once {row.node} was told the stage's levers",)
    return ()
