"""Decisions about the end of an address (DESIGN §4): first intake closes and the queue drains, then
its VMTA leaves the node, and only then is it gone.  PowerMTA bounces the mail of a VMTA that is not
there any more, so nobody but an admin cuts this short.
"""

from collections.abc import Sequence
from typing import assert_never

from msgspec.structs import replace

from engine.commands.ip import BeginMonitoring, IpCommand, RequestWarmup, StartWarmup
from engine.commands.ip_listing import ReleaseStop
from engine.commands.ip_removal import FinishRemoval, IpRemovalCommand, RemoveIp, WithdrawIp
from engine.commands.ip_warmup import ResumeWarmup, SkipStage
from engine.deciders.ip_state import State, stopped, with_levers
from engine.errors import Rejected
from engine.events.ip import IpEvent, RetirementBegan
from engine.events.ip_removal import IpRemoved, IpWithdrawn, RemovalAsked
from engine.values.levers import Levers


def decide(state: State, command: IpRemovalCommand) -> Sequence[IpEvent]:
    match command:
        case RemoveIp(force=True):
            return _force(state, command)
        case RemoveIp():
            return _ask(state, command)
        case WithdrawIp(ip=ip):
            vmta = stopped(state)
            asked = state.removal == "asked"
            return [IpWithdrawn(ip=ip, node=state.node, vmta=vmta)] if asked else []
        case FinishRemoval():
            gone = replace(_gone(state, command), left=0)
            return [gone] if state.removal == "withdrawn" else []
        case _:
            assert_never(command)


def bars(state: State, command: IpCommand) -> bool:
    """What is not done any more, although it would be otherwise.  Raises Rejected where a person
    asks for it.
    """
    if isinstance(command, RequestWarmup | ReleaseStop | ResumeWarmup | SkipStage):
        raise Rejected(f"{command.ip} is being removed, and sends nothing new")
    if isinstance(command, StartWarmup | BeginMonitoring):
        return True
    return state.removal == "withdrawn" and not isinstance(command, IpRemovalCommand)


def _ask(state: State, command: RemoveIp) -> Sequence[IpEvent]:
    """One whose intake is open retires at once, for draining needs its output."""
    if state.removal:
        return []
    ip, levers = command.ip, state.vmta.levers
    asked = RemovalAsked(ip=ip, reason=command.reason)
    if levers.intake == "closed":
        return [asked]
    vmta = with_levers(state, Levers("closed", levers.output))
    return [RetirementBegan(ip=ip, node=state.node, vmta=vmta, how="at_once"), asked]


def _force(state: State, command: RemoveIp) -> Sequence[IpEvent]:
    ip, node = command.ip, state.node
    withdrawn = IpWithdrawn(ip=ip, node=node, vmta=stopped(state))
    gone = _gone(state, command)
    removed = replace(gone, forced=True, left=command.left, reason=command.reason)
    return [removed] if state.removal == "withdrawn" else [withdrawn, removed]


def _gone(state: State, command: RemoveIp | FinishRemoval) -> IpRemoved:
    return IpRemoved(
        ip=command.ip,
        node=state.node,
        listings=state.listings,
        domains=command.domains,
        zones=state.stopped_by,
    )
