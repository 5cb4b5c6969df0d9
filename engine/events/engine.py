"""The engine's own life."""

from engine.events.base import Category, Fact
from engine.ids import EngineId


class EngineLed(Fact, frozen=True, kw_only=True, tag="engine.led"):
    """A process took the lead; its first event."""

    engine: EngineId
    epoch: int
    version: str


class ResolverChecked(Fact, frozen=True, kw_only=True, tag="engine.resolver_checked"):
    """Whether the name servers that we ask are fit to ask block lists."""

    faults: dict[str, tuple[str, ...]]  # by server: what is wrong with it, and what to do


EngineEvent = EngineLed | ResolverChecked
ENGINE: Category[EngineEvent] = Category("engine", EngineEvent)
