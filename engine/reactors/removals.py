"""Ends the life of an address once no file on its node holds it any more."""

from datetime import datetime

from engine.commands.ip_removal import FinishRemoval
from engine.effects import Dispatch
from engine.projections.rollouts import ROLLOUTS, Rollout
from engine.reactors.reactor import Agenda, Reactor, Want, agenda


def react(view: Rollout, now: datetime) -> Agenda:
    """While a rollout is open, nobody knows what the node holds."""
    if view.planned is not None:
        return Agenda()
    gone = [ip for ip in view.withdrawn if ip not in view.told]
    wants = [
        Want(
            Dispatch(
                tenant=view.tenant,
                command=FinishRemoval(ip=ip),
                cycle=view.deploy.since,
                attempt=view.deploy.retry.attempt,
            )
        )
        for ip in gone
    ]
    return agenda(wants, now)


REMOVAL_REACTOR = Reactor(name="removals", reads=ROLLOUTS, react=react)
