"""For how long each address that may send has sent nothing."""

from datetime import date, datetime, timedelta
from statistics import median_low
from typing import Any, get_args

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.effect import EffectRefused
from engine.events.ip import (
    IpRegistered,
    LeverEvent,
    RetirementBegan,
    RetirementStepped,
    StageEntered,
    WarmupFinished,
    WarmupRequested,
)
from engine.events.ip_listing import StopReleased
from engine.events.ip_removal import IpRemoved
from engine.events.ip_warmup import (
    RewarmBegan,
    StageSkipped,
    WarmupSteppedBack,
)
from engine.events.traffic import TrafficCounted
from engine.ids import IpAddr, NodeId, Position, TenantId
from engine.projections.projection import Projection, of_tenant
from engine.rules import days
from engine.rules.warmup import start
from engine.rules.warmup.plans import DEFAULT_PLAN
from engine.values.evidence import Guards
from engine.values.phase import Phase
from engine.values.plan import Plan
from engine.values.traffic import Counts

DAYS = 7  # with mail: their median is what the address sustained
ASK_AGAIN = timedelta(hours=6)  # after a refusal: its node's accounting was not read so far

LEVERS = get_args(LeverEvent)


class Idling(Struct, frozen=True, gc=False):
    ip: IpAddr = IpAddr("")
    tenant: TenantId = TenantId("")
    node: NodeId = NodeId("")
    day_tz: str = "UTC"
    plan: Plan = DEFAULT_PLAN
    stage: int = 0  # beyond the plan: ACTIVE; 0: it may not send
    before: int = 0  # the stage at which its intake was closed
    begun: date | None = None  # it may send since
    sent: dict[date, int] = {}  # the last DAYS days on which something was delivered, by its number
    left: int = 100  # percent of what it sustained, as far as its idle days were dealt with
    since: Position = Position(0)
    again: datetime | None = None  # after a refusal

    @property
    def last(self) -> date | None:
        return max(self.sent, default=None)

    @property
    def volume(self) -> int:
        """Messages a day; 0: it never sent any."""
        return median_low(self.sent.values()) if self.sent else 0


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    event = recorded.event
    if isinstance(event, TrafficCounted):
        ips = {ip for of_hour in event.hours.values() for ip in of_hour if ip}
        return tuple(key for ip in sorted(ips) for key in of_tenant(recorded, ip))
    if isinstance(event, EffectRefused):
        return of_tenant(recorded, event.target.name) if event.target.kind == "ip" else ()
    return of_tenant(recorded, event.ip)


def evolve(view: Idling, recorded: Recorded[Event]) -> Idling:
    match recorded.event:
        case TrafficCounted() as counted:
            return _counted(view, counted)
        case EffectRefused():
            return replace(view, again=recorded.at + ASK_AGAIN)
        case IpRegistered() as made:
            tenant = recorded.tenant or TenantId("")
            return Idling(ip=made.ip, tenant=tenant, node=made.node, day_tz=made.day_tz)
        case IpRemoved():
            return Idling(tenant=view.tenant)
        case WarmupRequested(plan=plan):
            return replace(view, plan=plan or view.plan)
        case _:
            return _moved(replace(view, since=recorded.position, again=None), recorded)


def _moved(view: Idling, recorded: Recorded[Any]) -> Idling:
    """Whatever closes its intake ends its idling, and whatever opens it lets that begin anew."""
    after = _staged(view, recorded)
    if recorded.event.vmta.levers.intake == "closed":
        return replace(after, stage=0, before=after.stage or after.before)
    if not after.stage and after.before:
        return _begun(after, after.before, recorded)
    return after


def _staged(view: Idling, recorded: Recorded[Any]) -> Idling:
    match recorded.event:
        case StageEntered(stage=stage, plan=plan, evidence=Guards()):
            anew = replace(view, plan=plan or view.plan, sent={})
            return _begun(anew, stage, recorded)
        case StageEntered(stage=stage) | StageSkipped(stage=stage):
            return replace(view, stage=stage)
        case WarmupSteppedBack(stage=stage):
            return replace(view, stage=stage)
        case WarmupFinished():
            return replace(view, stage=view.plan.stages + 1)
        case RewarmBegan(stage=stage, idle_days=idle_days):
            return replace(view, stage=stage, left=start.idle(idle_days).percent)
        case StopReleased(phase=Phase.WARMING, stage=stage):
            return _begun(view, stage, recorded)
        case StopReleased():
            return _begun(view, view.plan.stages + 1, recorded)
        case RetirementBegan() | RetirementStepped():
            return replace(view, stage=0, before=0)
        case _:
            return view


def _begun(view: Idling, stage: int, recorded: Recorded[Event]) -> Idling:
    """The days on which it could not send are none on which it did not want to."""
    return replace(view, stage=stage, begun=days.day_of(recorded.at, view.day_tz), left=100)


def _counted(view: Idling, event: TrafficCounted) -> Idling:
    sent = dict(view.sent)
    for hour, of_hour in event.hours.items():
        if view.ip in of_hour:
            delivered = sum(of_hour[view.ip].values(), Counts()).delivered
            day = days.day_of(hour, view.day_tz)
            if delivered:
                sent[day] = sent.get(day, 0) + delivered
    kept = {day: sent[day] for day in sorted(sent)[-DAYS:]}
    after = replace(view, sent=kept)
    return after if after.last == view.last else replace(after, left=100)


IDLING = Projection(
    name="idling",
    folds=(WarmupRequested, TrafficCounted, EffectRefused, IpRemoved, *LEVERS),
    keys=keys,
    initial=Idling(),
    evolve=evolve,
    tenant=lambda view: view.tenant,
    version=2,
)
