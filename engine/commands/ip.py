"""What may be asked of a sending address."""

from typing import ClassVar

from engine.commands.base import Ask
from engine.ids import InstanceId, IpAddr, NodeId, Position, Zone
from engine.values.evidence import Days, Guards
from engine.values.levers import Levers
from engine.values.phase import HowToRetire, WarmupMode, WhyRested


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


class RequestWarmup(Ask, frozen=True, kw_only=True, tag="ip.request_warmup"):
    """Start as soon as the guards hold."""

    ip: IpAddr


class StartWarmup(Ask, frozen=True, kw_only=True, tag="ip.start_warmup"):
    """The guards hold, as ``guards`` says; only the warm-up reactor asks for it."""

    ip: IpAddr
    guards: Guards
    told: Levers | None = None  # what the node was last told while it sent


class AdvanceStage(Ask, frozen=True, kw_only=True, tag="ip.advance_stage"):
    ip: IpAddr
    stage: int  # the one to enter; beyond the ladder means finished
    days: Days


class StopIp(Ask, frozen=True, kw_only=True, tag="ip.stop"):
    stop: ClassVar[bool] = True

    ip: IpAddr
    zones: dict[Zone, tuple[str, ...]]
    looked: Position


class RecordRemedy(Ask, frozen=True, kw_only=True, tag="ip.record_remedy"):
    ip: IpAddr
    cause: str
    remedy: str


class RetireIp(Ask, frozen=True, kw_only=True, tag="ip.retire"):
    ip: IpAddr
    how: HowToRetire


class StepRetirement(Ask, frozen=True, kw_only=True, tag="ip.step_retirement"):
    ip: IpAddr
    step: int


class RestIp(Ask, frozen=True, kw_only=True, tag="ip.rest"):
    ip: IpAddr
    why: WhyRested


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
)
