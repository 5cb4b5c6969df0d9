"""The engine's own life."""

from engine.events.base import Category, Fact
from engine.ids import EngineId


class EngineLed(Fact, frozen=True, kw_only=True, tag="engine.led"):
    """A process took the lead; its first event."""

    engine: EngineId
    epoch: int
    version: str


EngineEvent = EngineLed
ENGINE: Category[EngineEvent] = Category("engine", EngineEvent)
