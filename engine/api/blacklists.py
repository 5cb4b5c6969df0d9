"""Block lists: what they say of each address, how they are, and what people decide about that."""

from contextlib import aclosing
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Literal, cast

import msgspec
from msgspec import Meta, Struct

from engine.api import as_of, auth, ips, outcomes, present_lists, reading, writing
from engine.api.as_of import Stood
from engine.api.call import Answer, AsOf, Body, Call, OfTenant, Page, Reading, Text
from engine.api.decode import checked, words
from engine.api.meant import meant
from engine.api.places import START
from engine.api.problems import Problem
from engine.commands.ip_listing import (
    AcknowledgeListing,
    CheckLists,
    EndAcknowledgement,
    IpListingCommand,
    LiftSuspicion,
)
from engine.commands.tenant import SetZoneActions
from engine.errors import Rejected
from engine.events import Recorded
from engine.events.dnsbl import DNSBL, DnsblLooked
from engine.ids import IpAddr, TenantId, Zone, parse_ip
from engine.ports import Wanted
from engine.projections.listings import LISTINGS, Listings
from engine.projections.projection import first
from engine.projections.tenants import TENANTS
from engine.projections.zones import ZONES, ZoneView
from engine.rules.looking import STANDS
from engine.runtime.command_handler import Asked
from engine.values.verdict import Action

PATH = "/api/v2/blacklists"
ZONES_MAX = 1_000  # that were ever asked
CHECK_MAX = 500  # addresses of one request


class ListingPage(Page, frozen=True, kw_only=True):
    listed: Literal["yes", "no"] | None = None


class History(AsOf, frozen=True, kw_only=True):
    zone: str | None = None


class Check(OfTenant, frozen=True, kw_only=True):
    ips: tuple[str, ...] = ()  # (): all of the tenant
    zones: tuple[str, ...] = ()  # (): all


class Acknowledgement(OfTenant, frozen=True, kw_only=True):
    reason: Text
    days: Annotated[int, Meta(ge=1, le=90)] = 7


class Whose(Reading, frozen=True, kw_only=True):
    tenant: TenantId | None = None  # a platform's key must name it


class ZoneQuery(AsOf, frozen=True, kw_only=True):
    tenant: TenantId | None = None  # for a platform's key: as this one sees them


class Trust(Body, frozen=True, kw_only=True):
    reason: Text


class Actions(Body, frozen=True, kw_only=True):
    actions: dict[str, Action]  # for all not named: what the catalogue says


class ActionsShown(Struct, frozen=True):
    tenant: TenantId
    actions: dict[Zone, Action]


class Checked(Struct, frozen=True):
    items: list[present_lists.ListingsShown]


class Trusted(Struct, frozen=True):
    zone: Zone
    ips: list[IpAddr]  # whose hits are believed from now on
    until: datetime  # no suspicion is held against it


async def listed(call: Call, query: ListingPage) -> Answer:
    shown = partial(present_lists.listings, catalogue=call.deps.catalogue)
    return await reading.page(call, query, LISTINGS, shown, {"listed": query.listed})


async def history(call: Call, query: History) -> Answer:
    """From the address's own looks, so that every answer ever given can be seen."""
    ip = ips.named(call)
    zones = (_zone(call, query.zone, "$.zone"),) if query.zone else ()
    owner, then = await ips.owner(call, ip, query.as_of)
    if owner is None or call.caller.tenant not in (None, owner):
        raise ips.unknown(ip)
    looks = await _looks(call, ip, owner, then)
    view = call.deps.views.get(LISTINGS, f"{owner}/{ip}") if then is None else None
    if not looks and not (view and view.ip):
        raise ips.unknown(ip)
    shown = present_lists.HistoryShown(
        address=ip,
        tenant=owner,
        now=present_lists.listings(view, call.deps.catalogue) if view else None,
        history=present_lists.history(looks, zones),
        looks=len(looks),
    )
    return reading.as_then(call, then, Answer(shown))


async def _looks(
    call: Call, ip: IpAddr, owner: TenantId, then: Stood | None
) -> list[Recorded[DnsblLooked]]:
    """Only the owner's are read: to read another's too, and leave them out, takes the longer the
    more there are.
    """
    upto = then.position if then else await call.deps.log.head()
    wanted = Wanted(tenant=owner, streams=(DNSBL.stream(ip),))
    found: list[Recorded[DnsblLooked]] = []
    async with aclosing(call.deps.log.pages(START, upto, wanted)) as pages:
        async for page in pages:
            found += cast("list[Recorded[DnsblLooked]]", page.events)  # nothing else stands there
    return found


async def zones(call: Call, query: ZoneQuery) -> Answer:
    """A tenant learns what the lists are and do to it; how they stand is the platform's."""
    tenant = auth.reads_as(call.deps.views, call.caller, query.tenant)
    then = await as_of.stood(call, query.as_of)
    if tenant is not None:
        reader = await as_of.reader(call, then, TENANTS, tenant)
        known = await reading.one(reader, TENANTS, tenant, tenant)
        own = known.zone_actions if known else {}
        items = [present_lists.zone(zone, own, call.deps.catalogue) for zone in _asked(call)]
        return reading.as_then(call, then, Answer(reading.Items(items, None)))
    reader = await as_of.reader(call, then, ZONES, None)
    now = then.at if then else call.deps.clock.now()
    fleet = sum(1 for one in call.deps.views.of(LISTINGS).values() if one.ip)
    rows = await reader.some(ZONES.name, tenant=None, where={}, limit=ZONES_MAX)
    views = {key: msgspec.json.decode(body, type=ZoneView) for key, body in rows}
    stood = [
        present_lists.zone_stood(
            views.get(zone) or first(ZONES, zone), call.deps.catalogue, fleet, now
        )
        for zone in _asked(call)
    ]
    return reading.as_then(call, then, Answer(reading.Items(stood, None)))


async def check(call: Call, body: Check) -> Answer:
    """Asks now, and waits for what is answered."""
    tenant = auth.whose(call.deps.views, call.caller, body.tenant)
    own = {one.ip: one for one in _of(call, tenant)}
    wanted = [checked("$.ips", parse_ip, text) for text in body.ips] or list(own)
    named = tuple(_zone(call, text, "$.zones") for text in body.zones)
    for ip in wanted:
        if ip not in own:
            why = f"there is no {ip} here; GET /api/v2/ips lists what there is"
            raise Problem("invalid", why, field="$.ips")
    if len(wanted) > CHECK_MAX:
        why = f"at most {CHECK_MAX} addresses at a time; all are looked at every 4 h anyway"
        raise Problem("invalid", why, field="$.ips")
    if not wanted:
        return Answer(Checked([]))
    asked = [Asked(CheckLists(ip=ip, zones=named, after=own[ip].since), tenant) for ip in wanted]
    position = await writing.ask(call, asked, tenant)
    items = []
    for ip in dict.fromkeys(wanted):
        view = await outcomes.seen(call, LISTINGS, f"{tenant}/{ip}", position, _looked)
        if view is None:
            return reading.later(call, PATH, position)
        items.append(present_lists.listings(view, call.deps.catalogue))
    return Answer(Checked([one for one in items if one is not None]), 200, position)


def _looked(view: Listings) -> bool:
    return view.check is None


async def acknowledge(call: Call, body: Acknowledgement) -> Answer:
    ip, zone = ips.named(call), _zone(call, call.path["zone"])
    until = call.deps.clock.now() + timedelta(days=body.days)
    reason = words("$.reason", body.reason)
    command = AcknowledgeListing(ip=ip, zone=zone, until=until, reason=reason)
    return await _decided(call, command, body.tenant)


async def withdraw(call: Call, query: Whose) -> Answer:
    ip, zone = ips.named(call), _zone(call, call.path["zone"])
    command = EndAcknowledgement(ip=ip, zone=zone, why="withdrawn")
    return await _decided(call, command, query.tenant)


async def _decided(call: Call, command: IpListingCommand, named: TenantId | None) -> Answer:
    tenant = auth.whose(call.deps.views, call.caller, named)
    try:
        position = await writing.ask(call, [Asked(command, tenant)], tenant)
    except Rejected as refused:
        raise (ips.unknown(command.ip) if refused.code == "not_found" else refused) from refused
    key = f"{tenant}/{command.ip}"
    view = await reading.written(call.deps, position, LISTINGS, key, tenant)
    shown = present_lists.listings(view, call.deps.catalogue) if view else None
    if shown is None:
        return reading.later(call, f"/api/v2/ips/{command.ip}/blacklists", position)
    return Answer(shown, 200, position)


async def trust(call: Call, body: Trust) -> Answer:
    """An admin's word ends a suspicion: what the zone says is acted on from now on."""
    zone, reason = _zone(call, call.path["zone"]), words("$.reason", body.reason)
    if call.deps.views.get(ZONES, zone).suspected_since is None:
        why = f"{zone} is not held in suspicion; GET {PATH}/zones says how each list stands"
        raise Problem("refused", why)
    held = [one for one in call.deps.views.of(LISTINGS).values() if one.words.holds(zone)]
    asked = [
        Asked(command, one.tenant)
        for one in held
        for command in (
            LiftSuspicion(ip=one.ip, zone=zone, reason=reason),
            CheckLists(ip=one.ip, zones=(zone,), after=one.since),
        )
    ]
    position = await writing.ask(call, asked, None) if asked else call.deps.pump.position
    await writing.seen(call, position)
    until = call.deps.clock.now() + STANDS
    return Answer(Trusted(zone, sorted(one.ip for one in held), until), 200, position)


async def set_actions(call: Call, body: Actions) -> Answer:
    slug = call.path["slug"]
    actions = {_zone(call, text, "$.actions"): one for text, one in body.actions.items()}
    if not call.deps.views.get(TENANTS, slug).slug:
        raise Problem("not-found", f"there is no tenant {slug!r}; GET /api/v2/tenants lists them")
    tenant = TenantId(slug)
    async with call.deps.turns.of(tenant):
        addresses = tuple(sorted(one.ip for one in _of(call, tenant)))
        command = SetZoneActions(slug=tenant, actions=actions, ips=addresses)
        position = await writing.ask(call, [Asked(command, tenant)], tenant)
        await writing.seen(call, position)
    return Answer(ActionsShown(tenant, actions), 200, position)


def _of(call: Call, tenant: TenantId) -> list[Listings]:
    views = call.deps.views.of(LISTINGS).values()
    return [one for one in views if one.tenant == tenant and one.ip]


def _asked(call: Call) -> list[Zone]:
    """The lists of addresses; what those of domains say belongs to the domains."""
    return [zone for zone, one in call.deps.catalogue.items() if one.kind == "ip"]


def _zone(call: Call, text: str, field: str | None = None) -> Zone:
    zone = Zone(text.strip().lower().rstrip("."))
    known = _asked(call)
    if zone in known:
        return zone
    why = f"no block list {text!r} is asked here{meant(text, known)}; GET {PATH}/zones lists them"
    raise Problem("invalid" if field else "not-found", why, field=field)
