"""What may be asked of a sending address."""

from datetime import datetime
from typing import ClassVar

from engine.commands.base import Ask
from engine.commands.ip_cap import LimitCap
from engine.commands.ip_limiter import IpLimiterCommand
from engine.commands.ip_listing import IpListingCommand
from engine.commands.ip_pause import IpPauseCommand
from engine.commands.ip_removal import IpRemovalCommand
from engine.commands.ip_suspension import IpSuspensionCommand
from engine.commands.ip_warmup import IpWarmupCommand
from engine.ids import InstanceId, IpAddr, NodeId, Position, Zone
from engine.values.clocks import Clocks
from engine.values.evidence import Days, Guards
from engine.values.levers import Levers
from engine.values.phase import HowToRetire, WarmupMode, WhyRested
from engine.values.plan import Plan
from engine.values.traffic import JobBehind
from engine.values.verdict import Action


class RegisterIp(Ask, frozen=True, kw_only=True, tag="ip.register"):
    stranger: ClassVar[str] = "this address is taken"  # the same, whoever has it
    stranger_code: ClassVar[str] = "taken"

    ip: IpAddr
    node: NodeId
    purpose: str
    hostname: str = ""  # "" = the PTR name, once the DNS tells it
    warmup: WarmupMode = "auto"
    day_tz: str = "UTC"
    instance: InstanceId | None = None
    domains: tuple[str, ...] = ()  # registered ones of its tenant, that it will send for
    zone_actions: dict[Zone, Action] = {}  # its tenant's own
    suspended: bool = False  # its tenant is


class RequestWarmup(Ask, frozen=True, kw_only=True, tag="ip.request_warmup"):
    """Start as soon as the guards hold."""

    rises: ClassVar[bool] = True

    ip: IpAddr
    plan: Plan | None = None  # None: the one that it has, which is the default at first
    why: str = ""  # of rotation


class StartWarmup(Ask, frozen=True, kw_only=True, tag="ip.start_warmup"):
    """The guards hold, as ``guards`` says; only the warm-up reactor asks for it."""

    rises: ClassVar[bool] = True

    ip: IpAddr
    guards: Guards
    told: Levers | None = None  # what the node was last told while it sent
    sent_until: datetime | None = None  # of one that is watched; None: it never sent
    clocks: Clocks = Clocks()  # put in when it is dispatched, as is what follows
    delivered: int | None = None  # messages a day, before; None: nobody counted any


class AdvanceStage(Ask, frozen=True, kw_only=True, tag="ip.advance_stage"):
    rises: ClassVar[bool] = True

    ip: IpAddr
    stage: int  # the one to enter; beyond the ladder means finished
    days: Days
    clocks: Clocks = Clocks()  # put in when it is dispatched, as is what follows
    listed_at: datetime | None = None  # when the lists were looked at last; None: it is not known


class StopIp(Ask, frozen=True, kw_only=True, tag="ip.stop"):
    stop: ClassVar[bool] = True

    ip: IpAddr
    zones: dict[Zone, tuple[str, ...]]
    looked: Position
    retires: bool = False
    said: tuple[str, ...] = ()  # by receivers, lately
    jobs: tuple[JobBehind, ...] = ()  # the most probable cause first


class RecordRemedy(Ask, frozen=True, kw_only=True, tag="ip.record_remedy"):
    ip: IpAddr
    cause: str
    remedy: str


class RetireIp(Ask, frozen=True, kw_only=True, tag="ip.retire"):
    ip: IpAddr
    how: HowToRetire
    why: str = ""  # of rotation


class StepRetirement(Ask, frozen=True, kw_only=True, tag="ip.step_retirement"):
    ip: IpAddr
    step: int


class RestIp(Ask, frozen=True, kw_only=True, tag="ip.rest"):
    ip: IpAddr
    why: WhyRested
    left: int | None = None  # recipients that still wait; None: nobody knows


class BeginMonitoring(Ask, frozen=True, kw_only=True, tag="ip.begin_monitoring"):
    ip: IpAddr


class QuarantineIp(Ask, frozen=True, kw_only=True, tag="ip.quarantine"):
    stop: ClassVar[bool] = True

    ip: IpAddr
    reason: str


class ReleaseIp(Ask, frozen=True, kw_only=True, tag="ip.release"):
    ip: IpAddr
    reason: str


IpCommand = (
    RegisterIp
    | RequestWarmup
    | StartWarmup
    | AdvanceStage
    | StopIp
    | RecordRemedy
    | RetireIp
    | StepRetirement
    | RestIp
    | BeginMonitoring
    | QuarantineIp
    | ReleaseIp
    | LimitCap
    | IpListingCommand
    | IpWarmupCommand
    | IpRemovalCommand
    | IpSuspensionCommand
    | IpPauseCommand
    | IpLimiterCommand
)
