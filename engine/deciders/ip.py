"""Decisions about one sending address.  Which transitions there are: ``rules/lifecycle.py``."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from engine.commands.ip import (
    AdvanceStage,
    IpCommand,
    RecordRemedy,
    RegisterIp,
    RequestWarmup,
    StartWarmup,
    StopIp,
)
from engine.commands.ip_cap import LimitCap
from engine.commands.ip_limiter import EndLimiter, PauseByLimiter
from engine.commands.ip_listing import IpListingCommand
from engine.commands.ip_pause import IpPauseCommand
from engine.commands.ip_removal import IpRemovalCommand
from engine.commands.ip_suspension import IpSuspensionCommand
from engine.commands.ip_warmup import IpWarmupCommand
from engine.deciders import (
    ip_cap,
    ip_ending,
    ip_limiter,
    ip_listing,
    ip_pause,
    ip_raise,
    ip_removal,
    ip_warmup,
)
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
from engine.events.ip_removal import IpRemoved
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
    if _barred(state, command):
        return []
    match command:
        case RequestWarmup():
            return _request(state, command)
        case StartWarmup() | AdvanceStage() | LimitCap():
            return ip_raise.in_time(state, command, now, _levers(state, command, now))
        case StopIp():
            return _stop(state, command, now)
        case RecordRemedy(ip=ip, cause=cause, remedy=remedy):
            known = (cause, remedy) == state.remedy
            return [] if known else [RemedyRecorded(ip=ip, cause=cause, remedy=remedy)]
        case _ if isinstance(command, ip_ending.Command):
            return ip_ending.decide(state, command, now)
        case PauseByLimiter() | EndLimiter():
            return ip_limiter.decide(state, command)
        case _ if isinstance(command, IpRemovalCommand | IpSuspensionCommand | IpPauseCommand):
            return _held_or_gone(state, command)
        case _:
            return _beside(state, command, now)


def _levers(
    state: State, command: StartWarmup | AdvanceStage | LimitCap, now: datetime
) -> Sequence[ip_raise.Moves]:
    match command:
        case StartWarmup():
            return _start(state, command, now)
        case AdvanceStage():
            return _advance(state, command)
        case LimitCap():
            return ip_cap.decide(state, command)


def _barred(state: State, command: IpCommand) -> bool:
    """Raises Rejected where a person asks for it."""
    if state.removal and ip_removal.bars(state, command):
        return True
    return bool(state.paused_by) and ip_pause.bars(state, command)


def _beside(
    state: State, command: IpWarmupCommand | IpListingCommand, now: datetime
) -> Sequence[IpEvent]:
    if isinstance(command, IpWarmupCommand):
        return ip_warmup.decide(state, command, now)
    return ip_listing.decide(state, command, now)


def _held_or_gone(state: State, command: IpRemovalCommand | ip_pause.Command) -> Sequence[IpEvent]:
    if isinstance(command, IpRemovalCommand):
        return ip_removal.decide(state, command)
    return ip_pause.decide(state, command)


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
            listings=state.listings,
            suspended=command.suspended,
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
    return [] if asked else [WarmupRequested(ip=ip, plan=command.plan, why=command.why)]


def _way_back(place: lifecycle.Place | None) -> str:
    if place == lifecycle.QUARANTINED:
        return "release it first"
    if place == lifecycle.RETIRING:
        return "it drains, rests 30 days and is watched for 7 before it can warm up again"
    return "it warms up again after its 30 days of rest and 7 clean days"


def _start(state: State, command: StartWarmup, now: datetime) -> Sequence[StageEntered]:
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
    before = _before(state, command)
    stage = 1 if before is None else _returns_at(state, command, before, now)
    levers = limited(state, ladder.levers(stage, plan))
    return [
        StageEntered(
            ip=ip,
            node=state.node,
            stage=stage,
            vmta=Vmta(state.vmta.purpose, guards.hostname, levers),
            evidence=replace(guards, sustained=before),
            plan=None if plan == DEFAULT_PLAN else plan,
        )
    ]


def _before(state: State, command: StartWarmup) -> int | None:
    """Messages a day that it sustained; None: receivers know nothing of it.  What stood by for a
    week or two, after a quarantine, is not forgotten by them.
    """
    watched = state.place == lifecycle.MONITORED and command.sent_until is not None
    if command.told is None or not (watched or state.place == lifecycle.LISTED):
        return None
    return start.sustained(command.told.output, state.plan, command.delivered)


def _returns_at(state: State, command: StartWarmup, before: int, now: datetime) -> int:
    """A listed one has sent nothing since its last listing."""
    listed_at = state.listings[-1] if state.listings else now
    idle_since = listed_at if state.place == lifecycle.LISTED else command.sent_until or now
    return start.after_listing(before, state.plan, (now - idle_since).days)


def _advance(state: State, command: AdvanceStage) -> Sequence[StageEntered | WarmupFinished]:
    ip, stage, days = command.ip, command.stage, command.days
    if state.place != lifecycle.WARMING or stage != state.stage + 1 or state.held_by:
        return []
    if ladder.clamped(state.stage, state.plan, state.limit):
        return []
    if stage > state.plan.stages:
        vmta = with_levers(state, ladder.active(state.plan))
        return [WarmupFinished(ip=ip, node=state.node, vmta=vmta, evidence=days)]
    vmta = with_levers(state, ladder.levers(stage, state.plan))
    return [StageEntered(ip=ip, node=state.node, stage=stage, vmta=vmta, evidence=days)]


def _stop(state: State, command: StopIp, now: datetime) -> Sequence[IpEvent]:
    """A RETIRING address stays RETIRING, stopped likewise; once stopped, it stays so."""
    place = state.place
    levers = state.beneath or state.vmta.levers
    retiring = place == lifecycle.RETIRING and levers != STOPPED
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
    """The last registration's tenant; an address that nobody registered, or that was removed
    since, is open to whoever asks.
    """
    marks = [one for one in history if isinstance(one.event, IpRegistered | IpRemoved)]
    return marks[-1].tenant if marks and isinstance(marks[-1].event, IpRegistered) else asker


DECIDER: Decider[IpCommand, IpEvent, State] = Decider(
    category=IP,
    key=lambda command: command.ip,
    owner=owner,
    initial=INITIAL,
    evolve=evolve,
    decide=decide,
    lifts=ip_cap.lifts,
)
