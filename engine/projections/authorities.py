"""Where the engine may act, and since when."""

from typing import Any

from msgspec import Struct

from engine.events import Event, Recorded
from engine.events.authority import AuthoritySet
from engine.ids import Position
from engine.projections.projection import Projection
from engine.values.authority import Mode


class Authority(Struct, frozen=True, gc=False):
    mode: Mode = "observe"
    since: Position = Position(0)
    why: str = "nobody has let the engine act"


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    return (recorded.event.over,)


def evolve(view: Authority, recorded: Recorded[Event]) -> Authority:
    match recorded.event:
        case AuthoritySet(mode=mode, why=why):
            return Authority(mode, recorded.position, why)
        case _:
            return view


AUTHORITIES = Projection(
    name="authorities",
    folds=(AuthoritySet,),
    keys=keys,
    initial=Authority(),
    evolve=evolve,
    columns=lambda view: {"mode": view.mode},
)
