"""Decisions about one tenant's file on one node: one plan at a time, and one end to each.

After an answer that did not come, only a look decides (DESIGN §1): as planned in bytes and in
what runs is done; as before in both is failed; our bytes without proof that they run, or old
bytes while something else runs, is torn, and the old bytes go back before it ends as failed;
bytes that this log never planned are somebody else's.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import assert_never

from msgspec.structs import replace

from engine.commands.rollout import (
    ApproveRollout,
    EndConflict,
    JudgeRollout,
    NoteCommit,
    PassCanary,
    PlanRollout,
    ReportRollout,
    RolloutCommand,
    WatchRollout,
)
from engine.deciders import rollout_state, rollout_watch
from engine.deciders.decider import Decider
from engine.deciders.rollout_state import State
from engine.errors import Rejected
from engine.events.rollout import (
    ROLLOUT,
    CanaryPassed,
    ConflictEnded,
    RolloutApproved,
    RolloutBreached,
    RolloutEnded,
    RolloutEvent,
    RolloutPlanned,
    RolloutTorn,
    RolloutUnknown,
    RolloutWatched,
    VersionCommitted,
    WatchUnanswered,
)
from engine.ids import IpAddr, TenantId
from engine.rules.pmta_config import change_limit, planned_file, tenant_file
from engine.rules.pmta_config.change_limit import Limit
from engine.values.levers import Levers
from engine.values.rollout import Ending, Kind
from engine.values.vmta import Vmta


def evolve(state: State, event: RolloutEvent) -> State:
    match event:
        case RolloutPlanned():
            return replace(state, plan=event, doubts=0, torn=False)
        case RolloutUnknown(attempt=attempt):
            return replace(state, doubts=attempt)
        case RolloutTorn():
            return replace(state, torn=True, doubts=0)
        case RolloutEnded(ending="done") if state.plan:
            return rollout_state.done(state, state.plan)
        case RolloutEnded():
            return rollout_state.over(state, event)
        case RolloutWatched() | WatchUnanswered() | RolloutBreached():
            return rollout_state.watched(state, event)
        case RolloutApproved(overlay=overlay):
            return replace(state, approved=overlay)
        case CanaryPassed(overlay=overlay):
            return replace(state, passed=overlay)
        case ConflictEnded(found=found):
            return replace(state, conflict=False, digest=found)
        case VersionCommitted(version=version):
            return replace(state, committed=version)
        case _:
            assert_never(event)


def decide(state: State, command: RolloutCommand, now: datetime) -> Sequence[RolloutEvent]:
    match command:
        case PlanRollout():
            return [_plan(state, command)]
        case EndConflict():
            return _end(state, command)
        case WatchRollout():
            return rollout_watch.decide(state, command)
        case ApproveRollout():
            return rollout_watch.approve(state, command)
        case PassCanary():
            return rollout_watch.pass_on(state, command)
        case NoteCommit(node=node, version=version, commit=commit):
            known = not state.committed < version <= state.version
            return [] if known else [VersionCommitted(node=node, version=version, commit=commit)]
        case ReportRollout():
            return _hear(state, state.plan, command) if state.plan else []
        case JudgeRollout():
            return _judge(state, state.plan, command) if state.plan else []
        case _:
            assert_never(command)


def _plan(state: State, command: PlanRollout) -> RolloutPlanned | RolloutEnded:
    if state.plan:
        raise Rejected("a rollout of this file is open; its end is looked for first")
    if state.conflict:
        raise Rejected("the file was edited by hand; adopt or overwrite it first")
    made = _made(command)
    if made.wrong:
        refused = _refused(command, "invalid", made.wrong)
        return replace(refused, still=rollout_state.still(state, command.vmtas, "invalid"))
    if too_large := _too_large(state, command):
        return _refused(command, "too_large", too_large)
    return RolloutPlanned(
        node=command.node,
        vmtas=command.vmtas,
        digest=tenant_file.digest(made.text),
        before=state.digest,
        overlay=command.overlay,
        drained=command.drained,
        rollback=command.rollback,
        own=command.own,
        watch_s=command.watch_s,
        followers=command.followers,
    )


def _refused(command: PlanRollout, kind: Kind, why: str) -> RolloutEnded:
    followers = command.followers
    return RolloutEnded(node=command.node, ending="failed", kind=kind, why=why, followers=followers)


def _made(command: PlanRollout) -> tenant_file.Made:
    return planned_file.made(command.tenant, command.vmtas, command.own, command.target)


def _too_large(state: State, command: PlanRollout) -> str:
    """What it would take away unasked; "" = little enough, or a person wants it."""
    if command.confirmed or command.overlay == state.approved:
        return ""
    drained = frozenset(command.drained) - frozenset(state.drained)
    return change_limit.too_large(state.told, command.vmtas, drained, Limit(command.share_max))


def _end(state: State, command: EndConflict) -> Sequence[RolloutEvent]:
    if not state.conflict:
        raise Rejected(
            f"the file of {command.tenant} on {command.node} is in no conflict; GET"
            " /api/v2/rollouts says how it stands"
        )
    end, found, reason = command.end, command.found, command.reason
    return [ConflictEnded(node=command.node, end=end, found=found, reason=reason)]


def _hear(state: State, plan: RolloutPlanned, command: ReportRollout) -> Sequence[RolloutEvent]:
    node, why, attempt, followers = command.node, command.why, command.attempt, plan.followers
    match command.answer:
        case "ran":
            return _done(state, plan)
        case "refused":
            return [_failed(state, plan, why, command.kind)]
        case "conflict":
            return [_over(plan, "conflict", why)]
        case "silent":
            if attempt <= state.doubts:
                return []
            return [RolloutUnknown(node=node, attempt=attempt, why=why, followers=followers)]


def _over(plan: RolloutPlanned, ending: Ending, why: str, kind: Kind = "") -> RolloutEnded:
    return RolloutEnded(node=plan.node, ending=ending, kind=kind, why=why, followers=plan.followers)


def _failed(state: State, plan: RolloutPlanned, why: str, kind: Kind) -> RolloutEnded:
    still = rollout_state.still(state, plan.vmtas, kind)
    return replace(_over(plan, "failed", why, kind), still=still)


def _judge(state: State, plan: RolloutPlanned, command: JudgeRollout) -> Sequence[RolloutEvent]:
    node, tenant, found = command.node, command.tenant, command.found
    # Nothing tells what PowerMTA runs of the node's own file.
    ours = plan.own is None and _runs(tenant, plan.vmtas, state.told, command)
    theirs = _runs(tenant, state.told, plan.vmtas, command)
    if found == plan.digest and ours:
        return _done(state, plan)
    if found == plan.before and theirs:
        return [_failed(state, plan, "a look found the old file", "node")]
    if found not in (plan.digest, plan.before):
        why = f"the file has the digest {found or '(no file)'}, which this log never planned"
        return [_over(plan, "conflict", why)]
    if state.torn:
        return []
    which = "our file lies there" if found == plan.digest else "the old file lies there"
    return [RolloutTorn(node=node, found=found, why=f"{which}, but PowerMTA runs something else")]


def _runs(
    tenant: TenantId,
    these: Mapping[IpAddr, Vmta],
    others: Mapping[IpAddr, Vmta],
    command: JudgeRollout,
) -> bool:
    """Do exactly these VMTAs run, of those that either file has?"""
    expected = set(tenant_file.expected(tenant, these))
    either = {one.vmta for one in (*expected, *tenant_file.expected(tenant, others))}
    return {one for one in command.running if one.vmta in either} == expected


def _done(state: State, plan: RolloutPlanned) -> Sequence[RolloutEvent]:
    changed: dict[IpAddr, Levers] = {
        ip: vmta.levers for ip, vmta in plan.vmtas.items() if state.told.get(ip) != vmta
    }
    dkim = dict.fromkeys(tenant_file.signs(state.told), ()) | tenant_file.signs(plan.vmtas)
    ended = RolloutEnded(node=plan.node, ending="done", changed=changed, dkim=dkim)
    unwatched = [] if plan.watch_s else rollout_watch.at_once(plan, state.version + 1)
    return [ended, *unwatched]


DECIDER: Decider[RolloutCommand, RolloutEvent, State] = Decider(
    category=ROLLOUT,
    key=lambda command: f"{command.node}/{command.tenant}",
    owner=lambda command, history, asker: command.tenant or None,
    initial=State(),
    evolve=evolve,
    decide=decide,
)
