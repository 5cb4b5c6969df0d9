"""What was found out about an address by looking: its reverse DNS, and the block lists."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.dns import FcrdnsLooked
from engine.events.dnsbl import DnsblLooked
from engine.ids import Position, Zone
from engine.projections import ip_lists
from engine.projections.ip_lists import Words
from engine.rules.listing import Standing
from engine.values.retry import Retry


class Ptr(Struct, frozen=True, gc=False):
    """The reverse DNS of the address, by the last look that was answered."""

    at: Position = Position(0)
    names: tuple[str, ...] = ()
    confirmed: tuple[str, ...] | None = None  # None: no look was answered yet
    why: str = ""
    looked_at: datetime | None = None  # answered or not
    retry: Retry = Retry()  # while it is not confirmed


class Lists(Struct, frozen=True, gc=False):
    """What the block lists say of the address."""

    at: Position = Position(0)  # the last look
    looked_at: datetime | None = None  # all of them, answered or not
    words: Words = Words()
    proved: tuple[Zone, ...] = ()  # zones whose last answer counts
    unproved: tuple[Zone, ...] = ()  # asked, and not to be believed
    refusing: tuple[Zone, ...] = ()

    @property
    def standing(self) -> dict[Zone, Standing]:
        return self.words.standing


def listed(lists: Lists, looked: DnsblLooked, recorded: Recorded[Event]) -> Lists:
    """What is said of zones that were not asked this time stays."""
    asked, first = looked.answers, lists.looked_at is None
    proved = [zone for zone in lists.proved if zone not in asked]
    unproved = [zone for zone in lists.unproved if zone not in asked]
    refusing = [zone for zone in lists.refusing if zone not in asked]
    for zone, answer in asked.items():
        (proved if answer.counts else unproved).append(zone)
        if answer.verdict == "refused":
            refusing.append(zone)
    return Lists(
        at=recorded.position,
        looked_at=recorded.at if first or ip_lists.full(looked) else lists.looked_at,
        words=ip_lists.heard(lists.words, looked, recorded.at),
        proved=_sorted(proved, lists.proved),
        unproved=_sorted(unproved, lists.unproved),
        refusing=_sorted(refusing, lists.refusing),
    )


def _sorted(zones: list[Zone], before: tuple[Zone, ...]) -> tuple[Zone, ...]:
    """Mostly the same as before, and then there is no need for another of them."""
    after = tuple(sorted(zones))
    return before if after == before else after


def pointed(ptr: Ptr, looked: FcrdnsLooked, recorded: Recorded[Event]) -> Ptr:
    """An unknown answer leaves the last definite one standing."""
    at = recorded.at
    if looked.names is None or looked.confirmed is None:
        return replace(ptr, looked_at=at, why=looked.why, retry=ptr.retry.failed(at))
    retry = Retry() if looked.confirmed else ptr.retry.failed(at)
    return Ptr(recorded.position, looked.names, looked.confirmed, looked.why, at, retry)
