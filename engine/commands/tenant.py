"""What may be asked of a tenant."""

from datetime import date
from typing import ClassVar

from msgspec import UNSET, UnsetType

from engine.commands.base import Ask
from engine.commands.tenant_jobs import PauseJob, ResumeJob
from engine.commands.tenant_suspension import TenantSuspensionCommand
from engine.ids import InstanceId, IpAddr, NodeId, TenantId, Zone
from engine.values.capacity import Planned, Rotation, Short
from engine.values.overlay import Chosen
from engine.values.review import WhyReview
from engine.values.verdict import Action


class CreateTenant(Ask, frozen=True, kw_only=True, tag="tenant.create"):
    stranger: ClassVar[str] = "this slug is taken"
    stranger_code: ClassVar[str] = "taken"

    slug: TenantId
    name: str
    brand_domain: str
    sending_domain_base: str
    day_tz: str = "UTC"
    mailwizz: InstanceId | None = None
    quota: int | None = None  # messages a day of all its addresses together; None: unlimited


class ChangeTenant(Ask, frozen=True, kw_only=True, tag="tenant.change"):
    """What is None or unset stays."""

    slug: TenantId
    name: str | None = None
    brand_domain: str | None = None
    sending_domain_base: str | None = None
    mailwizz: InstanceId | None = None
    quota: UnsetType | int | None = UNSET  # None: unlimited from now on


class SetZoneActions(Ask, frozen=True, kw_only=True, tag="tenant.set_zone_actions"):
    """What a confirmed listing does to its addresses; the catalogue's action for all not named."""

    slug: TenantId
    actions: dict[Zone, Action]
    ips: tuple[IpAddr, ...]  # its addresses, as the view of them has it


class SetOverlay(Ask, frozen=True, kw_only=True, tag="tenant.set_overlay"):
    """All that is chosen for its VirtualMTAs from now on; one that is left out drains."""

    slug: TenantId
    virtual_mtas: dict[IpAddr, Chosen]
    nodes: dict[IpAddr, NodeId]  # where each of these lies
    ready: tuple[NodeId, ...] = ()  # where a file could go first, and be looked at
    confirmed: bool = False  # however much of a file it takes away


class RestoreOverlay(Ask, frozen=True, kw_only=True, tag="tenant.restore_overlay"):
    """Names, host names and keys as an older version had them; quotas, limits and drains stay."""

    slug: TenantId
    version: int  # 0: before anything was chosen
    reason: str
    confirmed: bool = False
    over: int | None = None  # only if these choices still hold


class BeginReview(Ask, frozen=True, kw_only=True, tag="tenant.begin_review"):
    slug: TenantId
    why: WhyReview
    ips: tuple[IpAddr, ...]  # whose stops led to it
    addresses: tuple[IpAddr, ...]  # all that it has


class EndReview(Ask, frozen=True, kw_only=True, tag="tenant.end_review"):
    slug: TenantId
    reason: str
    addresses: tuple[IpAddr, ...]


class ReportPool(Ask, frozen=True, kw_only=True, tag="tenant.report_pool"):
    """Whether any address of the pool takes mail in."""

    slug: TenantId
    purpose: str
    exhausted: bool


class SetCapacity(Ask, frozen=True, kw_only=True, tag="tenant.set_capacity"):
    """What is None stays."""

    slug: TenantId
    planned: tuple[Planned, ...] | None = None
    rotation: Rotation | None = None


class JudgeCapacity(Ask, frozen=True, kw_only=True, tag="tenant.judge_capacity"):
    """What a morning found; whoever carries it out fills in what the views say."""

    slug: TenantId
    day: date
    rotation: Rotation
    short: Short | None = None
    starts: IpAddr | None = None
    retires: IpAddr | None = None
    why: tuple[str, ...] = ()


TenantCommand = (
    CreateTenant
    | ChangeTenant
    | SetZoneActions
    | SetOverlay
    | RestoreOverlay
    | BeginReview
    | EndReview
    | ReportPool
    | SetCapacity
    | JudgeCapacity
    | PauseJob
    | ResumeJob
    | TenantSuspensionCommand
)
