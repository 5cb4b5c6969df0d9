"""What becomes of the block lists' words on an address, apart from the stop itself."""

from datetime import datetime
from typing import Literal

from engine.events.base import Fact
from engine.ids import IpAddr, NodeId, Position, Zone
from engine.values.phase import Phase
from engine.values.plan import Plan
from engine.values.verdict import WhyCleared, WhyNoted
from engine.values.vmta import Vmta


class ListingNoted(Fact, frozen=True, kw_only=True, tag="ip.listing_noted"):
    """A listing was confirmed, and stops nobody for the reason given."""

    ip: IpAddr
    zones: dict[Zone, tuple[str, ...]]  # with their codes
    why: WhyNoted
    looked: Position


class ListingCleared(Fact, frozen=True, kw_only=True, tag="ip.listing_cleared"):
    """Clean in two looks far enough apart, and none between contradicted; or the list is gone."""

    ip: IpAddr
    zones: tuple[Zone, ...]
    looked: Position
    why: WhyCleared = "clean"


class ListingAcknowledged(Fact, frozen=True, kw_only=True, tag="ip.listing_acknowledged"):
    """A person knows of it, and wants the address to go on sending."""

    ip: IpAddr
    zone: Zone
    until: datetime
    reason: str


class AcknowledgementEnded(Fact, frozen=True, kw_only=True, tag="ip.acknowledgement_ended"):
    ip: IpAddr
    zone: Zone
    why: Literal["over", "withdrawn"]


class SuspicionLifted(Fact, frozen=True, kw_only=True, tag="ip.suspicion_lifted"):
    """An admin's word: the zone may be believed, so what it says stops like any other."""

    ip: IpAddr
    zone: Zone
    reason: str


class StopReleased(Fact, frozen=True, kw_only=True, tag="ip.stop_released"):
    """The lists that stopped it are held in suspicion: it is back where it was."""

    ip: IpAddr
    node: NodeId
    vmta: Vmta  # as it was before
    phase: Phase  # WARMING or ACTIVE
    stage: int  # of WARMING; 0 otherwise
    zones: tuple[Zone, ...]
    reason: str
    plan: Plan | None = None  # as it was before; None: as it is


class ListsCheckAsked(Fact, frozen=True, kw_only=True, tag="ip.lists_check_asked"):
    """It is looked at now, and not when the time has come."""

    ip: IpAddr
    zones: tuple[Zone, ...]  # (): all
    after: Position  # the last look that whoever asks has seen; 0: none


IpListingEvent = (
    ListingNoted
    | ListingCleared
    | ListingAcknowledged
    | AcknowledgementEnded
    | SuspicionLifted
    | StopReleased
    | ListsCheckAsked
)
