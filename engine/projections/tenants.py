"""Who the tenants are."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.tenant import TenantChanged, TenantCreated
from engine.ids import InstanceId, TenantId
from engine.projections.projection import Projection


class Tenant(Struct, frozen=True, gc=False):
    slug: TenantId = TenantId("")
    name: str = ""
    brand_domain: str = ""
    sending_domain_base: str = ""
    day_tz: str = "UTC"
    mailwizz: InstanceId | None = None
    created_at: datetime | None = None


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
                created_at=recorded.at,
            )
        case TenantChanged() as changed:
            return replace(
                view,
                name=changed.name,
                brand_domain=changed.brand_domain,
                sending_domain_base=changed.sending_domain_base,
                mailwizz=changed.mailwizz,
            )
        case _:
            return view


TENANTS = Projection(
    name="tenants",
    folds=(TenantCreated, TenantChanged),
    keys=keys,
    initial=Tenant(),
    evolve=evolve,
    tenant=lambda view: view.slug,
)
