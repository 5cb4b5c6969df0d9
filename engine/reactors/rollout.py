"""Keeps a tenant's file on a node as it is wanted, and looks when in doubt.

An open plan always wants a look.  While its deploy is under way the look waits behind it, and
a definite end makes it needless; after a crash nothing is under way, and it is done at once.
What is done is looked at for a while; what speaks against it brings older choices back.
"""

from datetime import datetime

from engine.commands.rollout import PassCanary
from engine.commands.tenant import RestoreOverlay
from engine.effects import Deploy, Dispatch, ReadBack, Restore, WatchFile
from engine.projections.rollouts import ROLLOUTS, Rollout
from engine.reactors.reactor import Agenda, Reactor, Want, agenda
from engine.rules import rollout_watch
from engine.values.rollout import Watch

REASON_MAX = 200  # letters


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
    elif not view.conflict:
        if view.due and any_named(view):
            wants.append(_deploy(view))
        elif view.untried:
            wants.append(_pass_on(view))
        if view.watch:
            wants.append(_watch(view, view.watch))
    if view.back_to is not None:
        wants.append(_back(view, view.back_to))
    return agenda(wants, now)


def _deploy(view: Rollout) -> Want:
    retry = view.deploy.retry
    deploy = Deploy(
        tenant=view.tenant,
        node=view.node,
        vmtas=view.wanted,
        overlay=view.overlay,
        drained=view.drained,
        rollback=view.choices.rollback,
        confirmed=view.choices.confirmed,
        followers=view.followers,
        cycle=view.deploy.since,
        attempt=retry.attempt,
    )
    return Want(deploy, retry.at or view.ready_at)


def _watch(view: Rollout, watch: Watch) -> Want:
    retry, since = watch.work.retry, watch.work.since
    look = WatchFile(
        tenant=view.tenant,
        node=view.node,
        version=watch.version,
        look=watch.looks + 1,
        ips=tuple(sorted(view.told)),
        cycle=since,
        attempt=retry.attempt,
    )
    return Want(look, rollout_watch.next_look(watch))


def _pass_on(view: Rollout) -> Want:
    """Else those that wait for it would wait until a person hears of it."""
    passed = PassCanary(
        node=view.node, tenant=view.tenant, overlay=view.overlay, followers=view.followers
    )
    return Want(Dispatch(tenant=view.tenant, command=passed, cycle=view.deploy.since))


def _back(view: Rollout, version: int) -> Want:
    """A new rollout, of what the tenant chose before; today's caps, intake and pauses stay."""
    restore = RestoreOverlay(
        slug=view.tenant,
        version=version,
        reason=f"version {view.version} on {view.node}: {view.breach}"[:REASON_MAX],
        confirmed=True,
        over=view.told_choices.overlay,
    )
    retry, since = view.back.retry, view.back.since
    return Want(
        Dispatch(tenant=view.tenant, command=restore, cycle=since, attempt=retry.attempt), retry.at
    )


def any_named(view: Rollout) -> bool:
    """An address without a hostname is not rendered; a file of nothing need not be deployed."""
    return bool(view.told) or any(vmta.hostname for vmta in view.wanted.values())


ROLLOUT = Reactor(name="rollout", reads=ROLLOUTS, react=react)
