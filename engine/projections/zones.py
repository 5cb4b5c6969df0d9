"""How each block list itself is: a platform view."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from engine.events import Event, Recorded
from engine.events.zone import ZoneHealthChanged
from engine.ids import Zone
from engine.projections.projection import Projection
from engine.values.verdict import Health


class ZoneView(Struct, frozen=True, gc=False):
    zone: Zone = Zone("")
    health: Health | None = None  # None: never asked
    since: datetime | None = None
    why: str = ""


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    return (recorded.event.zone,)


def evolve(view: ZoneView, recorded: Recorded[Event]) -> ZoneView:
    match recorded.event:
        case ZoneHealthChanged(zone=zone, health=health, why=why):
            return ZoneView(zone, health, recorded.at, why)
        case _:
            return view


ZONES = Projection(
    name="zones",
    folds=(ZoneHealthChanged,),
    keys=keys,
    initial=ZoneView(),
    evolve=evolve,
    columns=lambda view: {"health": view.health},
)
