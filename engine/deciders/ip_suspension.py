"""Decisions about an address whose tenant is suspended: a reason of its own to stand still, which
ends none of the others and is ended by none of them.
"""

from collections.abc import Sequence
from typing import assert_never

from engine.commands.ip import AdvanceStage, IpCommand, RetireIp
from engine.commands.ip_suspension import EndSuspension, IpSuspensionCommand, SuspendIp
from engine.deciders.ip_state import State, stopped, with_levers
from engine.errors import Rejected
from engine.events.ip import IpEvent
from engine.events.ip_suspension import IpSuspended, SuspensionEnded
from engine.rules import ladder, lifecycle
from engine.values.levers import STOPPED, Levers
from engine.values.phase import Phase


def decide(state: State, command: IpSuspensionCommand) -> Sequence[IpEvent]:
    ip, node, held = command.ip, state.node, state.beneath is not None
    match command:
        case SuspendIp(reason=reason):
            suspended = IpSuspended(ip=ip, node=node, vmta=stopped(state), reason=reason)
            return [] if held else [suspended]
        case EndSuspension():
            return [_ended(state, command)] if held else []
        case _:
            assert_never(command)


def bars(state: State, command: IpCommand) -> bool:
    """What is not done while it lasts.  Raises Rejected where a person asks for it: a retirement
    would have nothing to lower, and nothing would drain.
    """
    if isinstance(command, RetireIp):
        raise Rejected(
            f"{command.ip} sends nothing while its tenant is suspended, so nothing of it can fall"
            " in steps or drain; resume the tenant first, or remove the address"
        )
    return isinstance(command, AdvanceStage)


def _ended(state: State, command: EndSuspension) -> SuspensionEnded:
    return SuspensionEnded(
        ip=command.ip,
        node=state.node,
        vmta=with_levers(state, _levers(state)),
        phase=state.place.phase if state.place else Phase.STANDBY,
        stage=state.stage if state.place == lifecycle.WARMING else 0,
    )


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
