"""What may be asked of a rollout; people only end a conflict or approve, the rest effects ask."""

from typing import Literal

from engine.commands.base import Ask
from engine.ids import IpAddr, NodeId, TenantId
from engine.values.node_file import NodeOwn
from engine.values.rollout import ConflictEnd, Kind
from engine.values.traffic import Counts
from engine.values.vmta import Running, Vmta

Answer = Literal["ran", "refused", "conflict", "silent"]  # refused: it runs what it ran before


class PlanRollout(Ask, frozen=True, kw_only=True, tag="rollout.plan"):
    node: NodeId
    tenant: TenantId
    vmtas: dict[IpAddr, Vmta]
    overlay: int = 0  # version of the tenant's choices in them
    drained: tuple[IpAddr, ...] = ()
    rollback: bool = False
    confirmed: bool = False  # a person wants these choices, whatever they take away
    followers: tuple[NodeId, ...] = ()
    own: NodeOwn | None = None  # of the node's own file; its tenant is ""
    watch_s: int = 0
    share_max: float = 1.0  # of VMTAs or pools may go unasked
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


class WatchRollout(Ask, frozen=True, kw_only=True, tag="rollout.watch"):
    """What a look after a rollout was answered."""

    node: NodeId
    tenant: TenantId
    version: int
    look: int  # from 1; a repeated one decides nothing
    answer: Literal["seen", "silent", "down"]
    attempt: int = 1
    why: str = ""
    found: str = ""  # digest of the bytes
    running: tuple[Running, ...] = ()
    started: str = ""
    failing: int | None = None  # queues of its VMTAs that show an error; None: not told
    before: Counts = Counts()  # of its mail on the node, by accounting, before the rollout
    after: Counts = Counts()  # and since


class ApproveRollout(Ask, frozen=True, kw_only=True, tag="rollout.approve"):
    node: NodeId
    tenant: TenantId
    overlay: int
    waits: int | None  # version of the choices that wait there, as the view of it has it
    reason: str


class PassCanary(Ask, frozen=True, kw_only=True, tag="rollout.pass_canary"):
    """Others wait for a file that will not be written."""

    node: NodeId
    tenant: TenantId
    overlay: int
    followers: tuple[NodeId, ...]


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


RolloutCommand = (
    PlanRollout
    | ReportRollout
    | JudgeRollout
    | WatchRollout
    | ApproveRollout
    | PassCanary
    | EndConflict
    | NoteCommit
)
