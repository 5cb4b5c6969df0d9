"""What an event changes in an alert."""

from datetime import timedelta

from msgspec import Struct

from engine.ids import IpAddr
from engine.values.alert import Severity


class Change(Struct, frozen=True, gc=False, kw_only=True):
    facts: dict[str, str] = {}  # label -> text; they replace those of the same label
    fires: bool = False
    anew: bool = False  # even while it is firing
    over: bool = False  # it only informs: nothing stays to be resolved
    clears: bool = False
    late: bool = False  # the facts are told even when it no longer fires
    lull: timedelta = timedelta()  # so long it must be over before that is believed
    doubt: bool = False  # only DOUBTS_MAX in a row fire
    offered: tuple[IpAddr, ...] = ()  # addresses that a person may release because of it
    severity: Severity = "info"
    title: str = ""


NOTHING = Change()
