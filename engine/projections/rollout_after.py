"""What becomes of a rollout after it is done, and of the files that wait for it."""

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from engine.events import Recorded
from engine.events.rollout import (
    CanaryPassed,
    RolloutApproved,
    RolloutBreached,
    RolloutWatched,
    WatchUnanswered,
)
from engine.ids import NodeId
from engine.rules import rollout_watch
from engine.values.retry import Work
from engine.values.rollout import Waiting, Watch

AFTER = (RolloutWatched, WatchUnanswered, RolloutBreached, RolloutApproved, CanaryPassed)


def begun(recorded: Recorded[Any], seconds: int, version: int, overlay: int) -> Watch | None:
    """None: there is no watch."""
    if not seconds:
        return None
    over, here = timedelta(seconds=seconds), Work(recorded.position)
    return Watch(recorded.at, over, version, overlay, work=here)


def looked(watch: Watch | None, recorded: Recorded[Any]) -> Watch | None:
    """None: it is over."""
    event = recorded.event
    if watch is None or event.version != watch.version:
        return watch
    match event:
        case WatchUnanswered():
            return replace(watch, work=watch.work.failed(recorded.at))
        case RolloutWatched(over=False, look=look):
            return replace(watch, looks=look, work=Work(recorded.position))
        case _:
            return None


def unheard(followers: tuple[NodeId, ...], event: Any) -> tuple[NodeId, ...]:
    """Of those that wait for this file: whom this event does not tell how it went."""
    told = () if isinstance(event, WatchUnanswered) else event.followers
    return tuple(node for node in followers if node not in told)


def released(waiting: Waiting | None, event: RolloutWatched | RolloutApproved) -> bool:
    """What waits may go: the canary has stood its watch, or a person says so."""
    if waiting is None or waiting.choices.overlay != event.overlay:
        return False
    return isinstance(event, RolloutApproved) or (event.over and waiting.why == "canary")


def stopped(waiting: Waiting | None, event: RolloutBreached) -> Waiting | None:
    if waiting is None or waiting.choices.overlay != event.overlay:
        return waiting
    return Waiting(waiting.choices, "breached", event.node, said(event))


def said(event: RolloutBreached) -> str:
    return "; ".join(rollout_watch.in_words(one) for one in event.evidence)
