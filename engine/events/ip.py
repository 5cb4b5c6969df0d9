"""The life of one sending address.  What moves a lever carries node and VMTA."""

from datetime import datetime
from typing import ClassVar, Literal

from engine.events.base import Category, Fact
from engine.events.ip_cap import CapLimited, RaiseWaits
from engine.events.ip_limiter import IpLimiterEvent
from engine.events.ip_listing import IpListingEvent, StopReleased
from engine.events.ip_pause import IpPaused, PauseEnded
from engine.events.ip_removal import IpRemovalEvent, IpWithdrawn
from engine.events.ip_suspension import IpSuspended, SuspensionEnded
from engine.events.ip_warmup import (
    IpWarmupEvent,
    RewarmBegan,
    StageSkipped,
    WarmupPaused,
    WarmupResumed,
    WarmupSteppedBack,
)
from engine.ids import InstanceId, IpAddr, NodeId, Position, Zone
from engine.values.evidence import Days, Evidence
from engine.values.phase import HowToRetire, WarmupMode, WhyRested
from engine.values.plan import Plan
from engine.values.traffic import JobBehind
from engine.values.verdict import Action
from engine.values.vmta import Vmta


class IpRegistered(Fact, frozen=True, kw_only=True, tag="ip.registered"):
    ip: IpAddr
    node: NodeId
    vmta: Vmta
    warmup: WarmupMode
    day_tz: str  # its tenant's
    instance: InstanceId | None = None  # MailWizz of its tenant
    domains: tuple[str, ...] = ()  # its tenant's, that it sends for
    zone_actions: dict[Zone, Action] = {}  # its tenant's own, where they differ from the catalogue
    listings: tuple[datetime, ...] = ()  # confirmed ones while it was registered before
    suspended: bool = False  # its tenant is


class WarmupRequested(Fact, frozen=True, kw_only=True, tag="ip.warmup_requested"):
    """It starts once the guards hold."""

    ip: IpAddr
    plan: Plan | None = None  # None: the one that it has, which is the default at first
    why: str = ""  # of rotation, where that asked for it


class StageEntered(Fact, frozen=True, kw_only=True, tag="ip.stage_entered"):
    ip: IpAddr
    node: NodeId
    stage: int  # from 1
    vmta: Vmta
    evidence: Evidence
    plan: Plan | None = None  # frozen when it starts to warm up; None: the default


class WarmupFinished(Fact, frozen=True, kw_only=True, tag="ip.warmup_finished"):
    ip: IpAddr
    node: NodeId
    vmta: Vmta
    evidence: Days


class IpStopped(Fact, frozen=True, kw_only=True, tag="ip.stopped"):
    """A listing was confirmed: intake closed, output paused."""

    stop: ClassVar[bool] = True

    ip: IpAddr
    node: NodeId
    vmta: Vmta
    zones: dict[Zone, tuple[str, ...]]  # the lists that name it, with their codes
    looked: Position  # the look that confirmed it
    at: datetime
    earlier: int  # listings in the 90 days before
    retires: bool = False  # a list whose action is ``retire`` names it: it goes to RETIRING
    said: tuple[str, ...] = ()  # by receivers of its mail, lately: whose, and the text
    jobs: tuple[JobBehind, ...] = ()  # of the 72 hours before; the most probable cause first


class RemedyRecorded(Fact, frozen=True, kw_only=True, tag="ip.remedy_recorded"):
    """A person says what a repeated listing came from, and what was done about it."""

    ip: IpAddr
    cause: str
    remedy: str


class RetirementBegan(Fact, frozen=True, kw_only=True, tag="ip.retirement_began"):
    ip: IpAddr
    node: NodeId
    vmta: Vmta
    how: HowToRetire
    why: str = ""  # of rotation, where that asked for it


class RetirementStepped(Fact, frozen=True, kw_only=True, tag="ip.retirement_stepped"):
    """Output fell by one step; after the last one intake is closed and the queue drains."""

    ip: IpAddr
    node: NodeId
    vmta: Vmta
    step: int  # from 1


class IpRested(Fact, frozen=True, kw_only=True, tag="ip.rested"):
    ip: IpAddr
    node: NodeId
    vmta: Vmta
    why: WhyRested
    left: int | None = None  # recipients that still waited at the limit; None: nobody knows


class MonitoringBegan(Fact, frozen=True, kw_only=True, tag="ip.monitoring_began"):
    """Rest, or a quarantine, is over: the address is watched for seven clean days."""

    ip: IpAddr
    node: NodeId
    vmta: Vmta
    why: Literal["rested", "released"]
    reason: str = ""  # what the person who released it wrote


class IpQuarantined(Fact, frozen=True, kw_only=True, tag="ip.quarantined"):
    stop: ClassVar[bool] = True

    ip: IpAddr
    node: NodeId
    vmta: Vmta
    reason: str


LeverEvent = (
    IpRegistered
    | StageEntered
    | WarmupFinished
    | IpStopped
    | RetirementBegan
    | RetirementStepped
    | IpRested
    | MonitoringBegan
    | IpQuarantined
    | StopReleased
    | WarmupPaused
    | WarmupResumed
    | WarmupSteppedBack
    | StageSkipped
    | RewarmBegan
    | CapLimited
    | IpWithdrawn
    | IpSuspended
    | SuspensionEnded
    | IpPaused
    | PauseEnded
)
IpEvent = (
    LeverEvent
    | WarmupRequested
    | RemedyRecorded
    | IpListingEvent
    | IpWarmupEvent
    | IpRemovalEvent
    | IpLimiterEvent
    | RaiseWaits
)
IP: Category[IpEvent] = Category("ip", IpEvent)
