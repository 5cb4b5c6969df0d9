"""Who the tenants are."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.tenant import (
    OverlaySet,
    ReviewBegan,
    ReviewEnded,
    TenantChanged,
    TenantCreated,
    ZoneActionsSet,
)
from engine.events.tenant_suspension import TenantResumed, TenantSuspended
from engine.ids import InstanceId, IpAddr, TenantId, Zone
from engine.projections.projection import Projection
from engine.values.overlay import Chosen
from engine.values.review import WhyReview
from engine.values.verdict import Action


class Overlay(Struct, frozen=True, gc=False):
    """What people chose for its VirtualMTAs."""

    version: int = 0  # 0: nothing ever
    virtual_mtas: dict[IpAddr, Chosen] = {}
    drained: tuple[IpAddr, ...] = ()  # named before, and left out


class Review(Struct, frozen=True, gc=False):
    since: datetime
    why: WhyReview
    ips: tuple[IpAddr, ...]  # whose stops led to it


class Suspension(Struct, frozen=True, gc=False):
    since: datetime
    reason: str


class Tenant(Struct, frozen=True, gc=False):
    slug: TenantId = TenantId("")
    name: str = ""
    brand_domain: str = ""
    sending_domain_base: str = ""
    day_tz: str = "UTC"
    mailwizz: InstanceId | None = None
    quota: int | None = None  # messages a day; None: unlimited
    created_at: datetime | None = None
    zone_actions: dict[Zone, Action] = {}  # what differs from the catalogue
    overlay: Overlay = Overlay()
    review: Review | None = None
    suspended: Suspension | None = None


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    return (recorded.event.slug,)


def evolve(view: Tenant, recorded: Recorded[Event]) -> Tenant:
    match recorded.event:
        case TenantCreated() as made:
            return Tenant(
                slug=made.slug,
                name=made.name,
                brand_domain=made.brand_domain,
                sending_domain_base=made.sending_domain_base,
                day_tz=made.day_tz,
                mailwizz=made.mailwizz,
                quota=made.quota,
                created_at=recorded.at,
            )
        case TenantChanged() as changed:
            return replace(
                view,
                name=changed.name,
                brand_domain=changed.brand_domain,
                sending_domain_base=changed.sending_domain_base,
                mailwizz=changed.mailwizz,
                quota=changed.quota,
            )
        case ZoneActionsSet(actions=actions):
            return replace(view, zone_actions=actions)
        case ReviewBegan(why=why, ips=ips):
            return replace(view, review=Review(recorded.at, why, ips))
        case ReviewEnded():
            return replace(view, review=None)
        case TenantSuspended(reason=reason):
            return replace(view, suspended=Suspension(recorded.at, reason))
        case TenantResumed():
            return replace(view, suspended=None)
        case OverlaySet(version=version, virtual_mtas=chosen, drained=drained):
            return replace(view, overlay=Overlay(version, chosen, drained))
        case _:
            return view


TENANTS = Projection(
    name="tenants",
    folds=(
        *(TenantCreated, TenantChanged, ZoneActionsSet, OverlaySet, ReviewBegan, ReviewEnded),
        *(TenantSuspended, TenantResumed),
    ),
    keys=keys,
    initial=Tenant(),
    evolve=evolve,
    tenant=lambda view: view.slug,
)
