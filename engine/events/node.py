"""What a PowerMTA host shows, and what it answered to the levers that need no file."""

from engine.events.base import Category, Fact
from engine.ids import IpAddr, NodeId, Position
from engine.values.node import Depth, Measures


class QueuesPaused(Fact, frozen=True, kw_only=True, tag="node.queues_paused"):
    node: NodeId
    ip: IpAddr
    cycle: Position  # the event that made it necessary; what cleared it later is not answered


class PauseFailed(Fact, frozen=True, kw_only=True, tag="node.pause_failed"):
    node: NodeId
    ip: IpAddr
    cycle: Position
    why: str


class QueuesHeld(Fact, frozen=True, kw_only=True, tag="node.queues_held"):
    """A tenant's pauses were given once more; only what was not obeyed is named."""

    node: NodeId
    cycle: Position
    failed: dict[IpAddr, str] = {}  # why


class QueuesResumed(Fact, frozen=True, kw_only=True, tag="node.queues_resumed"):
    node: NodeId
    ip: IpAddr
    cycle: Position


class ResumeFailed(Fact, frozen=True, kw_only=True, tag="node.resume_failed"):
    node: NodeId
    ip: IpAddr
    cycle: Position
    why: str


class JobPaused(Fact, frozen=True, kw_only=True, tag="node.job_paused"):
    """What waits of a job's mail stands still."""

    node: NodeId
    job: str
    cycle: Position
    ip: IpAddr | None = None  # the address whose listing it lies behind; None: a person said so


class JobPauseFailed(Fact, frozen=True, kw_only=True, tag="node.job_pause_failed"):
    node: NodeId
    job: str
    cycle: Position
    why: str
    ip: IpAddr | None = None
    lacking: bool = False  # this PowerMTA has no such command


class JobResumed(Fact, frozen=True, kw_only=True, tag="node.job_resumed"):
    node: NodeId
    job: str
    cycle: Position


class JobResumeFailed(Fact, frozen=True, kw_only=True, tag="node.job_resume_failed"):
    node: NodeId
    job: str
    cycle: Position
    why: str


class NodeLooked(Fact, frozen=True, kw_only=True, tag="node.looked"):
    node: NodeId
    paused: tuple[str, ...] | None  # VMTAs whose queues stand still; None: no answer
    started: str = ""  # PowerMTA's own start time; another one than before: it was restarted
    version: str = ""
    why: str = ""  # of the silence
    measures: Measures | None = None
    clock: str = ""  # its hours from UTC, as "+02:00"; "": it does not tell


class QueuesSeen(Fact, frozen=True, kw_only=True, tag="node.queues_seen"):
    """How much waits for a tenant's addresses on the node: those of which much changed."""

    node: NodeId
    depths: dict[IpAddr, Depth]


NodeJobEvent = JobPaused | JobPauseFailed | JobResumed | JobResumeFailed
NodeEvent = (
    QueuesPaused
    | PauseFailed
    | QueuesHeld
    | QueuesResumed
    | ResumeFailed
    | NodeLooked
    | QueuesSeen
    | NodeJobEvent
)
NODE: Category[NodeEvent] = Category("node", NodeEvent)
