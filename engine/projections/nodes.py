"""PowerMTA hosts: how to reach each, and what the last look saw.  A platform view."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.host import HostRegistered
from engine.events.node import NodeLooked
from engine.ids import NodeId
from engine.projections.projection import Projection


class Node(Struct, frozen=True, gc=False):
    node: NodeId = NodeId("")
    registered: HostRegistered | None = None
    looked_at: datetime | None = None  # the last look that was answered
    silent_since: datetime | None = None
    why: str = ""  # of the silence
    version: str = ""
    started: str = ""
    paused: tuple[str, ...] = ()


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    return (recorded.event.node,)


def evolve(view: Node, recorded: Recorded[Event]) -> Node:
    match recorded.event:
        case HostRegistered(node=node) as registered:
            return replace(view, node=node, registered=registered)
        case NodeLooked(paused=None, why=why):
            return replace(view, silent_since=view.silent_since or recorded.at, why=why)
        case NodeLooked(paused=tuple() as paused, version=version, started=started):
            return replace(
                view,
                looked_at=recorded.at,
                silent_since=None,
                why="",
                version=version,
                started=started,
                paused=paused,
            )
        case _:
            return view


NODES = Projection(
    name="nodes",
    folds=(HostRegistered, NodeLooked),
    keys=keys,
    initial=Node(),
    evolve=evolve,
)
