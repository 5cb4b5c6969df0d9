"""What the block lists say, as the API shows it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from engine.events import Recorded
from engine.events.dnsbl import DnsblLooked
from engine.ids import IpAddr, TenantId, Zone
from engine.projections.listings import Listings
from engine.projections.zones import ZoneView
from engine.rules import dnsbl, listing, looking
from engine.rules.dnsbl_catalogue import BlockList, Catalogue
from engine.rules.listing import NEW
from engine.values.verdict import Action, Answer, Health, Proof, Verdict


class CellShown(Struct, frozen=True, kw_only=True):
    """One list's word on one address."""

    verdict: Verdict  # of the last look that asked it
    proof: Proof
    codes: tuple[str, ...]
    reason: str
    sublists: tuple[str, ...]  # lists within the list, by their names: "CSS"
    meaning: tuple[str, ...]  # of the codes
    action: Action  # what a confirmed listing does to this address
    confirmed: bool
    since: datetime | None  # of the hits, or of the clean looks
    answered_at: datetime | None  # the last answer that counted
    acknowledged_until: datetime | None
    stops: bool  # it has stopped the address, and the listing has not ended
    delisting: str  # the list's page, where it is listed


class ListingsShown(Struct, frozen=True, kw_only=True):
    address: IpAddr
    tenant: TenantId
    listed: tuple[Zone, ...]
    lists: Mapping[Zone, CellShown]
    silent: tuple[Zone, ...]
    not_asked: tuple[Zone, ...]  # at the last look, for want of questions
    looked_at: datetime | None


def listings(view: Listings, catalogue: Catalogue) -> ListingsShown | None:
    if not view.ip:
        return None
    return ListingsShown(
        address=view.ip,
        tenant=view.tenant,
        listed=listing.listed_now(view.standing),
        lists={zone: _cell(view, zone, one, catalogue) for zone, one in view.answers.items()},
        silent=view.silent,
        not_asked=view.skipped,
        looked_at=view.looked_at,
    )


def _cell(view: Listings, zone: Zone, answer: Answer, catalogue: Catalogue) -> CellShown:
    standing = view.standing.get(zone, NEW)
    listed = standing.last == "listed"
    known = catalogue.get(zone)
    codes = answer.codes if answer.verdict == "listed" else ()
    return CellShown(
        verdict=answer.verdict,
        proof=answer.proof,
        codes=answer.codes,
        reason=answer.reason,
        sublists=dnsbl.sublists(zone, codes, catalogue) if known else (),
        meaning=dnsbl.explained(zone, codes, catalogue) if known else (),
        action=listing.actions((zone,), view.words.actions, catalogue)[zone],
        confirmed=standing.hits >= dnsbl.HITS_MIN,
        since=standing.first_hit_at if listed else standing.clean_since,
        answered_at=standing.last_at,
        acknowledged_until=view.words.acknowledged.get(zone),
        stops=view.known.get(zone) == "stopped",
        delisting=dnsbl.delisting_page(zone, view.ip, catalogue) if listed and known else "",
    )


class SpanShown(Struct, frozen=True, kw_only=True):
    """Looks in a row at which a list said the same."""

    zone: Zone
    verdict: Verdict
    proof: Proof
    codes: tuple[str, ...]
    reason: str
    from_: datetime = field(name="from")
    to: datetime  # the last look that found it so
    looks: int


class HistoryShown(Struct, frozen=True, kw_only=True):
    address: IpAddr
    tenant: TenantId
    now: ListingsShown | None
    history: list[SpanShown]  # newest first
    looks: int  # that it was made from


class _Span(Struct, frozen=True):
    answer: Answer
    begun: datetime
    last: datetime
    looks: int


def history(looks: Sequence[Recorded[DnsblLooked]], zones: Sequence[Zone]) -> list[SpanShown]:
    """Of these zones, all if none is named."""
    spans = list(_spans(looks, frozenset(zones)))
    spans.sort(key=lambda one: (one[1].last, one[1].begun, one[0]), reverse=True)
    return [
        SpanShown(
            zone=zone,
            verdict=one.answer.verdict,
            proof=one.answer.proof,
            codes=one.answer.codes,
            reason=one.answer.reason,
            from_=one.begun,
            to=one.last,
            looks=one.looks,
        )
        for zone, one in spans
    ]


def _spans(
    looks: Sequence[Recorded[DnsblLooked]], zones: frozenset[Zone]
) -> Iterator[tuple[Zone, _Span]]:
    open_: dict[Zone, _Span] = {}
    for look in looks:
        for zone, answer in look.event.answers.items():
            if zones and zone not in zones:
                continue
            before = open_.get(zone)
            if before is not None and _same(before.answer, answer):
                open_[zone] = _Span(answer, before.begun, look.at, before.looks + 1)
                continue
            if before is not None:
                yield zone, before
            open_[zone] = _Span(answer, look.at, look.at, 1)
    yield from open_.items()


def _same(one: Answer, other: Answer) -> bool:
    return (one.verdict, one.proof, one.codes) == (other.verdict, other.proof, other.codes)


class ZoneShown(Struct, frozen=True, kw_only=True):
    zone: Zone
    name: str
    severity: str
    action: Action  # the catalogue's; a tenant's own may differ
    codes: Mapping[str, str]
    retired: str  # why it is asked about its test points alone; "" = it is alive, as far as known
    part_of: Zone | None  # read from the answer of that one
    ipv6: bool
    delisting: str
    removal: str  # how to get off, in words
    source: str


class ZoneStood(ZoneShown, frozen=True, kw_only=True):
    """For the platform: how it is, and what it was asked."""

    health: Health | None
    why: str
    since: datetime | None
    asked_at: datetime | None
    suspected_since: datetime | None
    suspicion: str
    questions_today: int
    questions_a_day: int
    not_asked_today: int  # addresses
    every_s: int  # how often its budget allows each address to be asked about
    clean: int  # answers, ever
    listed: int
    refused: int
    unanswered: int


def zone(zone: Zone, own: Mapping[Zone, Action], catalogue: Catalogue) -> ZoneShown:
    one = catalogue[zone]
    return ZoneShown(**_data(one) | {"action": own.get(zone, one.action)})


def _data(one: BlockList) -> dict[str, Any]:
    """What the catalogue holds of a list, by the names that clients know."""
    return {
        "zone": one.zone,
        "name": one.name,
        "severity": one.severity,
        "action": one.action,
        "codes": one.codes,
        "retired": one.retired,
        "part_of": one.part_of,
        "ipv6": one.ipv6,
        "delisting": one.delisting,
        "removal": one.removal,
        "source": one.source,
    }


def zone_stood(view: ZoneView, catalogue: Catalogue, fleet: int, now: datetime) -> ZoneStood:
    one = catalogue[view.zone]
    asked = catalogue[one.part_of] if one.part_of else one
    a_day = asked.questions_a_day
    today = view.day == now.date()
    counts = view.counts
    return ZoneStood(
        **_data(one),
        health=view.health,
        why=view.why,
        since=view.since,
        asked_at=view.asked_at,
        suspected_since=view.suspected_since,
        suspicion=view.suspicion,
        questions_today=view.questions if today else 0,
        questions_a_day=a_day,
        not_asked_today=view.skipped if today else 0,
        every_s=int(looking.regular_every(fleet, a_day).total_seconds()),
        clean=counts.clean,
        listed=counts.listed,
        refused=counts.refused,
        unanswered=counts.unanswered,
    )
