"""What becomes of the mail of each address that warms up, by day, and what was done about it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.ip import (
    IpQuarantined,
    IpRegistered,
    IpStopped,
    RetirementBegan,
    StageEntered,
    WarmupFinished,
    WarmupRequested,
)
from engine.events.ip_cap import CapLimited, RaiseWaits
from engine.events.ip_listing import StopReleased
from engine.events.ip_pause import IpPaused, PauseEnded
from engine.events.ip_removal import IpRemoved, IpWithdrawn
from engine.events.ip_suspension import IpSuspended, SuspensionEnded
from engine.events.ip_warmup import (
    RewarmBegan,
    StageSkipped,
    WarmupHeld,
    WarmupPaused,
    WarmupResumed,
    WarmupSteppedBack,
)
from engine.events.rollout import RolloutEnded
from engine.events.server import ServerTold
from engine.events.tenant import ReviewBegan, ReviewEnded
from engine.events.traffic import TrafficCounted
from engine.ids import IpAddr, NodeId, Position, TenantId
from engine.projections import ip_holds, stage_mail
from engine.projections.projection import Projection, of_tenant
from engine.projections.stage_mail import StageMail
from engine.projections.traffic import merged, since
from engine.rules import days, ladder
from engine.rules.warmup.plans import DEFAULT_PLAN
from engine.values.clocks import Wait
from engine.values.evidence import Guards
from engine.values.hold import Hold
from engine.values.phase import Phase
from engine.values.plan import Plan
from engine.values.results import Standing
from engine.values.traffic import Counts

KEPT = timedelta(days=30)  # the window is seven days with mail, and not every day has any

_LEAVES = (WarmupFinished, IpStopped, RetirementBegan, IpQuarantined, IpWithdrawn)


class Warming(Struct, frozen=True, gc=False):
    ip: IpAddr = IpAddr("")
    tenant: TenantId = TenantId("")
    node: NodeId = NodeId("")
    day_tz: str = "UTC"
    stage: int = 0  # 0: it does not warm up
    paused: bool = False  # by results; a person ends it
    holds: tuple[Hold, ...] = ()
    review: bool = False  # its tenant is in review
    suspended: bool = False  # its tenant is
    by_person: bool = False  # a person pauses it, beside its phase
    resumed_on: date | None = None  # the last hold ended; the next stage begins later
    mail: StageMail = StageMail()
    standing: Standing = Standing()
    by_day: dict[date, dict[str, Counts]] = {}  # by the tenant's calendar, and by provider
    since: Position = Position(0)  # the event that brought stage and standing
    wait: Wait | None = None  # of the last raise that was due and had to
    plan: Plan = DEFAULT_PLAN
    limit: int | None = None  # messages a day that its tenant's quota leaves it

    @property
    def still(self) -> bool:
        """Beside its phase: it goes on when every reason is gone."""
        return self.suspended or self.by_person

    @property
    def clamped(self) -> bool:
        """Its stage was never told whole."""
        return ladder.clamped(self.stage, self.plan, self.limit)


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    event = recorded.event
    if isinstance(event, TrafficCounted):
        ips = {ip for of_hour in event.hours.values() for ip in of_hour if ip}
        return tuple(key for ip in sorted(ips) for key in of_tenant(recorded, ip))
    if isinstance(event, RolloutEnded):
        return tuple(key for ip in event.changed for key in of_tenant(recorded, ip))
    if isinstance(event, (ReviewBegan, ReviewEnded)):
        return tuple(key for ip in event.addresses for key in of_tenant(recorded, ip))
    return of_tenant(recorded, event.ip)


def evolve(view: Warming, recorded: Recorded[Event]) -> Warming:
    match recorded.event:
        case TrafficCounted() as event:
            return _counted(view, event, recorded)
        case RolloutEnded(changed=changed) if view.ip in changed:
            mail = stage_mail.node_told(view.mail, changed[view.ip], recorded.at)
            return replace(view, mail=mail)
        case ServerTold(wish=wish):
            return replace(view, mail=stage_mail.server_told(view.mail, wish, recorded.at))
        case IpRegistered() as made:
            return Warming(
                ip=made.ip,
                tenant=recorded.tenant or TenantId(""),
                node=made.node,
                day_tz=made.day_tz,
                since=recorded.position,
                suspended=made.suspended,
            )
        case IpRemoved():
            return Warming(tenant=view.tenant)
        case WarmupRequested(plan=plan):
            return _planned(view, plan)
        case RaiseWaits(wait=wait):
            return replace(view, wait=wait)
        case CapLimited(limit=limit):
            return _limited(view, limit, recorded)
        case ReviewBegan() | ReviewEnded() as event:
            today = days.day_of(recorded.at, view.day_tz)
            return replace(view, review=isinstance(event, ReviewBegan), resumed_on=today)
        case IpSuspended() | SuspensionEnded():
            held = replace(view, suspended=isinstance(recorded.event, IpSuspended))
            return _stands(held, recorded)
        case IpPaused() | PauseEnded():
            held = replace(view, by_person=isinstance(recorded.event, IpPaused))
            return _stands(held, recorded)
        case _:
            return _warmed(view, recorded)


def _limited(view: Warming, limit: int | None, recorded: Recorded[Event]) -> Warming:
    """The days of a stage are counted anew from the one on which its cap is told whole."""
    after = replace(view, limit=limit)
    return _begun(after, view.stage, recorded) if view.clamped and not after.clamped else after


def _stands(view: Warming, recorded: Recorded[Event]) -> Warming:
    """No day counts while anything holds it; a pause by results outlives that."""
    heard = stage_mail.paused if view.still else stage_mail.resumed
    mail = view.mail if view.paused else heard(view.mail, recorded.at)
    today = days.day_of(recorded.at, view.day_tz)
    return replace(view, mail=mail, resumed_on=today, since=recorded.position)


def _warmed(view: Warming, recorded: Recorded[Event]) -> Warming:
    view = replace(view, since=recorded.position, holds=ip_holds.after(view.holds, recorded))
    if isinstance(recorded.event, _LEAVES):
        return replace(view, stage=0, paused=False, standing=Standing(), by_day={})
    return _staged(view, recorded)


def _planned(view: Warming, plan: Plan | None) -> Warming:
    if plan is None:
        return view
    mail = replace(view.mail, days=plan.stage_days, rule=plan.day_rule)
    return replace(view, plan=plan, mail=mail)


def _staged(view: Warming, recorded: Recorded[Event]) -> Warming:
    today = days.day_of(recorded.at, view.day_tz)
    match recorded.event:
        case StageEntered(stage=stage, evidence=Guards(), plan=plan):
            anew = replace(_planned(view, plan), holds=(), standing=Standing(counts_from=today))
            return _begun(anew, stage, recorded)
        case RewarmBegan(stage=stage):
            anew = replace(view, standing=Standing(counts_from=today))
            return _begun(anew, stage, recorded)
        case StageEntered(stage=stage) | StageSkipped(stage=stage):
            return _begun(view, stage, recorded)
        case StopReleased(stage=stage, phase=Phase.WARMING):
            return replace(view, stage=stage, standing=Standing(counts_from=today))
        case WarmupSteppedBack(stage=stage, by="results"):
            stepped = Standing(held=True, stepped_at=recorded.at, counts_from=today)
            return replace(_begun(view, stage, recorded), standing=stepped)
        case WarmupSteppedBack(stage=stage):
            return _begun(view, stage, recorded)
        case WarmupHeld(by="results"):
            return replace(view, standing=replace(view.standing, held=True))
        case WarmupPaused():
            return replace(view, paused=True, mail=stage_mail.paused(view.mail, recorded.at))
        case WarmupResumed():
            return _resumed(view, recorded, today)
        case _:
            return view


def _begun(view: Warming, stage: int, recorded: Recorded[Event]) -> Warming:
    mail = stage_mail.begun(view.mail, recorded.at, view.day_tz)
    return replace(view, stage=stage, mail=mail)


def _resumed(view: Warming, recorded: Recorded[Event], today: date) -> Warming:
    """Of what went out before, a person has answered for."""
    standing = replace(view.standing, held=False)
    view = replace(view, resumed_on=today)
    if not isinstance(recorded.event, WarmupResumed) or recorded.event.by != "person":
        return replace(view, standing=standing)
    mail = stage_mail.resumed(view.mail, recorded.at)
    answered = replace(standing, counts_from=today)
    return replace(view, paused=False, mail=mail, standing=answered)


def _counted(view: Warming, event: TrafficCounted, recorded: Recorded[Event]) -> Warming:
    """Late rows count for the day of their time stamps."""
    if not view.stage:
        return view
    mail = stage_mail.counted(view.mail, event, view.ip, view.day_tz, recorded.at)
    by_day: dict[date, Mapping[str, Counts]] = dict(view.by_day)
    for hour, of_hour in event.hours.items():
        if view.ip in of_hour:
            day = days.day_of(hour, view.day_tz)
            by_day[day] = merged(by_day.get(day, {}), of_hour[view.ip])
    today = days.day_of(recorded.at, view.day_tz)
    kept = {day: dict(one) for day, one in since(by_day, today - KEPT).items()}
    return replace(view, by_day=kept, mail=mail)


RESULTS = Projection(
    name="results",
    folds=(
        *(IpRegistered, IpRemoved, WarmupRequested, StageEntered, *_LEAVES, StopReleased),
        *(TrafficCounted, RolloutEnded, ServerTold, ReviewBegan, ReviewEnded),
        *(WarmupHeld, WarmupPaused, WarmupResumed, WarmupSteppedBack, StageSkipped),
        *(RewarmBegan, CapLimited, RaiseWaits, IpSuspended, SuspensionEnded),
        *(IpPaused, PauseEnded),
    ),
    keys=keys,
    initial=Warming(),
    evolve=evolve,
    tenant=lambda view: view.tenant,
)
