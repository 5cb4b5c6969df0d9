"""PowerMTA hosts: how to reach each, and what the last look saw.  A platform view."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.host import HostRegistered, HostShown
from engine.events.node import NodeLooked
from engine.ids import NodeId
from engine.projections.projection import Projection
from engine.values.node import Measures


class Node(Struct, frozen=True, gc=False):
    node: NodeId = NodeId("")
    registered: HostRegistered | None = None
    shown: HostShown | None = None  # with the key that it showed last, confirmed or not
    looked_at: datetime | None = None  # the last look that was answered
    silent_since: datetime | None = None
    why: str = ""  # of the silence
    version: str = ""
    started: str = ""
    paused: tuple[str, ...] = ()
    measures: Measures = Measures()  # by the last look that was answered


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    return (recorded.event.node,)


def evolve(view: Node, recorded: Recorded[Event]) -> Node:
    match recorded.event:
        case HostRegistered(node=node) as registered:
            return replace(view, node=node, registered=registered)
        case HostShown() as shown:
            return replace(view, shown=shown)
        case NodeLooked(paused=None, why=why):
            return replace(view, silent_since=view.silent_since or recorded.at, why=why)
        case NodeLooked(paused=tuple() as paused, version=version, started=started) as looked:
            return replace(
                view,
                looked_at=recorded.at,
                silent_since=None,
                why="",
                version=version,
                started=started,
                paused=paused,
                measures=looked.measures or Measures(),
            )
        case _:
            return view


NODES = Projection(
    name="nodes",
    folds=(HostRegistered, HostShown, NodeLooked),
    keys=keys,
    initial=Node(),
    evolve=evolve,
)
