"""What a PowerMTA host shows, and what it answered to the levers that need no file."""

from engine.events.base import Category, Fact
from engine.ids import IpAddr, NodeId, Position


class QueuesPaused(Fact, frozen=True, kw_only=True, tag="node.queues_paused"):
    node: NodeId
    ip: IpAddr
    cycle: Position  # the event that made it necessary; what cleared it later is not answered


class PauseFailed(Fact, frozen=True, kw_only=True, tag="node.pause_failed"):
    node: NodeId
    ip: IpAddr
    cycle: Position
    why: str


class QueuesResumed(Fact, frozen=True, kw_only=True, tag="node.queues_resumed"):
    node: NodeId
    ip: IpAddr
    cycle: Position


class ResumeFailed(Fact, frozen=True, kw_only=True, tag="node.resume_failed"):
    node: NodeId
    ip: IpAddr
    cycle: Position
    why: str


class NodeLooked(Fact, frozen=True, kw_only=True, tag="node.looked"):
    node: NodeId
    paused: tuple[str, ...] | None  # VMTAs whose queues stand still; None: no answer
    started: str = ""  # PowerMTA's own start time; another one than before: it was restarted
    version: str = ""
    why: str = ""  # of the silence


NodeEvent = QueuesPaused | PauseFailed | QueuesResumed | ResumeFailed | NodeLooked
NODE: Category[NodeEvent] = Category("node", NodeEvent)
