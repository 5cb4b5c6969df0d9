"""Clocks that others count messages by, and whether the engine's own ran as it should.

A platform view: what a tenant needs of it is put into the tenant's own events.
"""

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.engine import ClockStepped
from engine.events.mailwizz import MailwizzLooked
from engine.events.node import NodeLooked
from engine.ids import InstanceId, NodeId
from engine.projections.projection import Projection

OWN = "engine"


class Clock(Struct, frozen=True, gc=False):
    zone: str = ""  # hours from UTC, as "+02:00"; "": never told
    stepped_at: datetime | None = None  # of the engine's own
    by_s: int = 0


def of_node(node: NodeId) -> str:
    return f"node/{node}"


def of_mailwizz(instance: InstanceId) -> str:
    return f"mailwizz/{instance}"


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    match recorded.event:
        case NodeLooked(node=node, clock=clock):
            return (of_node(node),) if clock else ()
        case MailwizzLooked(instance=instance, clock=clock):
            return (of_mailwizz(instance),) if clock else ()
        case _:
            return (OWN,)


def evolve(view: Clock, recorded: Recorded[Event]) -> Clock:
    match recorded.event:
        case NodeLooked(clock=clock) | MailwizzLooked(clock=clock):
            return view if clock == view.zone else replace(view, zone=clock)
        case ClockStepped(at=at, by_s=by_s):
            return replace(view, stepped_at=at, by_s=by_s)
        case _:
            return view


CLOCKS = Projection(
    name="clocks",
    folds=(NodeLooked, MailwizzLooked, ClockStepped),
    keys=keys,
    initial=Clock(),
    evolve=evolve,
)
