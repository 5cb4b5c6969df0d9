"""Every version of a file that a node runs goes into git, one after another."""

from datetime import datetime

from engine.effects import CommitVersion
from engine.projections.rollouts import ROLLOUTS, Rollout
from engine.reactors.reactor import Agenda, Reactor, Want, agenda


def react(view: Rollout, now: datetime) -> Agenda:
    if view.committed >= view.version:
        return Agenda()
    retry, since = view.commit.retry, view.commit.since
    commit = CommitVersion(
        tenant=view.tenant,
        node=view.node,
        version=view.committed + 1,
        cycle=since,
        attempt=retry.attempt,
    )
    return agenda([Want(commit, retry.at)], now)


CONFIG_HISTORY = Reactor(name="config_history", reads=ROLLOUTS, react=react)
