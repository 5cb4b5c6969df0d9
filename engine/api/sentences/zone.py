"""How the block lists themselves are."""

from collections.abc import Mapping

from engine.events import Recorded
from engine.events.zone import ZoneEvent
from engine.values.verdict import Health

HEALTH: Mapping[Health, str] = {
    "alive": "proves itself: its answers count",
    "dead": "is dead: its answers count for nothing",
    "refusing": "refuses to answer us: its answers count for nothing",
    "silent": "does not answer: what it last said stands",
    "lists_everything": "lists everything: its answers count for nothing",
}


def say(told: Recorded[ZoneEvent]) -> str:
    event = told.event
    why = f" ({event.why})" if event.why else ""
    return f"the block list {event.zone} {HEALTH[event.health]}{why}"
