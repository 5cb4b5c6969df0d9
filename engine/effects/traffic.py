"""Reading a node's accounting files."""

from engine.effects.base import Look
from engine.ids import NodeId
from engine.values.target import Target


class ReadAccounting(Look, frozen=True, kw_only=True, tag="traffic.read"):
    """Never in the way of the levers of the node: it has a target of its own."""

    node: NodeId

    @property
    def target(self) -> Target:
        return Target("traffic", self.node)
