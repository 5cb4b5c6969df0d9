"""Every version of a file that a node runs goes into git, one after another."""

from datetime import datetime

from engine.effects import CommitVersion
from engine.projections.node_files import NODE_FILES, NodeFile
from engine.projections.rollouts import ROLLOUTS, Rollout
from engine.reactors.reactor import Agenda, Reactor, Want, agenda


def react(view: Rollout | NodeFile, now: datetime) -> Agenda:
    if view.committed >= view.version:
        return Agenda()
    retry, since = view.commit.retry, view.commit.since
    commit = CommitVersion(
        tenant=view.tenant if isinstance(view, Rollout) else None,
        node=view.node,
        version=view.committed + 1,
        cycle=since,
        attempt=retry.attempt,
    )
    return agenda([Want(commit, retry.at)], now)


CONFIG_HISTORY: Reactor[Rollout] = Reactor(name="config_history", reads=ROLLOUTS, react=react)
OWN_HISTORY: Reactor[NodeFile] = Reactor(name="own_history", reads=NODE_FILES, react=react)
