"""What the block lists say of one address, and what people said about that: for several views."""

from datetime import datetime
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.dnsbl import DnsblLooked
from engine.events.ip import IpRegistered
from engine.events.ip_listing import (
    AcknowledgementEnded,
    ListingAcknowledged,
    StopReleased,
    SuspicionLifted,
)
from engine.events.tenant import ZoneActionsSet
from engine.ids import Zone
from engine.rules import listing
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.rules.listing import Standing
from engine.rules.looking import STANDS
from engine.values.verdict import Action

T = TypeVar("T")


class Words(Struct, frozen=True, gc=False):
    standing: dict[Zone, Standing] = {}  # by the answers that count
    actions: dict[Zone, Action] = {}  # its tenant's own
    acknowledged: dict[Zone, datetime] = {}  # listings to be borne, until when
    spared: tuple[Zone, ...] = ()  # suspected: their hits stop it only if they stand
    released: tuple[Zone, ...] = ()  # likewise, since a person ended their stop
    gone: tuple[Zone, ...] = ()  # they died, and what they said of it is worth nothing

    def holds(self, zone: Zone) -> bool:
        """Whether what it says is held in suspicion."""
        return zone in self.spared or zone in self.released

    def doubted(self, zone: Zone) -> bool:
        """Whether its hit is not to be acted on yet."""
        return self.holds(zone) and not listing.stands(self.standing[zone], STANDS)


def full(looked: DnsblLooked) -> bool:
    """A look at all lists, whatever came of it."""
    return looked.whole or set(DEFAULT) <= set(looked.answers)


def heard(words: Words, looked: DnsblLooked, at: datetime) -> Words:
    standing = listing.heard(words.standing, looked.answers, at)
    if not (looked.spared or words.spared or words.released or looked.gone or words.gone):
        return replace(words, standing=standing)
    told = {zone: one.verdict for zone, one in looked.answers.items() if one.counts}
    spared = {zone for zone in words.spared if zone not in told} | set(looked.spared)
    gone = {zone for zone in words.gone if zone not in told} | set(looked.gone)
    return replace(
        words,
        standing=without(standing, *gone),
        spared=tuple(sorted(spared - gone)),
        released=tuple(
            zone for zone in words.released if told.get(zone) != "clean" and zone not in gone
        ),
        gone=tuple(sorted(gone)),
    )


def said(words: Words, recorded: Recorded[Event]) -> Words:
    """What people said, and what its tenant is registered with."""
    match recorded.event:
        case IpRegistered(zone_actions=actions) | ZoneActionsSet(actions=actions):
            return replace(words, actions=actions)
        case ListingAcknowledged(zone=zone, until=until):
            return replace(words, acknowledged=words.acknowledged | {zone: until})
        case AcknowledgementEnded(zone=zone):
            return replace(words, acknowledged=without(words.acknowledged, zone))
        case SuspicionLifted(zone=zone):
            return replace(
                words, spared=_but(words.spared, zone), released=_but(words.released, zone)
            )
        case StopReleased(zones=zones):
            anew = {zone: _anew(words, zone, recorded.at) for zone in zones}
            return replace(words, released=zones, standing=words.standing | anew)
        case _:
            return words


def _anew(words: Words, zone: Zone, at: datetime) -> Standing:
    """From now on it must stand as long as a new hit must."""
    known = words.standing.get(zone, listing.NEW)
    return replace(known, first_hit_at=at) if known.last == "listed" else known


def without(of: dict[Zone, T], *zones: Zone) -> dict[Zone, T]:
    return {zone: one for zone, one in of.items() if zone not in zones}


def _but(zones: tuple[Zone, ...], zone: Zone) -> tuple[Zone, ...]:
    return tuple(one for one in zones if one != zone)


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    """A tenant's word on its lists concerns each of its addresses."""
    return tuple(f"{recorded.tenant}/{ip}" for ip in recorded.event.ips)
