"""Decisions about the ways out of sending: retirement, rest, quarantine, and back to standby."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from engine.commands.ip import (
    BeginMonitoring,
    QuarantineIp,
    ReleaseIp,
    RestIp,
    RetireIp,
    StepRetirement,
)
from engine.deciders.ip_state import State, stopped, with_levers
from engine.errors import Rejected
from engine.events.ip import (
    IpEvent,
    IpQuarantined,
    IpRested,
    MonitoringBegan,
    RetirementBegan,
    RetirementStepped,
)
from engine.rules import lifecycle, timing
from engine.values.levers import STOPPED, Levers, PerDay

Command = RetireIp | StepRetirement | RestIp | BeginMonitoring | QuarantineIp | ReleaseIp


def decide(state: State, command: Command, now: datetime) -> Sequence[IpEvent]:
    match command:
        case RetireIp():
            return _retire(state, command)
        case StepRetirement():
            return _step(state, command)
        case RestIp(ip=ip, why=why, left=left):
            vmta = stopped(state)
            return _rest(state, IpRested(ip=ip, node=state.node, vmta=vmta, why=why, left=left))
        case BeginMonitoring(ip=ip):
            vmta = stopped(state)
            began = MonitoringBegan(ip=ip, node=state.node, vmta=vmta, why="rested")
            return [began] if state.place == lifecycle.RESTING else []
        case QuarantineIp():
            return _quarantine(state, command)
        case ReleaseIp():
            return _release(state, command)
        case _:
            assert_never(command)


def _retire(state: State, command: RetireIp) -> Sequence[IpEvent]:
    """``steps``: output falls day by day before intake closes; ``at_once``: intake closes now,
    and output stays as it is, for draining needs it.
    """
    ip, how, levers = command.ip, command.how, state.vmta.levers
    if state.place == lifecycle.RETIRING:
        sooner = how == "at_once" and levers.intake == "open"
        return [_began(state, command, Levers("closed", levers.output))] if sooner else []
    if state.place is None or not lifecycle.allowed(state.place, lifecycle.RETIRING):
        raise Rejected(f"{ip} is {state.place}; only a WARMING or ACTIVE address can be retired")
    intake = levers if how == "steps" else Levers("closed", levers.output)
    return [_began(state, command, intake)]


def _began(state: State, command: RetireIp, levers: Levers) -> RetirementBegan:
    vmta = with_levers(state, levers)
    return RetirementBegan(
        ip=command.ip, node=state.node, vmta=vmta, how=command.how, why=command.why
    )


def _step(state: State, command: StepRetirement) -> Sequence[IpEvent]:
    """The n-th of N steps leaves (N - n) / N of the output; the last one closes intake and
    leaves the output of the step before, so that what waits can drain.
    """
    levers, step = state.vmta.levers, command.step
    due = state.place == lifecycle.RETIRING and state.how == "steps"
    if not due or step != state.step + 1 or levers == STOPPED or levers.intake == "closed":
        return []
    if step >= timing.RETIRE_STEPS:
        left = Levers("closed", levers.output)
    else:
        left = Levers("open", _share(state.full, timing.RETIRE_STEPS - step))
    vmta = with_levers(state, left)
    return [RetirementStepped(ip=command.ip, node=state.node, vmta=vmta, step=step)]


def _share(full: Levers, steps_left: int) -> PerDay:
    """Never 0: to MailWizz and PowerMTA that is no stop but no limit."""
    cap = full.cap
    return PerDay(max(1, cap * steps_left // timing.RETIRE_STEPS))


def _rest(state: State, rested: IpRested) -> Sequence[IpEvent]:
    drained = state.place == lifecycle.RETIRING and state.vmta.levers.intake == "closed"
    given_up = state.place == lifecycle.LISTED and rested.why not in ("limit", "drained")
    return [rested] if drained or given_up else []


def _quarantine(state: State, command: QuarantineIp) -> Sequence[IpEvent]:
    ip, place = command.ip, state.place
    if place == lifecycle.QUARANTINED:
        return []
    if place is None or not lifecycle.allowed(place, lifecycle.QUARANTINED):
        raise Rejected(f"{ip} is {place}; it sends nothing new, and cannot be quarantined")
    vmta = stopped(state)
    return [IpQuarantined(ip=ip, node=state.node, vmta=vmta, reason=command.reason)]


def _release(state: State, command: ReleaseIp) -> Sequence[IpEvent]:
    ip = command.ip
    if state.place != lifecycle.QUARANTINED:
        raise Rejected(f"{ip} is {state.place}; only a quarantined address can be released")
    vmta, reason = stopped(state), command.reason
    return [MonitoringBegan(ip=ip, node=state.node, vmta=vmta, why="released", reason=reason)]
