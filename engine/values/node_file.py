"""What stands in the engine's file of a node that is no tenant's."""

from msgspec import Struct


class OwnAccounting(Struct, frozen=True, gc=False):
    """The engine's own ``<acct-file>``; absolute paths on the node."""

    file: str  # PowerMTA numbers those that it moves
    move_to: str  # the folder that the engine reads
    move_interval: str = "5m"


class NodeOwn(Struct, frozen=True, gc=False, omit_defaults=True):
    """What is None is not written; of nothing there is no file."""

    accounting: OwnAccounting | None = None
