"""A customer of the platform."""

from engine.events.base import Category, Fact
from engine.ids import InstanceId, IpAddr, NodeId, TenantId, Zone
from engine.values.overlay import Chosen
from engine.values.review import WhyReview
from engine.values.verdict import Action


class TenantCreated(Fact, frozen=True, kw_only=True, tag="tenant.created"):
    slug: TenantId
    name: str
    brand_domain: str
    sending_domain_base: str
    day_tz: str  # IANA name; a warm-up day begins at its midnight
    mailwizz: InstanceId | None = None  # the installation that sends for it
    quota: int | None = None  # messages a day of all its addresses together; None: unlimited


class TenantChanged(Fact, frozen=True, kw_only=True, tag="tenant.changed"):
    """Everything that may change, as it is from now on."""

    slug: TenantId
    name: str
    brand_domain: str
    sending_domain_base: str
    mailwizz: InstanceId | None = None
    quota: int | None = None


class ZoneActionsSet(Fact, frozen=True, kw_only=True, tag="tenant.zone_actions_set"):
    """What a confirmed listing does to its addresses, where it differs from the catalogue."""

    slug: TenantId
    actions: dict[Zone, Action]  # all of them from now on
    ips: tuple[IpAddr, ...]  # its addresses: it concerns each of them


class OverlaySet(Fact, frozen=True, kw_only=True, tag="tenant.overlay_set"):
    """What people chose for its VirtualMTAs, laid over what the engine wants: all of it from now
    on.  One that was named before and is not any more drains."""

    slug: TenantId
    version: int  # from 1
    virtual_mtas: dict[IpAddr, Chosen]
    drained: tuple[IpAddr, ...]
    nodes: dict[IpAddr, NodeId]  # of every address that was ever named: it concerns each of them
    restored: int | None = None  # the version whose names, host names and keys were brought back
    reason: str = ""  # of that


class ReviewBegan(Fact, frozen=True, kw_only=True, tag="tenant.review_began"):
    """Caps freeze; none of its addresses starts or goes on until an admin ends it."""

    slug: TenantId
    why: WhyReview
    ips: tuple[IpAddr, ...]  # whose stops led to it
    addresses: tuple[IpAddr, ...]  # all that it has: it concerns each of them


class ReviewEnded(Fact, frozen=True, kw_only=True, tag="tenant.review_ended"):
    slug: TenantId
    reason: str
    addresses: tuple[IpAddr, ...]


class PoolExhausted(Fact, frozen=True, kw_only=True, tag="tenant.pool_exhausted"):
    """The last of its addresses takes no more mail in; none of another pool takes its place."""

    slug: TenantId
    purpose: str


class PoolRefilled(Fact, frozen=True, kw_only=True, tag="tenant.pool_refilled"):
    slug: TenantId
    purpose: str


TenantEvent = (
    TenantCreated
    | TenantChanged
    | ZoneActionsSet
    | OverlaySet
    | ReviewBegan
    | ReviewEnded
    | PoolExhausted
    | PoolRefilled
)
TENANT: Category[TenantEvent] = Category("tenant", TenantEvent)
