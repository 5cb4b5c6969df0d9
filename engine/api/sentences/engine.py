"""The engine's own life."""

from engine.events import Recorded
from engine.events.engine import EngineEvent


def say(told: Recorded[EngineEvent]) -> str:
    event = told.event
    return f"the engine {event.engine} took the lead: epoch {event.epoch}, version {event.version}"
