"""Keeps a tenant's file on a node as it is wanted, and looks when in doubt.

An open plan always wants a look.  While its deploy is under way the look waits behind it, and
a definite end makes it needless; after a crash nothing is under way, and it is done at once.
"""

from datetime import datetime

from engine.effects import Deploy, ReadBack, Restore
from engine.projections.rollouts import ROLLOUTS, Rollout
from engine.reactors.reactor import Agenda, Reactor, Want, agenda


def react(view: Rollout, now: datetime) -> Agenda:
    tenant, node = view.tenant, view.node
    wants = []
    if view.planned is not None:
        retry, since = view.look.retry, view.look.since
        if view.torn:
            restore = Restore(
                tenant=tenant, node=node, vmtas=view.told, cycle=since, attempt=retry.attempt
            )
            wants.append(Want(restore, retry.at))
        else:
            ips = tuple(sorted({*view.planned, *view.told}))
            look = ReadBack(tenant=tenant, node=node, ips=ips, cycle=since, attempt=retry.attempt)
            wants.append(Want(look, retry.at))
    elif view.due and not view.conflict and any_named(view):
        wants.append(_deploy(view))
    return agenda(wants, now)


def _deploy(view: Rollout) -> Want:
    retry = view.deploy.retry
    deploy = Deploy(
        tenant=view.tenant,
        node=view.node,
        vmtas=view.wanted,
        overlay=view.overlay,
        cycle=view.deploy.since,
        attempt=retry.attempt,
    )
    return Want(deploy, retry.at or view.ready_at)


def any_named(view: Rollout) -> bool:
    """An address without a hostname is not rendered; a file of nothing need not be deployed."""
    return bool(view.told) or any(vmta.hostname for vmta in view.wanted.values())


ROLLOUT = Reactor(name="rollout", reads=ROLLOUTS, react=react)
