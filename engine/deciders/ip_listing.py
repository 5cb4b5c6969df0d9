"""Decisions about the block lists' words on an address, apart from the stop itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import assert_never

from engine.commands.ip_listing import (
    AcknowledgeListing,
    CheckLists,
    ClearListing,
    EndAcknowledgement,
    IpListingCommand,
    LiftSuspicion,
    NoteListing,
    ReleaseStop,
)
from engine.deciders.ip_state import State, stopped, with_levers
from engine.errors import Rejected
from engine.events.ip import IpEvent, MonitoringBegan
from engine.events.ip_listing import (
    AcknowledgementEnded,
    ListingAcknowledged,
    ListingCleared,
    ListingNoted,
    ListsCheckAsked,
    StopReleased,
    SuspicionLifted,
)
from engine.rules import lifecycle

ACKNOWLEDGED_MAX = timedelta(days=90)  # longer is no exception any more: change the zone's action


def decide(state: State, command: IpListingCommand, now: datetime) -> Sequence[IpEvent]:
    match command:
        case NoteListing():
            return _note(state, command)
        case ClearListing(ip=ip, zones=zones, looked=looked, why=why):
            known = tuple(zone for zone in zones if zone in state.known)
            return [ListingCleared(ip=ip, zones=known, looked=looked, why=why)] if known else []
        case AcknowledgeListing():
            return _acknowledge(state, command, now)
        case EndAcknowledgement(ip=ip, zone=zone, why=why):
            ended = AcknowledgementEnded(ip=ip, zone=zone, why=why)
            return [ended] if zone in state.acknowledged else []
        case LiftSuspicion(ip=ip, zone=zone, reason=reason):
            suspected = state.known.get(zone) == "suspected"
            return [SuspicionLifted(ip=ip, zone=zone, reason=reason)] if suspected else []
        case ReleaseStop():
            return _release(state, command)
        case CheckLists(ip=ip, zones=zones, after=after):
            asked = state.check == (after, zones)
            return [] if asked else [ListsCheckAsked(ip=ip, zones=zones, after=after)]
        case _:
            assert_never(command)


def _note(state: State, command: NoteListing) -> Sequence[IpEvent]:
    """Once for each reason, and not of what has stopped it."""
    said = ("stopped", command.why)
    news = {
        zone: codes for zone, codes in command.zones.items() if state.known.get(zone) not in said
    }
    if not news:
        return []
    return [ListingNoted(ip=command.ip, zones=news, why=command.why, looked=command.looked)]


def _acknowledge(
    state: State, command: AcknowledgeListing, now: datetime
) -> Sequence[ListingAcknowledged]:
    ip, zone, until, reason = command.ip, command.zone, command.until, command.reason
    if not now < until <= now + ACKNOWLEDGED_MAX:
        raise Rejected(
            f"an acknowledgement ends later than now, and at most {ACKNOWLEDGED_MAX.days} days from"
            f" now; for longer, change what a listing by {zone} does to this tenant's addresses"
        )
    if zone not in state.known:
        raise Rejected(f"no confirmed listing of {ip} by {zone} is known; there is nothing to bear")
    if state.acknowledged.get(zone) == until:
        return []
    return [ListingAcknowledged(ip=ip, zone=zone, until=until, reason=reason)]


def _release(state: State, command: ReleaseStop) -> Sequence[IpEvent]:
    ip, before = command.ip, state.before
    if state.place != lifecycle.LISTED or before is None:
        raise Rejected(f"{ip} is {state.place}; only what a list has stopped can be released")
    believed = [zone for zone in state.stopped_by if zone not in command.suspected]
    if believed:
        raise Rejected(
            f"{', '.join(believed)} lists {ip} and is not held in suspicion;"
            " acknowledge the listing, or wait for two clean looks 24 h apart"
        )
    if before.place == lifecycle.MONITORED:
        vmta, reason = stopped(state), command.reason
        return [MonitoringBegan(ip=ip, node=state.node, vmta=vmta, why="released", reason=reason)]
    return [
        StopReleased(
            ip=ip,
            node=state.node,
            vmta=with_levers(state, before.vmta.levers),
            phase=before.place.phase,
            stage=before.stage,
            zones=state.stopped_by,
            reason=command.reason,
            plan=None if before.plan == state.plan else before.plan,
        )
    ]
