"""What a tenant may send against what it wants to send, and what is to be done about it."""

from datetime import date
from typing import Literal

from msgspec import Struct

Rotation = Literal[
    "off",  # nothing is judged
    "advise",  # judged each morning; people hear of it, and do it themselves
    "act",  # a standby address is started in time, and a tired one retired
]


class Planned(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """What a tenant expects to send on each of these days, at least."""

    first: date  # in the tenant's day_tz
    last: date
    per_day: int  # messages
    purpose: str | None = None  # the pool that sends them; None: all its pools together


class Short(Struct, frozen=True, gc=False, kw_only=True):
    """The first day on which demand passes capacity."""

    day: date
    demand: int  # messages on that day
    capacity: int
    until: date | None  # from this day on capacity carries it again; None: not within the forecast
    addresses: int  # so many more would carry the worst of the days; 0: the quota is what is short
    start_by: date  # when those should start to warm up, to carry it on ``day``
    purpose: str | None = None  # the pool, where a tenant has several; None: all together
