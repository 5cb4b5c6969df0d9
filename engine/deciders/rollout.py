"""Decisions about one tenant's file on one node: one plan at a time, and one end to each.

After an answer that did not come, only a look decides (DESIGN §1): as planned in bytes and in
what runs is done; as before in both is failed; our bytes without proof that they run, or old
bytes while something else runs, is torn, and the old bytes go back before it ends as failed;
bytes that this log never planned are somebody else's.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from engine.commands.rollout import (
    EndConflict,
    JudgeRollout,
    NoteCommit,
    PlanRollout,
    ReportRollout,
    RolloutCommand,
)
from engine.deciders.decider import Decider
from engine.errors import Rejected
from engine.events.rollout import (
    ROLLOUT,
    ConflictEnded,
    RolloutEnded,
    RolloutEvent,
    RolloutPlanned,
    RolloutTorn,
    RolloutUnknown,
    VersionCommitted,
)
from engine.ids import IpAddr, TenantId
from engine.rules.pmta_config import tenant_file
from engine.values.levers import Levers
from engine.values.vmta import Vmta


class State(Struct, frozen=True):
    told: Mapping[IpAddr, Vmta] = {}  # as the node runs it
    digest: str = ""  # of the file that runs; "" = none
    plan: RolloutPlanned | None = None  # open
    doubts: int = 0
    torn: bool = False
    conflict: bool = False
    version: int = 0  # how many rollouts of this file were done
    committed: int = 0  # the last version in git


def evolve(state: State, event: RolloutEvent) -> State:
    match event:
        case RolloutPlanned():
            return replace(state, plan=event, doubts=0, torn=False)
        case RolloutUnknown(attempt=attempt):
            return replace(state, doubts=attempt)
        case RolloutTorn():
            return replace(state, torn=True, doubts=0)
        case RolloutEnded(ending="done") if state.plan:
            told, digest, version = state.plan.vmtas, state.plan.digest, state.version + 1
            return State(told=told, digest=digest, version=version, committed=state.committed)
        case RolloutEnded(ending=ending):
            over = replace(state, plan=None, doubts=0, torn=False)
            return replace(over, conflict=ending == "conflict")
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
    made = tenant_file.made(command.tenant, command.vmtas, command.target)
    if made.wrong:
        return RolloutEnded(node=command.node, ending="failed", kind="invalid", why=made.wrong)
    return RolloutPlanned(
        node=command.node,
        vmtas=command.vmtas,
        digest=tenant_file.digest(made.text),
        before=state.digest,
        overlay=command.overlay,
    )


def _end(state: State, command: EndConflict) -> Sequence[RolloutEvent]:
    if not state.conflict:
        raise Rejected(
            f"the file of {command.tenant} on {command.node} is in no conflict; GET"
            " /api/v2/rollouts says how it stands"
        )
    end, found, reason = command.end, command.found, command.reason
    return [ConflictEnded(node=command.node, end=end, found=found, reason=reason)]


def _hear(state: State, plan: RolloutPlanned, command: ReportRollout) -> Sequence[RolloutEvent]:
    node, why, attempt = command.node, command.why, command.attempt
    match command.answer:
        case "ran":
            return [_done(state, plan)]
        case "refused":
            return [RolloutEnded(node=node, ending="failed", kind=command.kind, why=why)]
        case "conflict":
            return [RolloutEnded(node=node, ending="conflict", why=why)]
        case "silent":
            known = attempt <= state.doubts
            return [] if known else [RolloutUnknown(node=node, attempt=attempt, why=why)]


def _judge(state: State, plan: RolloutPlanned, command: JudgeRollout) -> Sequence[RolloutEvent]:
    node, tenant, found = command.node, command.tenant, command.found
    ours = _runs(tenant, plan.vmtas, state.told, command)
    theirs = _runs(tenant, state.told, plan.vmtas, command)
    if found == plan.digest and ours:
        return [_done(state, plan)]
    if found == plan.before and theirs:
        return [
            RolloutEnded(node=node, ending="failed", kind="node", why="a look found the old file")
        ]
    if found not in (plan.digest, plan.before):
        why = f"the file has the digest {found or '(no file)'}, which this log never planned"
        return [RolloutEnded(node=node, ending="conflict", why=why)]
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


def _done(state: State, plan: RolloutPlanned) -> RolloutEnded:
    changed: dict[IpAddr, Levers] = {
        ip: vmta.levers for ip, vmta in plan.vmtas.items() if state.told.get(ip) != vmta
    }
    return RolloutEnded(node=plan.node, ending="done", changed=changed)


DECIDER: Decider[RolloutCommand, RolloutEvent, State] = Decider(
    category=ROLLOUT,
    key=lambda command: f"{command.node}/{command.tenant}",
    owner=lambda command, history, asker: command.tenant,
    initial=State(),
    evolve=evolve,
    decide=decide,
)
