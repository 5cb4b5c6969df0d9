"""What the lists say of each address, and when it is to be looked at again."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.dnsbl import DnsblLooked
from engine.events.ip import (
    IpQuarantined,
    IpRegistered,
    IpRested,
    IpStopped,
    MonitoringBegan,
    StageEntered,
)
from engine.ids import IpAddr, Position, TenantId, Zone
from engine.projections.projection import Projection, of_tenant
from engine.rules import dnsbl_catalogue, listing
from engine.rules.listing import Standing
from engine.values.retry import Retry
from engine.values.verdict import Answer


class Listings(Struct, frozen=True, gc=False):
    ip: IpAddr = IpAddr("")
    tenant: TenantId = TenantId("")
    stoppable: bool = False
    answers: dict[Zone, Answer] = {}  # the last one of each zone, believed or not
    standing: dict[Zone, Standing] = {}  # by the answers that count
    since: Position = Position(0)  # the last look
    looked_at: datetime | None = None
    full_at: datetime | None = None  # the last look at all lists
    silent: tuple[Zone, ...] = ()  # living zones that did not answer at the last look
    retry: Retry = Retry()  # of the silent ones


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    return of_tenant(recorded, recorded.event.ip)


def evolve(view: Listings, recorded: Recorded[Event]) -> Listings:
    match recorded.event:
        case IpRegistered(ip=ip):
            return replace(view, ip=ip, tenant=recorded.tenant or view.tenant)
        case StageEntered() | MonitoringBegan():
            return replace(view, stoppable=True)
        case IpStopped() | IpQuarantined() | IpRested():
            return replace(view, stoppable=False)
        case DnsblLooked() as looked:
            return _looked(view, looked, recorded)
        case _:
            return view


def _looked(view: Listings, looked: DnsblLooked, recorded: Recorded[Event]) -> Listings:
    standing = listing.heard(view.standing, looked.answers, recorded.at)
    silent = tuple(sorted(zone for zone, answer in looked.answers.items() if _nothing(answer)))
    full = set(dnsbl_catalogue.DEFAULT) <= set(looked.answers)
    return replace(
        view,
        answers=view.answers | looked.answers,
        standing=standing,
        since=recorded.position,
        looked_at=recorded.at,
        full_at=recorded.at if full or view.full_at is None else view.full_at,
        silent=silent,
        retry=view.retry.failed(recorded.at) if silent else Retry(),
    )


def _nothing(answer: Answer) -> bool:
    """Of a living list nothing was learned: it was silent, or failed its closing test."""
    heard = answer.verdict in ("clean", "listed")
    return heard != (answer.proof == "proved") and answer.verdict != "refused"


LISTINGS = Projection(
    name="listings",
    folds=(
        *(IpRegistered, StageEntered, MonitoringBegan),
        *(IpStopped, IpQuarantined, IpRested, DnsblLooked),
    ),
    keys=keys,
    initial=Listings(),
    evolve=evolve,
    tenant=lambda view: view.tenant,
    columns=lambda view: {"listed": "yes" if listing.listed_now(view.standing) else "no"},
)
