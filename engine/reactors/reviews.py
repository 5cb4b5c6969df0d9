"""Puts a tenant in review when too many of its addresses were stopped; a person ends it."""

from datetime import datetime

from engine.commands.tenant import BeginReview
from engine.effects import Dispatch
from engine.projections.quotas import QUOTAS, Quotas
from engine.reactors.reactor import Agenda, Reactor
from engine.rules import review


def react(view: Quotas, now: datetime) -> Agenda:
    """What makes it due only fades with time, so there is nothing to wait for."""
    if view.review_since is not None or not view.halts or not view.since:
        return Agenda()
    found = review.due(view.halts, view.sending, now)
    if found is None:
        return Agenda()
    why, ips = found
    addresses = tuple(sorted(ip for ip, _ in view.shares()))
    begin = BeginReview(slug=view.tenant, why=why, ips=ips, addresses=addresses)
    return Agenda((Dispatch(tenant=view.tenant, command=begin, cycle=view.halted),))


REVIEW_REACTOR = Reactor(name="reviews", reads=QUOTAS, react=react)
