"""Whether the name servers that we ask are fit to ask block lists: one platform view."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.engine import EngineLed, ResolverChecked
from engine.ids import Position
from engine.projections.projection import Projection

KEY = "resolver"


class Resolvers(Struct, frozen=True, gc=False):
    led: Position = Position(0)  # the last process that took the lead
    checked: Position = Position(0)
    checked_at: datetime | None = None
    faults: dict[str, tuple[str, ...]] = {}  # by server


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    return (KEY,)


def evolve(view: Resolvers, recorded: Recorded[Event]) -> Resolvers:
    match recorded.event:
        case EngineLed():
            return replace(view, led=recorded.position)
        case ResolverChecked(faults=faults):
            return replace(view, checked=recorded.position, checked_at=recorded.at, faults=faults)
        case _:
            return view


RESOLVERS = Projection(
    name="resolvers",
    folds=(EngineLed, ResolverChecked),
    keys=keys,
    initial=Resolvers(),
    evolve=evolve,
)
