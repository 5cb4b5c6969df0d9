"""Decisions about the part of its tenant's quota that an address gets."""

from collections.abc import Sequence

from msgspec.structs import replace

from engine.commands.ip_cap import LimitCap
from engine.deciders.ip_state import State, with_levers
from engine.events.ip import IpEvent
from engine.events.ip_cap import CapLimited
from engine.rules import ladder, lifecycle
from engine.values.levers import STOPPED, Levers


def decide(state: State, command: LimitCap) -> Sequence[CapLimited]:
    """What sends nothing has no cap to limit."""
    vmta = with_levers(replace(state, limit=command.limit), _full(state))
    if vmta == state.vmta:
        return []
    return [
        CapLimited(
            ip=command.ip,
            node=state.node,
            vmta=vmta,
            limit=command.limit,
            quota=command.quota,
            wanted=command.wanted,
        )
    ]


def lifts(state: State, events: Sequence[IpEvent]) -> bool:
    """A part of the quota that is given back; the same command takes it away."""
    return any(
        isinstance(one, CapLimited) and one.vmta.levers.cap > state.vmta.levers.cap
        for one in events
    )


def _full(state: State) -> Levers:
    """What its ladder says; what retires gets no more than it has."""
    if state.vmta.levers == STOPPED:
        return STOPPED
    if state.place == lifecycle.WARMING:
        return ladder.levers(state.stage, state.plan)
    if state.place == lifecycle.ACTIVE:
        return ladder.active(state.plan)
    return state.vmta.levers
