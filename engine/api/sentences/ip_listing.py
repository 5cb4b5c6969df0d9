"""What becomes of the block lists' words on an address."""

from collections.abc import Mapping
from typing import assert_never

from engine.api.sentences.words import listed_by, moment, names, output
from engine.events.ip_listing import (
    AcknowledgementEnded,
    IpListingEvent,
    ListingAcknowledged,
    ListingCleared,
    ListingNoted,
    ListsCheckAsked,
    StopReleased,
    SuspicionLifted,
)
from engine.values.verdict import WhyCleared, WhyNoted

WHY: Mapping[WhyNoted, str] = {
    "alert": "such a listing is only told, and stops nobody",
    "acknowledged": "it is known and borne, so it stops nobody",
    "suspected": "the list names too many addresses at once to be believed yet, so it stops nobody",
    "not_sending": "the address sends nothing that could be stopped",
}

CLEARED: Mapping[WhyCleared, str] = {
    "clean": "two looks a day apart were clean",
    "gone": "the list was dead for 7 days, and its listings are gone with it",
}


def say(event: IpListingEvent) -> str:
    match event:
        case ListingNoted(ip=ip, zones=zones, why=why):
            return f"{ip} is listed by {listed_by(zones)}, as a second look confirmed: {WHY[why]}"
        case ListingCleared(ip=ip, zones=zones, why=why):
            return f"{ip} is no longer listed by {names(zones)}: {CLEARED[why]}"
        case ListingAcknowledged(ip=ip, zone=zone, until=until, reason=reason):
            return f"the listing of {ip} by {zone} is borne until {moment(until)}: {reason}"
        case AcknowledgementEnded(ip=ip, zone=zone, why=why):
            how = "its time is over" if why == "over" else "somebody withdrew it"
            return f"the listing of {ip} by {zone} is borne no longer: {how}"
        case SuspicionLifted(ip=ip, zone=zone, reason=reason):
            return f"what {zone} says of {ip} is to be believed, by an admin's word: {reason}"
        case StopReleased():
            return _released(event)
        case ListsCheckAsked(ip=ip, zones=zones):
            which = names(zones, none="all block lists")
            return f"a look at {which} for {ip} was asked for"
        case _:
            assert_never(event)


def _released(event: StopReleased) -> str:
    stage = f" at stage {event.stage}" if event.stage else ""
    return (
        f"the stop of {event.ip} by {names(event.zones)} is released, for the list is held in"
        f" suspicion: {event.phase.value}{stage} again, {output(event.vmta.levers)}: {event.reason}"
    )
