"""Decisions about an address that stands still because its tenant is suspended, or because a person
paused it: reasons beside its phase, of which each ends only its own.
"""

from collections.abc import Sequence
from typing import assert_never

from engine.commands.ip import AdvanceStage, IpCommand, RetireIp, StartWarmup
from engine.commands.ip_listing import ReleaseStop
from engine.commands.ip_pause import IpPauseCommand, PauseIp, ResumeIp
from engine.commands.ip_suspension import EndSuspension, IpSuspensionCommand, SuspendIp
from engine.commands.ip_warmup import ResumeWarmup, SkipStage
from engine.deciders.ip_state import PausedBy, State, stopped, with_levers
from engine.errors import Rejected
from engine.events.ip import IpEvent
from engine.events.ip_pause import IpPaused, PauseEnded
from engine.events.ip_suspension import IpSuspended, SuspensionEnded
from engine.rules import ladder, lifecycle
from engine.values.levers import STOPPED, Levers
from engine.values.phase import Phase
from engine.values.vmta import Vmta

Command = IpSuspensionCommand | IpPauseCommand


def decide(state: State, command: Command) -> Sequence[IpEvent]:
    match command:
        case SuspendIp(ip=ip, reason=reason):
            suspended = IpSuspended(ip=ip, node=state.node, vmta=stopped(state), reason=reason)
            return [] if "tenant" in state.paused_by else [suspended]
        case EndSuspension():
            return [_unsuspended(state, command)] if "tenant" in state.paused_by else []
        case PauseIp(ip=ip, reason=reason):
            paused = IpPaused(ip=ip, node=state.node, vmta=stopped(state), reason=reason)
            return [] if "person" in state.paused_by else [paused]
        case ResumeIp():
            return [_resumed(state, command)]
        case _:
            assert_never(command)


def bars(state: State, command: IpCommand) -> bool:
    """What is not done while it lasts.  Raises Rejected where a person asks for it: a retirement
    would have nothing to lower, nothing would drain, and what ends another stop would open output.
    """
    if isinstance(command, RetireIp):
        raise Rejected(
            f"{command.ip} sends nothing while {_who(state)}, so nothing of it can fall"
            f" in steps or drain; {_first(state, command)}, or remove the address"
        )
    if isinstance(command, ResumeWarmup | SkipStage | ReleaseStop):
        raise Rejected(
            f"{command.ip} sends nothing while {_who(state)}, and this would let it send;"
            f" {_first(state, command)}"
        )
    return isinstance(command, AdvanceStage | StartWarmup)


def _who(state: State) -> str:
    return "its tenant is suspended" if "tenant" in state.paused_by else "a person pauses it"


def _first(state: State, command: IpCommand) -> str:
    if "tenant" in state.paused_by:
        return "resume the tenant first"
    return f"resume the address first (POST /api/v2/ips/{command.ip}/resume)"


def _unsuspended(state: State, command: EndSuspension) -> SuspensionEnded:
    return SuspensionEnded(
        ip=command.ip,
        node=state.node,
        vmta=_without(state, "tenant"),
        phase=_phase(state),
        stage=_stage(state),
    )


def _resumed(state: State, command: ResumeIp) -> PauseEnded:
    if "person" not in state.paused_by:
        raise Rejected(f"{command.ip} is not paused by a person; {_else(state, command)}")
    return PauseEnded(
        ip=command.ip,
        node=state.node,
        vmta=_without(state, "person"),
        phase=_phase(state),
        stage=_stage(state),
        reason=command.reason,
    )


def _else(state: State, command: ResumeIp) -> str:
    """What it may be that somebody means to end."""
    if "tenant" in state.paused_by:
        return "its tenant is suspended, which an admin ends"
    if state.held_by and state.place == lifecycle.WARMING:
        return f"its warm-up is held, which POST /api/v2/ips/{command.ip}/warmup/resume ends"
    return f"GET /api/v2/ips/{command.ip}/explain says what stops it, if anything does"


def _phase(state: State) -> Phase:
    return state.place.phase if state.place else Phase.STANDBY


def _stage(state: State) -> int:
    return state.stage if state.place == lifecycle.WARMING else 0


def _without(state: State, one: PausedBy) -> Vmta:
    others = state.paused_by - {one}
    return stopped(state) if others else with_levers(state, _levers(state))


def _levers(state: State) -> Levers:
    """By where it is now: it may have been stepped back, stopped, or asked to go meanwhile."""
    beneath = state.beneath or STOPPED
    if beneath == STOPPED:
        return STOPPED
    if state.place == lifecycle.WARMING:
        full = ladder.levers(state.stage, state.plan)
    elif state.place == lifecycle.ACTIVE:
        full = ladder.active(state.plan)
    elif state.place == lifecycle.RETIRING:
        full = beneath
    else:
        return STOPPED
    return Levers("closed", full.output) if state.removal else full
