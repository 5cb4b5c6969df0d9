"""Reading a node's accounting files, and what the counts come to."""

from engine.effects.base import Look
from engine.ids import IpAddr, NodeId
from engine.values.crossing import Crossing, Told
from engine.values.target import Target


class ReadAccounting(Look, frozen=True, kw_only=True, tag="traffic.read"):
    """Never in the way of the levers of the node: it has a target of its own."""

    node: NodeId

    @property
    def target(self) -> Target:
        return Target("traffic", self.node)


class NoteRate(Look, frozen=True, kw_only=True, tag="traffic.note_rate"):
    """Write down that a rate crossed its line, so that people hear of it."""

    ip: IpAddr
    signal: Told
    standing: Crossing
    count: int
    of: int

    @property
    def target(self) -> Target:
        return Target("traffic", f"{self.ip}/{self.signal}")
