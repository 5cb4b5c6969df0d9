"""Checks the name servers at each start, and then daily; sooner while something is wrong."""

from datetime import datetime, timedelta

from engine.effects import CheckResolver
from engine.projections.resolvers import RESOLVERS, Resolvers
from engine.reactors.reactor import Agenda, Reactor, Want, agenda
from engine.values.retry import PAUSE_MAX

EVERY = timedelta(hours=24)


def react(view: Resolvers, now: datetime) -> Agenda:
    if view.checked_at is None or view.led > view.checked:
        return agenda([Want(CheckResolver(tenant=None, cycle=max(view.led, view.checked)))], now)
    again = view.checked_at + (PAUSE_MAX if view.faults else EVERY)
    return agenda([Want(CheckResolver(tenant=None, cycle=view.checked), again)], now)


RESOLVER = Reactor(name="resolver", reads=RESOLVERS, react=react)
