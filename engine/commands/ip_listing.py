"""What may be asked about the block lists' words on an address."""

from datetime import datetime
from typing import ClassVar, Literal

from engine.commands.base import Ask
from engine.ids import IpAddr, Position, Zone
from engine.values.verdict import WhyCleared, WhyNoted


class NoteListing(Ask, frozen=True, kw_only=True, tag="ip.note_listing"):
    """A confirmed listing that stops nobody; only the watch over the lists asks for it."""

    ip: IpAddr
    zones: dict[Zone, tuple[str, ...]]
    why: WhyNoted
    looked: Position


class ClearListing(Ask, frozen=True, kw_only=True, tag="ip.clear_listing"):
    ip: IpAddr
    zones: tuple[Zone, ...]
    looked: Position
    why: WhyCleared = "clean"


class AcknowledgeListing(Ask, frozen=True, kw_only=True, tag="ip.acknowledge_listing"):
    """Known, keep sending."""

    ip: IpAddr
    zone: Zone
    until: datetime
    reason: str


class EndAcknowledgement(Ask, frozen=True, kw_only=True, tag="ip.end_acknowledgement"):
    ip: IpAddr
    zone: Zone
    why: Literal["over", "withdrawn"]


class LiftSuspicion(Ask, frozen=True, kw_only=True, tag="ip.lift_suspicion"):
    """An admin's word that the zone may be believed."""

    ip: IpAddr
    zone: Zone
    reason: str


class ReleaseStop(Ask, frozen=True, kw_only=True, tag="ip.release_stop"):
    """Back to where it was before lists stopped it that are now held in suspicion."""

    rises: ClassVar[bool] = True

    ip: IpAddr
    suspected: tuple[Zone, ...]  # as the platform's view of the zones has it
    reason: str


class CheckLists(Ask, frozen=True, kw_only=True, tag="ip.check_lists"):
    """Ask the lists now; asked again before the next look, it is the same request."""

    ip: IpAddr
    zones: tuple[Zone, ...] = ()
    after: Position = Position(0)


IpListingCommand = (
    NoteListing
    | ClearListing
    | AcknowledgeListing
    | EndAcknowledgement
    | LiftSuspicion
    | ReleaseStop
    | CheckLists
)
