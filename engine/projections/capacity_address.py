"""One address, as far as it can carry mail for its tenant."""

from datetime import date
from typing import Any, get_args

from msgspec.structs import replace

from engine.events.ip import (
    IpQuarantined,
    IpRegistered,
    IpRested,
    IpStopped,
    LeverEvent,
    MonitoringBegan,
    RetirementBegan,
    RetirementStepped,
    StageEntered,
    WarmupFinished,
    WarmupRequested,
)
from engine.events.ip_listing import StopReleased
from engine.events.ip_pause import IpPaused, PauseEnded
from engine.events.ip_warmup import (
    RewarmBegan,
    StageSkipped,
    WarmupHeld,
    WarmupPaused,
    WarmupResumed,
    WarmupSteppedBack,
)
from engine.rules.capacity.supply import Address
from engine.values.phase import Phase, Reason

LEVERS = get_args(LeverEvent)


def registered(made: IpRegistered, today: date) -> Address:
    auto = made.warmup == "auto"
    return Address(purpose=made.vmta.purpose, since=today, auto=auto, asked=auto)


def after(one: Address, event: Any, today: date) -> Address:
    """``today``: by its tenant's calendar."""
    if isinstance(event, (StageEntered, WarmupHeld, WarmupPaused, WarmupResumed, *_STEPS)):
        moved = _warmed(one, event, today)
    else:
        moved = _lived(one, event, today)
    if not isinstance(event, LEVERS):
        return moved
    levers = event.vmta.levers
    return replace(moved, purpose=event.vmta.purpose, cap=levers.cap, open=levers.intake == "open")


_STEPS = (RewarmBegan, StageSkipped, WarmupSteppedBack)


def _warmed(one: Address, event: Any, today: date) -> Address:
    match event:
        case StageEntered(stage=stage, plan=plan):
            held = one.held and one.phase is Phase.WARMING
            return replace(_warms(one, stage, today), plan=plan or one.plan, held=held)
        case WarmupSteppedBack(stage=stage, by=by):
            held = one.held or by == "results"
            return replace(_warms(one, stage, today), held=held)
        case StageSkipped(stage=stage) | RewarmBegan(stage=stage):
            return replace(_warms(one, stage, today), held=one.held)
        case _:
            return replace(one, held=not isinstance(event, WarmupResumed))


def _lived(one: Address, event: Any, today: date) -> Address:
    match event:
        case WarmupRequested(plan=plan):
            return replace(one, asked=True, plan=plan or one.plan)
        case StopReleased(stage=stage, phase=Phase.WARMING, plan=plan):
            return _warms(replace(one, plan=plan or one.plan), stage, today)
        case WarmupFinished():
            return _is(one, Phase.ACTIVE, today)
        case StopReleased(plan=plan):
            return _is(replace(one, plan=plan or one.plan), Phase.ACTIVE, today)
        case RetirementBegan():
            return replace(_is(one, Phase.RETIRING, today), step=0)
        case RetirementStepped(step=step):
            return replace(one, step=step)
        case IpRested():
            return _is(one, Phase.RESTING, today)
        case IpStopped(retires=retires):
            goes = retires or one.phase is Phase.RETIRING
            return _is(one, Phase.RETIRING, today) if goes else _stands(one, "listed", today)
        case MonitoringBegan():
            return _stands(one, "monitoring", today)
        case IpQuarantined():
            return _stands(one, "quarantined", today)
        case IpPaused() | PauseEnded():
            return replace(one, paused=isinstance(event, IpPaused))
        case _:
            return one


def _warms(one: Address, stage: int, today: date) -> Address:
    return replace(_is(one, Phase.WARMING, today), stage=stage)


def _is(one: Address, phase: Phase, today: date) -> Address:
    return replace(one, phase=phase, reason=None, since=today, stage=0, asked=False, held=False)


def _stands(one: Address, reason: Reason, today: date) -> Address:
    return replace(_is(one, Phase.STANDBY, today), reason=reason, asked=one.auto)
