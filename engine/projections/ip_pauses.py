"""What holds an address still beside its phase: its tenant, or a person."""

from datetime import datetime
from typing import Any, get_args

from msgspec.structs import replace

from engine.events import Recorded
from engine.events.ip_pause import IpPaused, PauseEnded
from engine.events.ip_suspension import IpSuspended, SuspensionEnded
from engine.events.tenant import ReviewBegan, ReviewEnded
from engine.projections import ip_moves
from engine.projections.ip_row import IpRow, Paused
from engine.rules import days
from engine.values.levers import STOPPED
from engine.values.phase import Phase

_Pauses = IpSuspended | SuspensionEnded | IpPaused | PauseEnded
EVENTS = (ReviewBegan, ReviewEnded, *get_args(_Pauses))


def evolve(row: IpRow, recorded: Recorded[Any]) -> IpRow:
    """After it, as after a hold, the next stage begins at a midnight."""
    event = recorded.event
    row = replace(row, resumed_on=days.day_of(recorded.at, row.day_tz))
    if isinstance(event, ReviewBegan | ReviewEnded):
        return replace(row, review=isinstance(event, ReviewBegan))
    return _paused(_held(row, event, recorded.at), event, recorded.at)


def _held(row: IpRow, event: _Pauses, at: datetime) -> IpRow:
    match event:
        case IpSuspended() | SuspensionEnded():
            return replace(row, suspended=isinstance(event, IpSuspended))
        case IpPaused(reason=reason):
            return replace(row, paused=Paused(at, reason))
        case PauseEnded():
            return replace(row, paused=None)


def _paused(row: IpRow, event: _Pauses, at: datetime) -> IpRow:
    """Its phase stays.  Days of its stage count anew from the one on which the node is told to go
    on, and a drain has its whole time again.
    """
    levers = event.vmta.levers
    drains = row.phase is Phase.RETIRING and levers != STOPPED
    return replace(
        row,
        vmta=event.vmta,
        sent_until=ip_moves.sent_until(row, levers, at),
        entered_at=at if drains else row.entered_at,
        stage_told_on=None,
    )
