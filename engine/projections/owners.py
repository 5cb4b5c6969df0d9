"""Who had an address, and from when on, for late evidence belongs to whoever sent it: for the
platform alone.
"""

from datetime import datetime
from typing import Any

from msgspec import Struct

from engine.events import Event, Recorded
from engine.events.ip import IpRegistered
from engine.events.ip_removal import IpRemoved
from engine.ids import TenantId
from engine.projections.projection import Projection


class Owned(Struct, frozen=True, gc=False):
    since: datetime
    tenant: TenantId | None
    day_tz: str


class Owners(Struct, frozen=True, gc=False):
    spans: tuple[Owned, ...] = ()  # oldest first


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    return (recorded.event.ip,)


def evolve(view: Owners, recorded: Recorded[Event]) -> Owners:
    match recorded.event:
        case IpRegistered(day_tz=day_tz):
            return Owners((*view.spans, Owned(recorded.at, recorded.tenant, day_tz)))
        case IpRemoved():
            return Owners((*view.spans, Owned(recorded.at, None, "UTC")))
        case _:
            return view


OWNERS = Projection(
    name="owners", folds=(IpRegistered, IpRemoved), keys=keys, initial=Owners(), evolve=evolve
)
