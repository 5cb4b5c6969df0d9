"""What holds a warm-up, and since when."""

from collections.abc import Sequence

from engine.events import Event, Recorded
from engine.events.ip_warmup import WarmupHeld, WarmupPaused, WarmupResumed, WarmupSteppedBack
from engine.values.hold import HeldBy, Hold

Holds = tuple[Hold, ...]


def after(holds: Holds, recorded: Recorded[Event]) -> Holds:
    at = recorded.at
    match recorded.event:
        case WarmupHeld(by=by, reason=reason):
            return _with(holds, Hold(by, at, reason))
        case WarmupPaused():
            return _with(holds, Hold("results", at, paused=True))
        case WarmupSteppedBack(by="results"):
            return _with(holds, Hold("results", at))
        case WarmupResumed(by="person"):
            return ()
        case WarmupResumed(by=by):
            return _without(holds, by)
        case _:
            return holds


def _with(holds: Sequence[Hold], hold: Hold) -> Holds:
    return (*_without(holds, hold.by), hold)


def _without(holds: Sequence[Hold], by: HeldBy) -> Holds:
    return tuple(one for one in holds if one.by != by)
