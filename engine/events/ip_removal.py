"""The end of an address here: asked for, off its node, and gone."""

from datetime import datetime

from engine.events.base import Fact
from engine.ids import IpAddr, NodeId, Zone
from engine.values.vmta import Vmta


class RemovalAsked(Fact, frozen=True, kw_only=True, tag="ip.removal_asked"):
    """It goes once intake is closed, its queue was seen empty, and its server is off."""

    ip: IpAddr
    reason: str


class IpWithdrawn(Fact, frozen=True, kw_only=True, tag="ip.withdrawn"):
    """Its VMTA leaves the node's file with the next rollout."""

    ip: IpAddr
    node: NodeId
    vmta: Vmta


class IpRemoved(Fact, frozen=True, kw_only=True, tag="ip.removed"):
    """From now on any tenant may register it."""

    ip: IpAddr
    node: NodeId
    forced: bool = False  # an admin did not wait
    left: int | None = None  # recipients that waited then; None: nobody knows
    reason: str = ""  # of whoever forced it
    listings: tuple[datetime, ...] = ()  # confirmed ones, which the next registration copies
    domains: tuple[str, ...] = ()  # that knew of it
    zones: tuple[Zone, ...] = ()  # that stopped it last


IpRemovalEvent = RemovalAsked | IpRemoved  # what moves no lever
