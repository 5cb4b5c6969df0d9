"""Decisions about one sending address.  Which transitions there are: ``rules/lifecycle.py``."""

from collections.abc import Sequence
from datetime import datetime

from engine.commands.ip import (
    AdvanceStage,
    BeginMonitoring,
    IpCommand,
    QuarantineIp,
    RecordRemedy,
    RegisterIp,
    ReleaseIp,
    RequestWarmup,
    RestIp,
    RetireIp,
    StartWarmup,
    StepRetirement,
    StopIp,
)
from engine.commands.ip_cap import LimitCap
from engine.commands.ip_warmup import IpWarmupCommand
from engine.deciders import ip_cap, ip_ending, ip_listing, ip_warmup
from engine.deciders.decider import Decider
from engine.deciders.ip_state import INITIAL, State, evolve, limited, stopped, with_levers
from engine.errors import Rejected
from engine.events import Recorded
from engine.events.ip import (
    IP,
    IpEvent,
    IpRegistered,
    IpStopped,
    RemedyRecorded,
    StageEntered,
    WarmupFinished,
    WarmupRequested,
)
from engine.ids import TenantId
from engine.rules import ladder, lifecycle, timing
from engine.rules.warmup import start
from engine.rules.warmup.plans import DEFAULT_PLAN
from engine.values.levers import STOPPED
from engine.values.vmta import Vmta


def decide(state: State, command: IpCommand, now: datetime) -> Sequence[IpEvent]:
    if isinstance(command, RegisterIp):
        return _register(state, command)
    if state.place is None:
        raise Rejected(command.stranger, code=command.stranger_code)
    match command:
        case RequestWarmup():
            return _request(state, command)
        case StartWarmup():
            return _start(state, command, now)
        case AdvanceStage():
            return _advance(state, command)
        case StopIp():
            return _stop(state, command, now)
        case RecordRemedy(ip=ip, cause=cause, remedy=remedy):
            known = (cause, remedy) == state.remedy
            return [] if known else [RemedyRecorded(ip=ip, cause=cause, remedy=remedy)]
        case RetireIp() | StepRetirement() | RestIp() | BeginMonitoring():
            return ip_ending.decide(state, command, now)
        case QuarantineIp() | ReleaseIp():
            return ip_ending.decide(state, command, now)
        case LimitCap():
            return ip_cap.decide(state, command)
        case _ if isinstance(command, IpWarmupCommand):
            return ip_warmup.decide(state, command, now)
        case _:
            return ip_listing.decide(state, command, now)


def _register(state: State, command: RegisterIp) -> Sequence[IpEvent]:
    if state.place is not None:
        raise Rejected(RegisterIp.stranger, code=RegisterIp.stranger_code)
    return [
        IpRegistered(
            ip=command.ip,
            node=command.node,
            vmta=Vmta(command.purpose, command.hostname, STOPPED),
            warmup=command.warmup,
            day_tz=command.day_tz,
            instance=command.instance,
            domains=command.domains,
            zone_actions=command.zone_actions,
        )
    ]


def _request(state: State, command: RequestWarmup) -> Sequence[IpEvent]:
    ip, place = command.ip, state.place
    known = command.plan in (None, state.plan)
    if place in (lifecycle.WARMING, lifecycle.ACTIVE):
        if known:
            return []
        raise Rejected(
            f"{ip} is {place} on the ladder {state.plan.name!r}, and a plan is frozen once a"
            " warm-up has started; another one can be given when it starts the next time"
        )
    if place not in (lifecycle.NEW, lifecycle.LISTED, lifecycle.MONITORED):
        raise Rejected(f"{ip} is {place}; {_way_back(place)}")
    asked = state.requested and known
    return [] if asked else [WarmupRequested(ip=ip, plan=command.plan)]


def _way_back(place: lifecycle.Place | None) -> str:
    if place == lifecycle.QUARANTINED:
        return "release it first"
    if place == lifecycle.RETIRING:
        return "it drains, rests 30 days and is watched for 7 before it can warm up again"
    return "it warms up again after its 30 days of rest and 7 clean days"


def _start(state: State, command: StartWarmup, now: datetime) -> Sequence[IpEvent]:
    ip, place = command.ip, state.place
    if place is None or not lifecycle.allowed(place, lifecycle.WARMING) or not state.requested:
        return []
    if place == lifecycle.WARMING:
        return []
    again = place == lifecycle.LISTED
    repeated = state.listings_since(now - timing.LISTINGS_WINDOW) >= timing.REMEDY_FROM
    if again and repeated and state.remedy is None:
        raise Rejected(f"{ip} was listed repeatedly; a person records cause and remedy first")
    plan, guards = state.plan, command.guards
    stage = _returns_at(state, command, now) if again else 1
    levers = limited(state, ladder.levers(stage, plan))
    return [
        StageEntered(
            ip=ip,
            node=state.node,
            stage=stage,
            vmta=Vmta(state.vmta.purpose, guards.hostname, levers),
            evidence=guards,
            plan=None if plan == DEFAULT_PLAN else plan,
        )
    ]


def _returns_at(state: State, command: StartWarmup, now: datetime) -> int:
    """It has sent nothing since its last listing."""
    told = command.told.output if command.told else None
    idle = (now - state.listings[-1]).days if state.listings else 0
    return start.after_listing(told, state.plan, idle)


def _advance(state: State, command: AdvanceStage) -> Sequence[IpEvent]:
    ip, stage, days = command.ip, command.stage, command.days
    if state.place != lifecycle.WARMING or stage != state.stage + 1 or state.held_by:
        return []
    if stage > state.plan.stages:
        vmta = with_levers(state, ladder.active(state.plan))
        return [WarmupFinished(ip=ip, node=state.node, vmta=vmta, evidence=days)]
    vmta = with_levers(state, ladder.levers(stage, state.plan))
    return [StageEntered(ip=ip, node=state.node, stage=stage, vmta=vmta, evidence=days)]


def _stop(state: State, command: StopIp, now: datetime) -> Sequence[IpEvent]:
    """A RETIRING address stays RETIRING, stopped likewise; once stopped, it stays so."""
    place = state.place
    retiring = place == lifecycle.RETIRING and state.vmta.levers != STOPPED
    if not retiring and (place is None or not lifecycle.allowed(place, lifecycle.LISTED)):
        return []
    sends = place in (lifecycle.WARMING, lifecycle.ACTIVE)
    earlier = state.listings_since(now - timing.LISTINGS_WINDOW)
    return [
        IpStopped(
            ip=command.ip,
            node=state.node,
            vmta=stopped(state),
            zones=command.zones,
            looked=command.looked,
            at=now,
            earlier=earlier,
            retires=command.retires and sends,
            said=command.said,
            jobs=command.jobs,
        )
    ]


def owner(
    command: IpCommand, history: Sequence[Recorded[IpEvent]], asker: TenantId | None
) -> TenantId | None:
    """The last registration's tenant; an address nobody registered is open to whoever asks."""
    tenants = [one.tenant for one in history if isinstance(one.event, IpRegistered)]
    return tenants[-1] if tenants else asker


DECIDER: Decider[IpCommand, IpEvent, State] = Decider(
    category=IP,
    key=lambda command: command.ip,
    owner=owner,
    initial=INITIAL,
    evolve=evolve,
    decide=decide,
)
