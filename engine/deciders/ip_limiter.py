"""Decisions of the second limiter: a pause of its own beside the levers of the address."""

from collections.abc import Sequence
from typing import assert_never

from engine.commands.ip_limiter import EndLimiter, IpLimiterCommand, PauseByLimiter
from engine.deciders.ip_state import State
from engine.events.ip_limiter import IpLimiterEvent, LimiterEnded, LimiterPaused
from engine.values.levers import Paused


def decide(state: State, command: IpLimiterCommand) -> Sequence[IpLimiterEvent]:
    """What sends nothing is not limited."""
    match command:
        case PauseByLimiter(ip=ip, attempts=attempts, cap=cap, until=until):
            if state.limiter is not None or state.vmta.levers.output == Paused():
                return []
            return [LimiterPaused(ip=ip, node=state.node, attempts=attempts, cap=cap, until=until)]
        case EndLimiter(ip=ip):
            ended = LimiterEnded(ip=ip, node=state.node)
            return [ended] if state.limiter is not None else []
        case _:
            assert_never(command)
