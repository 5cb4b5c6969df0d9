"""A customer of the platform."""

from engine.events.base import Category, Fact
from engine.ids import InstanceId, TenantId


class TenantCreated(Fact, frozen=True, kw_only=True, tag="tenant.created"):
    slug: TenantId
    name: str
    brand_domain: str
    sending_domain_base: str
    day_tz: str  # IANA name; a warm-up day begins at its midnight
    mailwizz: InstanceId | None = None  # the installation that sends for it


class TenantChanged(Fact, frozen=True, kw_only=True, tag="tenant.changed"):
    """Everything that may change, as it is from now on."""

    slug: TenantId
    name: str
    brand_domain: str
    sending_domain_base: str
    mailwizz: InstanceId | None = None


TenantEvent = TenantCreated | TenantChanged
TENANT: Category[TenantEvent] = Category("tenant", TenantEvent)
