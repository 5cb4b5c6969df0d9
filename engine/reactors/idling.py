"""Lets an address that sent nothing for days warm up again, as far as its reputation has faded.

Only where its node's traffic is counted: silence proves nothing where nobody listens.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from engine.commands.ip_warmup import RewarmIp
from engine.effects import Dispatch
from engine.ids import NodeId
from engine.projections.idling import IDLING, Idling
from engine.reactors.reactor import Agenda, Reactor, Want, agenda
from engine.rules import days, timing
from engine.rules.warmup import start


def idling(counted: Collection[NodeId]) -> Reactor[Idling]:
    """``counted``: nodes that have a source of traffic."""

    def react(view: Idling, now: datetime) -> Agenda:
        want = _want(view) if view.node in counted else None
        return agenda([want] if want else [], now)

    return Reactor(name="idling", reads=IDLING, react=react)


def _want(view: Idling) -> Want | None:
    """At the first number of idle days that leaves it a lower stage than it has."""
    base = _since(view)
    if base is None or not view.stage:
        return None
    for number in start.IDLE_STEPS:
        left = start.idle(number).percent
        if left < view.left and start.after_idling(view.volume, number, view.plan) < view.stage:
            return _rewarm(view, base, number)
    return None


def _since(view: Idling) -> date | None:
    known = [one for one in (view.begun, view.last) if one is not None]
    return max(known, default=None) if view.begun else None


def _rewarm(view: Idling, base: date, number: int) -> Want:
    """After midnight the accounting of the day before is waited for, and then for a look at it."""
    command = RewarmIp(ip=view.ip, since=base, idle_days=number, last=view.last, volume=view.volume)
    due = days.midnight(base + timedelta(days=number), view.day_tz) + 2 * timing.ACCOUNTING_WAIT
    at = max(due, view.again) if view.again else due
    return Want(Dispatch(tenant=view.tenant, command=command, cycle=view.since), at)
