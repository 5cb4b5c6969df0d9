"""Looks again at what was refused once it may be tried again: nothing else may have changed."""

from datetime import datetime

from engine.projections.effects import EFFECTS, Wish
from engine.reactors.reactor import Agenda, Reactor


def react(view: Wish, now: datetime) -> Agenda:
    """Whoever asked for it asks still, or it is wanted no more; the performer keeps the time."""
    at = view.retry.at if view.state == "refused" else None
    return Agenda(wake_at=at if at is not None and at > now else None)


REFUSAL_REACTOR = Reactor(name="refusals", reads=EFFECTS, react=react)
