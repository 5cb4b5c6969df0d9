"""Looks for passwords of SMTP users: at once for a new address, and then in time."""

from datetime import datetime

from engine.effects import LookForLogins
from engine.projections.logins import LOGINS, Logins
from engine.reactors.reactor import Agenda, Reactor, Want, agenda
from engine.rules.timing import LOGINS_EVERY


def react(view: Logins, now: datetime) -> Agenda:
    if not any(view.shelves.values()):
        return Agenda()
    look = LookForLogins(tenant=view.tenant, cycle=view.since)
    return agenda([Want(look, view.looked_at + LOGINS_EVERY if view.looked_at else None)], now)


LOGIN_REACTOR = Reactor(name="logins", reads=LOGINS, react=react)
