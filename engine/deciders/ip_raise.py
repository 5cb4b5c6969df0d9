"""A raise waits for the last of three midnights, and for an hour after its clock was stepped."""

from collections.abc import Sequence
from datetime import datetime

from engine.commands.ip import AdvanceStage, StartWarmup
from engine.commands.ip_cap import LimitCap
from engine.deciders.ip_state import State
from engine.events.ip import StageEntered, WarmupFinished
from engine.events.ip_cap import CapLimited, RaiseWaits
from engine.rules import days, midnights
from engine.values.clocks import Wait

Moves = StageEntered | WarmupFinished | CapLimited


def in_time(
    state: State,
    command: AdvanceStage | StartWarmup | LimitCap,
    now: datetime,
    decided: Sequence[Moves],
) -> Sequence[Moves | RaiseWaits]:
    """What was decided, unless it raises and has to wait.  A lowering goes at once."""
    raises = any(one.vmta.levers.cap > state.vmta.levers.cap for one in decided)
    wait = _wait(state, command, now) if raises else None
    if wait is None:
        return decided
    return [] if wait == state.wait else [RaiseWaits(ip=command.ip, wait=wait)]


def _wait(
    state: State, command: AdvanceStage | StartWarmup | LimitCap, now: datetime
) -> Wait | None:
    """What starts has sent nothing on anybody's day, so it needs no midnight."""
    clocks, today = command.clocks, days.day_of(now, state.day_tz)
    zones = {} if isinstance(command, StartWarmup) else clocks.zones
    begun = midnights.begun(today, state.day_tz, zones.values())
    calm_at = clocks.calm_at or now
    until = max(begun, calm_at)
    if until <= now:
        return None
    waited = midnights.waited_for(today, state.day_tz, zones, now)
    return Wait(until=until, zones=waited, stepped=calm_at > now)
