"""Decisions about what runs since a rollout was done: it stands its watch, or it is taken back.

A look that told nothing decides nothing.  A breach names its evidence, and the choices to bring
back: those of the last version that stood, if the one that was looked at holds others here, and is
no rollback itself.
"""

from collections.abc import Sequence

from engine.commands.rollout import ApproveRollout, PassCanary, WatchRollout
from engine.deciders.rollout_state import State, Watched
from engine.errors import Rejected
from engine.events.rollout import (
    CanaryPassed,
    RolloutApproved,
    RolloutBreached,
    RolloutEnded,
    RolloutEvent,
    RolloutPlanned,
    RolloutWatched,
    WatchUnanswered,
)
from engine.ids import NodeId
from engine.rules import overlay, rollout_watch
from engine.rules.pmta_config import tenant_file
from engine.values.overlay import Chosen
from engine.values.rollout import Evidence


def decide(state: State, command: WatchRollout) -> Sequence[RolloutEvent]:
    """Nothing about another version than the one that runs, or while the next one is planned."""
    one = state.watched
    if one is None or state.plan or (command.version, command.look) != (one.version, one.looks + 1):
        return []
    if command.answer != "seen":
        return _told_nothing(state, one, command)
    if command.found != one.plan.digest:
        what = command.found or "(no file)"
        why = f"the file has the digest {what}, and not the planned one; somebody edited it"
        followers = one.plan.followers
        return [RolloutEnded(node=command.node, ending="conflict", why=why, followers=followers)]
    found = tuple(
        rollout_watch.evidence(
            tenant_file.expected(command.tenant, one.plan.vmtas),
            command.running,
            one.starts | {command.started},
            failing=(one.failing, command.failing),
            mail=(command.before, command.after),
        )
    )
    if found:
        return [_breached(state, one, command.node, found)]
    return [_seen(one, command)]


def _seen(one: Watched, command: WatchRollout) -> RolloutWatched:
    over = rollout_watch.is_last(one.looks + 1)
    return RolloutWatched(
        node=command.node,
        version=one.version,
        look=one.looks + 1,
        started=command.started,
        failing=command.failing,
        over=over,
        overlay=one.plan.overlay,
        followers=one.plan.followers if over else (),
    )


def _told_nothing(state: State, one: Watched, command: WatchRollout) -> Sequence[RolloutEvent]:
    if command.attempt <= one.attempt:
        return []
    down = command.answer == "down"
    if down and one.downs + 1 >= rollout_watch.DOWN_LOOKS:
        return [_breached(state, one, command.node, (rollout_watch.down(command.why),))]
    node, version, attempt = command.node, one.version, command.attempt
    return [
        WatchUnanswered(
            node=node,
            version=version,
            attempt=attempt,
            down=down,
            why=command.why,
            followers=one.plan.followers,
        )
    ]


def _breached(
    state: State, one: Watched, node: NodeId, evidence: tuple[Evidence, ...]
) -> RolloutBreached:
    why_not = _why_not(state, one)
    return RolloutBreached(
        node=node,
        version=one.version,
        evidence=evidence,
        overlay=one.plan.overlay,
        back_to=None if why_not else state.stood.overlay,
        why_not=why_not,
        followers=one.plan.followers,
    )


def _why_not(state: State, one: Watched) -> str:
    """Why no older choices are brought back; "" = they are."""
    if one.plan.rollback:
        return "it is a rollback itself"
    return "" if _differs(state, one) else "nobody chose anything new in it"


def _differs(state: State, one: Watched) -> bool:
    """Bringing the older choices back would change something here."""
    now = {ip: vmta.chosen for ip, vmta in one.plan.vmtas.items()}
    then = {ip: vmta.chosen for ip, vmta in state.stood.vmtas.items()}
    return any(
        overlay.restored(now.get(ip), then.get(ip)) != (now.get(ip) or Chosen())
        for ip in {*now, *then}
    )


def approve(state: State, command: ApproveRollout) -> Sequence[RolloutApproved]:
    overlay = command.overlay
    if overlay == state.approved:
        return []
    if overlay != command.waits:
        waits = f"version {command.waits} does" if command.waits else "none do"
        raise Rejected(
            f"no choices of version {overlay} wait for {command.tenant} on {command.node}; {waits}"
        )
    return [RolloutApproved(node=command.node, overlay=overlay, reason=command.reason)]


def pass_on(state: State, command: PassCanary) -> Sequence[CanaryPassed]:
    """Not what is tried after all; nor twice."""
    done = command.overlay <= state.passed or not command.followers
    if state.plan or state.watched or done:
        return []
    return [CanaryPassed(node=command.node, overlay=command.overlay, followers=command.followers)]


def at_once(plan: RolloutPlanned, version: int) -> Sequence[RolloutEvent]:
    """Where there is no watch, those that wait for its end need not."""
    if not plan.followers:
        return []
    return [
        RolloutWatched(
            node=plan.node,
            version=version,
            look=0,
            started="",
            over=True,
            overlay=plan.overlay,
            followers=plan.followers,
        )
    ]
