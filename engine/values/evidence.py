"""What a transition was decided on; it goes into the event, so that a replay can judge it."""

from datetime import date
from typing import Literal

from msgspec import Struct

from engine.ids import Position, Zone

RULES_VERSION = 4  # raised with every change of what a transition is decided by

# A day counts on which the node was told the stage's levers, or by what was delivered on it.
CountedBy = Literal["told", "delivered"]
# That of the day before: rows of the next day say that it was read, or it was waited for in vain.
Accounting = Literal["read", "waited"]


class Guards(Struct, frozen=True, gc=False, kw_only=True, tag="guards"):
    """The guards at an entry into WARMING, as they stood (DESIGN §4)."""

    hostname: str  # frozen from here on
    fcrdns: Position  # the look that confirmed it
    lists: Position  # the last look at the lists
    proved: tuple[Zone, ...]  # zones that answered and were proved
    unproved: tuple[Zone, ...]  # dead or silent ones: they count for nothing, and are named
    spf: Literal["not_checked", "pass"] = "not_checked"  # it sends for no registered domain
    spf_looks: dict[str, Position] = {}  # by domain that it sends for: the look that authorised it
    sustained: int | None = None  # messages a day, before; None: its stage does not rest on that
    rules: int = RULES_VERSION


class Days(Struct, frozen=True, gc=False, kw_only=True, tag="days"):
    """The days of a warm-up stage."""

    first: date  # the stage's first day, in the tenant's day_tz
    counted: int
    needed: int
    counted_by: CountedBy = "told"
    accounting: Accounting | None = None  # None: counted by what was told
    rules: int = RULES_VERSION


Evidence = Guards | Days
