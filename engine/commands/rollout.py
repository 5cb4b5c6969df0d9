"""What may be asked of a rollout; only effects ask."""

from typing import Literal

from engine.commands.base import Ask
from engine.ids import IpAddr, NodeId, TenantId
from engine.values.rollout import Kind
from engine.values.vmta import Running, Vmta

Answer = Literal["ran", "refused", "conflict", "silent"]  # refused: it runs what it ran before


class PlanRollout(Ask, frozen=True, kw_only=True, tag="rollout.plan"):
    node: NodeId
    tenant: TenantId
    vmtas: dict[IpAddr, Vmta]


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


RolloutCommand = PlanRollout | ReportRollout | JudgeRollout
