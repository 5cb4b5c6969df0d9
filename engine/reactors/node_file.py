"""Keeps the engine's own file on a node as it is wanted, and looks when in doubt."""

from datetime import datetime

from engine.effects import DeployOwn, ReadOwn, RestoreOwn
from engine.projections.node_files import NODE_FILES, NodeFile
from engine.reactors.reactor import Agenda, Reactor, Want, agenda


def react(view: NodeFile, now: datetime) -> Agenda:
    if view.planned is None:
        due = view.due and not view.conflict
        return agenda([_deploy(view)] if due else [], now)
    since, retry = view.look.since, view.look.retry
    kind = RestoreOwn if view.torn else ReadOwn
    look = kind(tenant=None, node=view.node, cycle=since, attempt=retry.attempt)
    return agenda([Want(look, retry.at)], now)


def _deploy(view: NodeFile) -> Want:
    since, retry = view.deploy.since, view.deploy.retry
    own = DeployOwn(
        tenant=None, node=view.node, own=view.wanted, cycle=since, attempt=retry.attempt
    )
    return Want(own, retry.at)


NODE_FILE = Reactor(name="node_file", reads=NODE_FILES, react=react)
