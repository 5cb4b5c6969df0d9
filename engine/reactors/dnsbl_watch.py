"""Looks at every address in time, and acts on what a second look confirmed."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from engine.commands.ip import IpCommand, StopIp
from engine.commands.ip_listing import ClearListing, EndAcknowledgement, NoteListing
from engine.effects import Dispatch, LookUp
from engine.ids import Zone
from engine.projections.listings import LISTINGS, Listings, deserving
from engine.reactors.reactor import Agenda, Reactor, Want, agenda
from engine.rules import dnsbl, listing, looking
from engine.rules.dnsbl_catalogue import Catalogue
from engine.values.verdict import Action, WhyNoted

SAID_FOR = timedelta(hours=24)


def dnsbl_watch(catalogue: Catalogue) -> Reactor[Listings]:
    def react(view: Listings, now: datetime) -> Agenda:
        if not view.ip:
            return Agenda()
        return agenda([_look(view, now), *_acts(view, catalogue, now)], now)

    return Reactor(name="dnsbl_watch", reads=LISTINGS, react=react)


# --- looking -------------------------------------------------------------------------------------


def _look(view: Listings, now: datetime) -> Want:
    """All lists on its moments of the grid; sooner only those in doubt, those that did not answer,
    and what somebody asked for.
    """
    own = _own(view, now)
    if view.check is None:
        return own
    zones, asked = view.check.zones, view.check.at
    check = LookUp(tenant=view.tenant, ip=view.ip, zones=zones, cycle=asked, urgent=True)
    if view.check.due is None:
        return Want(check)
    return min(Want(check, view.check.due), own, key=lambda want: want.at or now)


def _own(view: Listings, now: datetime) -> Want:
    """What nobody asked for."""
    tenant, ip, cycle = view.tenant, view.ip, view.since
    if view.full_at is None or view.looked_at is None:
        return Want(LookUp(tenant=tenant, ip=ip, cycle=cycle, urgent=True))
    regular = _regular(view, view.full_at, view.looked_at)
    everything = LookUp(tenant=tenant, ip=ip, cycle=cycle)
    part = min(_parts(view, view.looked_at), key=lambda want: want.at or now, default=None)
    if part is None or part.at is None or part.at >= regular:
        return Want(everything, regular)
    return part


def _regular(view: Listings, full: datetime, looked: datetime) -> datetime:
    """On the grid, but not before a hit may be confirmed: one too soon after it proves little."""
    soon = view.sooner_s if deserving(view, full) else 0
    every = timedelta(seconds=soon) if soon else dnsbl.EVERY
    moment = looking.next_on_grid(view.ip, full, every)
    in_doubt = listing.doubtful(view.standing)
    return max(moment, looked + dnsbl.CONFIRM_AFTER) if in_doubt else moment


def _parts(view: Listings, looked: datetime) -> Iterator[Want]:
    tenant, ip, cycle = view.tenant, view.ip, view.since
    if doubtful := listing.doubtful(view.standing):
        look = LookUp(tenant=tenant, ip=ip, zones=doubtful, cycle=cycle, urgent=True)
        yield Want(look, looked + dnsbl.CONFIRM_AFTER)
    if suspected := tuple(zone for zone in view.words.spared if view.words.doubted(zone)):
        look = LookUp(tenant=tenant, ip=ip, zones=suspected, cycle=cycle, urgent=True)
        yield Want(look, looked + looking.AGAIN_SUSPECTED)
    if view.silent and view.retry.at:
        n = view.retry.attempt
        look = LookUp(tenant=tenant, ip=ip, zones=view.silent, cycle=cycle, attempt=n)
        yield Want(look, view.retry.at)


# --- acting --------------------------------------------------------------------------------------


def _acts(view: Listings, catalogue: Catalogue, now: datetime) -> Iterator[Want]:
    stops, noted = _sorted(view, catalogue)
    if stops:
        retires = "retire" in stops.values()
        zones = _codes(view, tuple(stops))
        said = _said(view, now)
        stop = StopIp(ip=view.ip, zones=zones, looked=view.since, retires=retires, said=said)
        yield _want(view, stop)
    elif news := _news(view, noted):
        why, zones = news
        yield _want(view, NoteListing(ip=view.ip, zones=zones, why=why, looked=view.since))
    if over := _over(view):
        yield _want(view, ClearListing(ip=view.ip, zones=over, looked=view.since))
    if gone := _gone(view):
        yield _want(view, ClearListing(ip=view.ip, zones=gone, looked=view.since, why="gone"))
    for zone, until in sorted(view.words.acknowledged.items()):
        end = EndAcknowledgement(ip=view.ip, zone=zone, why="over")
        yield Want(Dispatch(tenant=view.tenant, command=end, cycle=view.since), until)


def _said(view: Listings, now: datetime) -> tuple[str, ...]:
    """What receivers said about it of late: it may tell the cause before any list does."""
    late = [one for one in view.hints if now - one.at <= SAID_FOR]
    return tuple(dict.fromkeys(f"{one.receiver}: {one.text}" for one in late))


def _want(view: Listings, command: IpCommand) -> Want:
    return Want(Dispatch(tenant=view.tenant, command=command, cycle=view.since))


def _sorted(
    view: Listings, catalogue: Catalogue
) -> tuple[Mapping[Zone, Action], Mapping[Zone, WhyNoted]]:
    """The confirmed listings that stop it now, and those that do not, with the reason."""
    confirmed = listing.confirmed(view.standing)
    stops: dict[Zone, Action] = {}
    noted: dict[Zone, WhyNoted] = {}
    for zone, action in listing.actions(confirmed, view.words.actions, catalogue).items():
        if action == "none":
            continue
        if zone in view.words.acknowledged:
            noted[zone] = "acknowledged"
        elif action == "alert":
            noted[zone] = "alert"
        elif view.words.doubted(zone):
            noted[zone] = "suspected"
        elif view.stoppable:
            stops[zone] = action
        else:
            noted[zone] = "not_sending"
    return stops, noted


def _news(
    view: Listings, noted: Mapping[Zone, WhyNoted]
) -> tuple[WhyNoted, dict[Zone, tuple[str, ...]]] | None:
    """The first reason that was not said yet, and the zones it holds for."""
    new = {zone: why for zone, why in noted.items() if view.known.get(zone) not in ("stopped", why)}
    if not new:
        return None
    first = min(new.values())
    return first, _codes(view, tuple(zone for zone, why in new.items() if why == first))


def _codes(view: Listings, zones: tuple[Zone, ...]) -> dict[Zone, tuple[str, ...]]:
    return {zone: view.standing[zone].codes for zone in sorted(zones)}


def _over(view: Listings) -> tuple[Zone, ...]:
    """Listings that have ended."""
    known = sorted(zone for zone in view.known if zone in view.standing)
    return tuple(zone for zone in known if listing.cleared(view.standing[zone]))


def _gone(view: Listings) -> tuple[Zone, ...]:
    """Listings that ended with their list."""
    return tuple(sorted(zone for zone in view.known if zone in view.words.gone))
