"""What must stand still on a node, be it the queues of a VMTA or the mail of a job."""

from datetime import datetime
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from engine.ids import Position, TenantId
from engine.rules import timing
from engine.values.retry import Retry, Work


class Stop(Struct, frozen=True, gc=False):
    """One thing that must stand still."""

    tenant: TenantId
    since: Position  # the event that asked for it
    told: Position = Position(0)  # the node obeyed what this event made necessary
    told_at: datetime | None = None
    tries: int = 0  # answered ones, of whatever cycle
    retry_at: datetime | None = None  # after one that failed
    obeyed_at: datetime | None = None  # first, since it was asked for or seen to leak


class Resume(Struct, frozen=True, gc=False):
    """One thing that we paused, and that may go on."""

    tenant: TenantId
    work: Work


class Due(NamedTuple):
    cycle: Position
    attempt: int
    at: datetime | None  # None: at once


def due(stop: Stop, cleared: Position, *, moving: bool) -> Due | None:
    """``cleared``: the last event that may have ended every pause.  ``moving``: a rollout of the
    node is under way, and may end them unseen.
    """
    cycle, attempt = max(stop.since, cleared), stop.tries + 1
    if stop.told < cycle:
        return Due(cycle, attempt, stop.retry_at)
    if moving and stop.told_at:
        again = stop.told_at + timing.PAUSE_AGAIN
        return Due(cycle, attempt, max(again, stop.retry_at or again))
    return None


def obeyed_before(stop: Stop) -> bool:
    """It stood still already, so nothing new is stopped by it."""
    return stop.told >= stop.since


def told(stop: Stop, cycle: Position, at: datetime) -> Stop:
    first = stop.obeyed_at or at
    return replace(
        stop, told=cycle, told_at=at, tries=stop.tries + 1, retry_at=None, obeyed_at=first
    )


def leaked(stop: Stop, here: Position) -> Stop:
    """It is asked for anew, and what goes out until it is obeyed is the same leak."""
    return replace(stop, since=here, obeyed_at=None, retry_at=None)


def failed(stop: Stop, at: datetime) -> Stop:
    again = Retry().failed(at, stop=True).at
    return replace(stop, tries=stop.tries + 1, retry_at=again)
