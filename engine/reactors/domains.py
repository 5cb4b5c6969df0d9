"""Looks at every sending domain in time, and again soon where a failure is not believed yet."""

from datetime import datetime

from engine.effects import ValidateDomain
from engine.projections.domains import DOMAINS, Domain
from engine.reactors.reactor import Agenda, Reactor, Want, agenda
from engine.rules.timing import DOMAIN_CONFIRM
from engine.values.tuning import Tuning


def domains(tuning: Tuning) -> Reactor[Domain]:
    def react(view: Domain, now: datetime) -> Agenda:
        if view.setup is None and not (view.due and view.ips):
            return Agenda()
        look = ValidateDomain(
            tenant=view.tenant,
            domain=view.domain,
            cycle=view.since,
            attempt=view.retry.attempt,
        )
        return agenda([Want(look, next_look(view, tuning))], now)

    return Reactor(name="domains", reads=DOMAINS, react=react)


def next_look(view: Domain, tuning: Tuning) -> datetime | None:
    """None: now."""
    if view.due or view.last is None:
        return None
    times = [view.last.at + tuning.domain_check_every, *_confirming(view, view.last.at)]
    return min([*times, *([view.retry.at] if view.retry.at else [])])


def _confirming(view: Domain, looked: datetime) -> list[datetime]:
    """Ten minutes after a failure was first seen; after a look since then that could not tell, as
    long again.
    """
    doubtful = [
        one.since
        for part, one in view.definite.items()
        if not one.valid and part not in view.failing
    ]
    return [
        (since if looked < since + DOMAIN_CONFIRM else looked) + DOMAIN_CONFIRM
        for since in doubtful
    ]
