"""A raise waits for the last of three midnights, and for an hour after its clock was stepped.

A stage that is entered after the engine was off for long waits for the looks that are due: what was
listed meanwhile is stopped by them, and follows no ladder.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from msgspec.structs import replace

from engine.commands.ip import AdvanceStage, StartWarmup
from engine.commands.ip_cap import LimitCap
from engine.deciders.ip_state import State
from engine.events.ip import StageEntered, WarmupFinished
from engine.events.ip_cap import CapLimited, RaiseWaits
from engine.rules import days, looking, midnights
from engine.values.clocks import Clocks, Wait

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
    match command:
        case StartWarmup(clocks=clocks):
            return begins(state, replace(clocks, zones={}), now)
        case AdvanceStage(clocks=clocks, listed_at=listed_at):
            return begins(state, clocks, now, _looks_by(state, listed_at, now))
        case LimitCap(clocks=clocks):
            return begins(state, clocks, now)
        case _:
            assert_never(command)


def begins(
    state: State, clocks: Clocks, now: datetime, looks_by: datetime | None = None
) -> Wait | None:
    """When a cap may rise; None: now."""
    today = days.day_of(now, state.day_tz)
    begun = midnights.begun(today, state.day_tz, clocks.zones.values())
    calm_at, looks_by = clocks.calm_at or now, looks_by or now
    until = max(begun, calm_at, looks_by)
    if until <= now:
        return None
    waited = midnights.waited_for(today, state.day_tz, clocks.zones, now)
    return Wait(until=until, zones=waited, stepped=calm_at > now, unlooked=looks_by > now)


def _looks_by(state: State, listed_at: datetime | None, now: datetime) -> datetime:
    """They are waited for once: a fleet may have so few questions that no look comes soon."""
    if listed_at is None or now - listed_at <= looking.FRESH:
        return now
    before = state.wait
    if before is not None and before.unlooked and before.until > listed_at:
        return before.until
    return now + looking.DUE_WITHIN
