"""Who let the engine act, and where."""

from engine.api.sentences.words import because
from engine.events import Recorded
from engine.events.authority import AuthorityEvent


def say(told: Recorded[AuthorityEvent]) -> str:
    event = told.event
    acts = event.mode == "act"
    may = "the engine may act" if acts else "the engine only observes"
    return f"{may}{_where(event.over, acts=acts)}{because(event.why)}"


def _where(over: str, *, acts: bool) -> str:
    """It touches nothing unless engine, node and tenant all let it."""
    kind, _, name = over.partition("-")
    if kind == "node":
        return f" on {name}"
    if kind == "tenant":
        return f" for {name}"
    return " where node and tenant let it" if acts else ", on every node"
