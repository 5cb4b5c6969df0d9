"""Reads each node's accounting files in time, and at once again while more waits."""

from datetime import datetime

from engine.effects import ReadAccounting
from engine.projections.accounting import ACCOUNTING, Accounting
from engine.reactors.reactor import Agenda, Reactor, Want, agenda
from engine.values.tuning import Tuning


def accounting(tuning: Tuning) -> Reactor[Accounting]:
    def react(view: Accounting, now: datetime) -> Agenda:
        source = tuning.accounting.get(view.node)
        if source is None or source.http:
            return Agenda()
        work = view.work
        look = ReadAccounting(
            tenant=None, node=view.node, cycle=work.since, attempt=work.retry.attempt
        )
        regular = None
        if view.looked_at and not view.behind:
            regular = view.looked_at + tuning.accounting_every
        return agenda([Want(look, work.retry.at or regular)], now)

    return Reactor(name="accounting", reads=ACCOUNTING, react=react)
