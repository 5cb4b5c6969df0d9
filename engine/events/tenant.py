"""A customer of the platform."""

from datetime import date

from engine.events.base import Category, Fact
from engine.events.tenant_jobs import TenantJobEvent
from engine.events.tenant_suspension import TenantSuspensionEvent
from engine.ids import InstanceId, IpAddr, NodeId, TenantId, Zone
from engine.values.capacity import Planned, Rotation, Short
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
    confirmed: bool = False  # however much of a file these choices take away
    canary: NodeId = NodeId("")  # its file goes first
    waits: tuple[NodeId, ...] = ()  # until the canary's has stood its watch


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


class CapacitySet(Fact, frozen=True, kw_only=True, tag="tenant.capacity_set"):
    """What it expects to send, and who rotates its addresses: all of it from now on."""

    slug: TenantId
    planned: tuple[Planned, ...]
    rotation: Rotation


class CapacityJudged(Fact, frozen=True, kw_only=True, tag="tenant.capacity_judged"):
    """Demand beside capacity, as a morning found them, and what rotation does about it."""

    slug: TenantId
    day: date  # in its day_tz
    rotation: Rotation
    short: Short | None  # None: capacity carries demand on every day that is foreseen
    starts: IpAddr | None = None  # the standby address that is to warm up
    retires: IpAddr | None = None  # the tired one that is to go
    why: tuple[str, ...] = ()  # in plain words


TenantEvent = (
    TenantCreated
    | TenantChanged
    | ZoneActionsSet
    | OverlaySet
    | ReviewBegan
    | ReviewEnded
    | PoolExhausted
    | PoolRefilled
    | CapacitySet
    | CapacityJudged
    | TenantJobEvent
    | TenantSuspensionEvent
)
TENANT: Category[TenantEvent] = Category("tenant", TenantEvent)
