"""Who is asked in a round: what a day's questions allow, and whom else a hit is measured by."""

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from engine.effects.dnsbl import LookUp
from engine.ids import IpAddr, TenantId, Zone
from engine.projections.listings import LISTINGS, Listings, deserving
from engine.projections.zones import ZONES, ZoneView
from engine.rules import dnsbl, listing, looking
from engine.rules.dnsbl import HITS_MIN
from engine.rules.dnsbl_catalogue import Catalogue
from engine.rules.listing import NEW
from engine.rules.looking import Budget, Fleet
from engine.rules.suspicion import KIN_MAX, OTHERS_MAX
from engine.runtime.views import Views

RESTS = dnsbl.EVERY - looking.GRID  # a dead zone's test points: with the looks of every 4 h


class Plan(NamedTuple):
    now: datetime
    looks: Mapping[IpAddr, LookUp]
    beside: Mapping[IpAddr, TenantId]  # whom nobody asked to look at: they measure the others' hits
    asks: Mapping[Zone, tuple[IpAddr, ...]]
    resting: Mapping[Zone, tuple[IpAddr, ...]]  # dead zones, and who would have been asked about
    skipped: Mapping[Zone, frozenset[IpAddr]]  # for want of questions
    confirming: Mapping[Zone, frozenset[IpAddr]]  # whose hit is to be confirmed, by the zone asked
    kin: Mapping[Zone, frozenset[IpAddr]]  # of those beside: no measure, but a tenant's second hit

    def tenant(self, ip: IpAddr) -> TenantId:
        look = self.looks.get(ip)
        return look.tenant if look else self.beside[ip]


class Known(NamedTuple):
    """What the views know of the fleet and the zones, at one moment."""

    views: Views
    catalogue: Catalogue

    def zone(self, zone: Zone) -> ZoneView:
        return self.views.get(ZONES, zone)

    def of(self, tenant: TenantId, ip: IpAddr) -> Listings:
        return self.views.get(LISTINGS, f"{tenant}/{ip}")

    def fleet(self) -> Iterable[Listings]:
        return (one for one in self.views.of(LISTINGS).values() if one.ip)

    def fresh(self, view: Listings, zone: Zone) -> bool:
        """Whether a hit of this list would be news: no look before has confirmed it."""
        known = view.standing.get(zone, NEW)
        return known.hits < HITS_MIN or view.words.doubted(zone)


def plan(known: Known, looks: Sequence[LookUp], number: str, now: datetime) -> Plan:
    """``number`` is the round's, and decides by lot who is asked about beside the looks."""
    asks: dict[Zone, tuple[IpAddr, ...]] = {}
    resting: dict[Zone, tuple[IpAddr, ...]] = {}
    skipped: dict[Zone, frozenset[IpAddr]] = {}
    confirming: dict[Zone, frozenset[IpAddr]] = {}
    kin: dict[Zone, frozenset[IpAddr]] = {}
    beside: dict[IpAddr, TenantId] = {}
    in_doubt = _in_doubt(known, looks)
    for zone, wanted in _wanted(known, looks).items():
        if _rests(known.zone(zone), wanted, now):
            resting[zone] = tuple(one.ip for one in wanted)
            continue
        kept = _afforded(known, zone, wanted, now)
        skipped[zone] = frozenset(one.ip for one in wanted if one.ip not in kept)
        names = {zone, *dnsbl.parts(zone, known.catalogue)}
        confirming[zone] = frozenset(ip for ip in kept if in_doubt.get(ip, frozenset()) & names)
        asks[zone] = tuple(kept)
        if confirming[zone]:
            able = _by_lot(known, zone, {one.ip for one in wanted}, number)
            others = dict(able[:OTHERS_MAX])
            asked = {ip: look.tenant for ip, look in kept.items()} | others
            lone = _lone(asked, {asked[ip] for ip in confirming[zone]})
            related = _one_each(able[OTHERS_MAX:], lone)
            kin[zone] = frozenset(related)
            beside |= others | related
            asks[zone] = (*kept, *others, *related)
    by_ip = {one.ip: one for one in looks}
    return Plan(now, by_ip, _without(beside, by_ip), asks, resting, skipped, confirming, kin)


def _without(
    beside: Mapping[IpAddr, TenantId], looks: Mapping[IpAddr, LookUp]
) -> dict[IpAddr, TenantId]:
    """Who is looked at anyway, if not by this zone, is no stranger."""
    return {ip: tenant for ip, tenant in beside.items() if ip not in looks}


def _wanted(known: Known, looks: Sequence[LookUp]) -> dict[Zone, list[LookUp]]:
    wanted: dict[Zone, list[LookUp]] = {}
    for look in looks:
        for zone in dnsbl.to_ask(look.zones, known.catalogue):
            wanted.setdefault(zone, []).append(look)
    return wanted


def _rests(view: ZoneView, wanted: Sequence[LookUp], now: datetime) -> bool:
    """A dead zone is tested every 4 h, unless a look names it."""
    if view.health != "dead" or view.asked_at is None:
        return False
    return now - view.asked_at < RESTS and not any(look.zones for look in wanted)


def _afforded(
    known: Known, zone: Zone, wanted: Sequence[LookUp], now: datetime
) -> dict[IpAddr, LookUp]:
    """The urgent ones first, then what was asked for, then those that were not heard of for
    longest.
    """
    budget = budget_of(known, zone, now)
    urgent = [look for look in wanted if look.urgent and not _only_asked(known, look)]
    urgent = urgent[: budget.left(now, urgent=True)]
    asked = [look for look in wanted if look.urgent and _only_asked(known, look)]
    urgent += asked[: max(0, budget.asked_for - len(urgent))]
    regular = [look for look in wanted if not look.urgent]
    left = max(0, budget.left(now, urgent=False) - len(urgent))
    if len(regular) > left:
        regular.sort(key=lambda look: _heard_at(known.of(look.tenant, look.ip), zone))
    return {look.ip: look for look in (*urgent, *regular[:left])}


def _only_asked(known: Known, look: LookUp) -> bool:
    """By a person, or by what receivers said; and nothing of it is in doubt."""
    view = known.of(look.tenant, look.ip)
    return view.check is not None and not listing.doubtful(view.standing)


def _heard_at(view: Listings, zone: Zone) -> float:
    last = view.standing.get(zone, NEW).last_at
    return last.timestamp() if last else 0.0


def budget_of(known: Known, zone: Zone, now: datetime) -> Budget:
    view = known.zone(zone)
    a_day = known.catalogue[zone].questions_a_day
    return Budget(a_day, view.questions if view.day == now.date() else 0)


def _in_doubt(known: Known, looks: Sequence[LookUp]) -> Mapping[IpAddr, frozenset[Zone]]:
    """By address, for those that have any: lists with one hit so far, or with several that are not
    believed yet.
    """
    found: dict[IpAddr, frozenset[Zone]] = {}
    for look in looks:
        view = known.of(look.tenant, look.ip)
        hit = [zone for zone, one in view.standing.items() if one.hits]
        if doubtful := frozenset(zone for zone in hit if known.fresh(view, zone)):
            found[look.ip] = doubtful
    return found


def _by_lot(
    known: Known, zone: Zone, but: set[IpAddr], number: str
) -> list[tuple[IpAddr, TenantId]]:
    able = [one for one in known.fleet() if _able(known, one.ip, zone) and one.ip not in but]
    able.sort(key=lambda one: zlib.crc32(f"{number}{one.ip}".encode()))
    return [(one.ip, one.tenant) for one in able]


def _lone(asked: Mapping[IpAddr, TenantId], tenants: set[TenantId]) -> set[TenantId]:
    """Those with one address in the round: whatever the list says of it would be their only hit."""
    count = Counter(asked.values())
    return {tenant for tenant in tenants if count[tenant] == 1}


def _one_each(
    able: Sequence[tuple[IpAddr, TenantId]], tenants: set[TenantId]
) -> dict[IpAddr, TenantId]:
    first = {tenant: ip for ip, tenant in reversed(able) if tenant in tenants}
    return {ip: tenant for tenant, ip in list(first.items())[:KIN_MAX]}


def _able(known: Known, ip: IpAddr, zone: Zone) -> bool:
    return dnsbl.can_list(ip, zone, known.catalogue)


def sooner_s(known: Known, plan: Plan, least: timedelta) -> int:
    """How soon those that deserve it may be looked at again; 0: not before the others."""
    fleet = tuple(known.fleet())
    count = Fleet(len(fleet), sum(deserving(one, plan.now) for one in fleet))
    budgets = [budget_of(known, zone, plan.now).a_day for zone in plan.asks]
    every = looking.sooner(count, min(budgets, default=0), least)
    return int(every.total_seconds()) if every else 0


def skipped_of(plan: Plan, ip: IpAddr, catalogue: Catalogue) -> Iterator[Zone]:
    """The lists that were not asked about it: the zone's own, and those read from its answer."""
    for zone, ips in plan.skipped.items():
        if ip in ips:
            yield from (zone, *dnsbl.parts(zone, catalogue))
