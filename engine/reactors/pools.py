"""Says when the last address of a pool takes no more mail, and when one does again."""

from datetime import datetime

from engine.commands.tenant import ReportPool
from engine.effects import Dispatch
from engine.projections.quotas import QUOTAS, Quotas
from engine.reactors.reactor import Agenda, Reactor


def react(view: Quotas, now: datetime) -> Agenda:
    if not view.since or view.suspended:  # whoever suspended it knows that no pool takes mail
        return Agenda()
    changed = [
        (purpose, number == 0)
        for purpose, number in sorted(view.pools.items())
        if (number == 0) != (purpose in view.exhausted)
    ]
    return Agenda(tuple(_report(view, *one) for one in changed))


def _report(view: Quotas, purpose: str, exhausted: bool) -> Dispatch:
    report = ReportPool(slug=view.tenant, purpose=purpose, exhausted=exhausted)
    return Dispatch(tenant=view.tenant, command=report, cycle=view.moved)


POOL_REACTOR = Reactor(name="pools", reads=QUOTAS, react=react)
