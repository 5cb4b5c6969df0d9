"""What people must hear of block lists, apart from the stop itself."""

from collections.abc import Sequence
from datetime import date, timedelta

from engine.events import Event, Recorded
from engine.events.engine import ResolverChecked
from engine.events.ip import IpStopped
from engine.events.ip_listing import (
    AcknowledgementEnded,
    ListingAcknowledged,
    ListingCleared,
    ListingNoted,
)
from engine.events.zone import SuspicionEnded, ZoneAsked, ZoneHealthChanged, ZoneSuspected
from engine.ids import Zone
from engine.projections.alert_change import NOTHING, Change
from engine.rules import dnsbl
from engine.rules.dnsbl_catalogue import PBL
from engine.rules.named import few
from engine.values.alert import Severity

CAUSES = (
    *(ListingNoted, ListingCleared, ListingAcknowledged, AcknowledgementEnded),
    *(ZoneHealthChanged, ZoneSuspected, SuspicionEnded, ZoneAsked, ResolverChecked),
)
RESOLVER = "resolver"
NOTED, ZONE, SUSPECTED, BUDGET = "listing_noted", "zone", "zone_suspected", "zone_budget"
NAMES = (NOTED, ZONE, SUSPECTED, BUDGET, RESOLVER)


def of(event: Event) -> tuple[tuple[str, str], ...]:
    match event:
        case ListingNoted() | ListingCleared() | ListingAcknowledged() | AcknowledgementEnded():
            return (NOTED, event.ip), ("ip_listed", event.ip)
        case ZoneHealthChanged(zone=zone):
            return ((ZONE, zone),)
        case ZoneSuspected(zone=zone) | SuspicionEnded(zone=zone):
            return ((SUSPECTED, zone),)
        case ZoneAsked(zone=zone):
            return ((BUDGET, zone),)
        case ResolverChecked():
            return ((RESOLVER, RESOLVER),)
        case _:
            return ()


def change(facts: dict[str, str], name: str, recorded: Recorded[Event]) -> Change:
    match name:
        case "listing_noted":
            return noted(facts, recorded)
        case "zone":
            return zone(recorded)
        case "zone_suspected":
            return suspected(recorded)
        case "zone_budget":
            return budget(facts, recorded)
        case _:
            return resolver(recorded)


def noted(facts: dict[str, str], recorded: Recorded[Event]) -> Change:
    match recorded.event:
        case ListingNoted() as event:
            return _noted(event)
        case ListingCleared(why="gone", zones=zones):
            return Change(facts={"Now": _gone(zones)}, clears=True)
        case ListingCleared() | IpStopped():
            return Change(facts={"Now": "the listing ended, or stopped it"}, clears=True)
        case ListingAcknowledged() | AcknowledgementEnded():
            return Change(facts=borne(recorded))
        case _:
            return NOTHING


def delisted(event: ListingCleared, at: str) -> str:
    if event.why == "gone":
        return _gone(event.zones)
    return f"by {', '.join(event.zones)}, seen at {at}"


def _gone(zones: Sequence[Zone]) -> str:
    return f"{', '.join(zones)} was dead for 7 days, and its listings are gone with it"


def borne(recorded: Recorded[Event]) -> dict[str, str]:
    match recorded.event:
        case ListingAcknowledged(zone=zone, until=until, reason=reason):
            return {"Borne": f"{zone} until {until:%Y-%m-%d %H:%M}Z: {reason}"}
        case AcknowledgementEnded(zone=zone, why=why):
            return {"Borne": f"{zone} no longer ({why})"}
        case _:
            return {}


_WHY: dict[str, tuple[Severity, str]] = {
    "alert": ("warning", "nothing is stopped: this list is only told about"),
    "suspected": (
        "warning",
        "not stopped: the list names too many addresses at once; it is asked again every half hour,"
        " and believed once the hit has stood for four hours",
    ),
    "not_sending": ("warning", "it sends nothing now; it does not warm up while it is listed"),
}


def _noted(event: ListingNoted) -> Change:
    if event.why not in _WHY:
        return NOTHING
    severity, effect = _WHY[event.why]
    pages = [dnsbl.delisting_page(zone, event.ip) for zone in event.zones]
    codes = "; ".join(f"{zone} ({', '.join(codes)})" for zone, codes in event.zones.items())
    what = {"IP": event.ip, "Listed by": codes, "Effect": effect}
    if PBL in event.zones:
        what["Cause"] = (
            "PBL: the range must not send mail directly. That is a fault of provisioning, not of"
            " reputation: its provider, or you on the list's page, can end it"
        )
    what["Delisting"] = " ".join(page for page in pages if page) or "see the list's own page"
    title = "Listed, and not stopped"
    return Change(fires=True, anew=True, severity=severity, title=title, facts=what)


def zone(recorded: Recorded[Event]) -> Change:
    match recorded.event:
        case ZoneHealthChanged(health="alive"):
            return Change(facts={"Now": "it proves itself again"}, clears=True)
        case ZoneHealthChanged(zone=zone, health=health, why=why):
            facts = {"Zone": zone, "State": health, "Why": why, "Effect": "it counts for nothing"}
            title = "Block list not to be believed"
            return Change(fires=True, anew=True, title=title, facts=facts, lull=dnsbl.EVERY)
        case _:
            return NOTHING


def suspected(recorded: Recorded[Event]) -> Change:
    match recorded.event:
        case ZoneSuspected() as event:
            return _suspected(event)
        case SuspicionEnded(why="trusted"):
            return Change(facts={"Now": "believed again, by an admin's word"}, clears=True)
        case SuspicionEnded(hits=hits, asked=asked):
            now = f"believed again: {hits} new hits among {asked} addresses"
            return Change(facts={"Now": now}, clears=True)
        case _:
            return NOTHING


def _suspected(event: ZoneSuspected) -> Change:
    stopped = [ip for ips in event.stopped.values() for ip in ips]
    facts = {
        "Zone": event.zone,
        "Why": f"{event.hits} new hits among {event.asked} addresses in one round",
        "Effect": "it stops nobody of a tenant with two or more new hits, until a hit has stood"
        " for four hours",
        "Next": "see whether the list itself has trouble; if it is right, say so: POST"
        f" /api/v2/blacklists/zones/{event.zone}/trust",
    }
    if stopped:
        facts["Stopped before"] = (
            f"{few(stopped, 10)}: /release <address>, or POST /api/v2/ips/<address>/release"
        )
    title = "Block list held in suspicion"
    offered = tuple(stopped)
    return Change(fires=True, severity="warning", title=title, facts=facts, offered=offered)


def budget(facts: dict[str, str], recorded: Recorded[Event]) -> Change:
    """Told once, until a whole day has needed no more questions than there were."""
    event = recorded.event
    if not isinstance(event, ZoneAsked):
        return NOTHING
    today = recorded.at.date()
    if not event.skipped:
        last = facts.get("Last on")
        over = last is not None and today - date.fromisoformat(last) > timedelta(days=1)
        return Change(facts={"Now": "all are asked again"}, clears=True) if over else NOTHING
    said = {
        "Zone": event.zone,
        "What": "its day's questions do not cover the fleet: who was asked longest ago is asked"
        " first, and the others later than after four hours",
        "Next": "give it a larger budget in [dnsbl] if its operator allows that (a key, a feed),"
        " or switch it off",
        "Last on": today.isoformat(),
    }
    return Change(fires=True, severity="warning", title="Too few questions", facts=said)


def resolver(recorded: Recorded[Event]) -> Change:
    """Each mistake of a name server makes every list look clean, or every question fail."""
    event = recorded.event
    if not isinstance(event, ResolverChecked):
        return NOTHING
    if not event.faults:
        return Change(facts={"Now": "all of them are fit"}, clears=True)
    said = {server: " ".join(texts) for server, texts in sorted(event.faults.items())}
    facts = {**said, "Effect": "what block lists say through them may not be believed"}
    title = "Name server not fit to ask block lists"
    return Change(fires=True, severity="critical", title=title, facts=facts)
