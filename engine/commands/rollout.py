"""What may be asked of a rollout; but for the end of a conflict, only effects ask."""

from typing import Literal

from engine.commands.base import Ask
from engine.ids import IpAddr, NodeId, TenantId
from engine.values.rollout import ConflictEnd, Kind
from engine.values.vmta import Running, Vmta

Answer = Literal["ran", "refused", "conflict", "silent"]  # refused: it runs what it ran before


class PlanRollout(Ask, frozen=True, kw_only=True, tag="rollout.plan"):
    node: NodeId
    tenant: TenantId
    vmtas: dict[IpAddr, Vmta]
    overlay: int = 0  # version of the tenant's choices in them
    target: Literal["4.5", "5.0"] = "5.0"  # what the node runs


class ReportRollout(Ask, frozen=True, kw_only=True, tag="rollout.report"):
    """What the node answered to a deploy, or that it did not answer to a look."""

    node: NodeId
    tenant: TenantId
    answer: Answer
    attempt: int = 1
    kind: Kind = ""
    why: str = ""


class JudgeRollout(Ask, frozen=True, kw_only=True, tag="rollout.judge"):
    """What a look found on the node."""

    node: NodeId
    tenant: TenantId
    found: str  # digest of the bytes
    running: tuple[Running, ...]


class EndConflict(Ask, frozen=True, kw_only=True, tag="rollout.end_conflict"):
    node: NodeId
    tenant: TenantId
    end: ConflictEnd
    found: str  # digest of what lies there, and was shown
    reason: str


class NoteCommit(Ask, frozen=True, kw_only=True, tag="rollout.note_commit"):
    node: NodeId
    tenant: TenantId
    version: int
    commit: str


RolloutCommand = PlanRollout | ReportRollout | JudgeRollout | EndConflict | NoteCommit
