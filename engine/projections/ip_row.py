"""One sending address: where it is in its life, what is wanted and what was told."""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from engine.ids import InstanceId, IpAddr, NodeId, Position, TenantId, Zone
from engine.projections.ip_looks import Lists, Ptr
from engine.projections.ip_mail import Mail
from engine.projections.ip_spf import Spf
from engine.rules import ladder
from engine.rules.warmup.plans import DEFAULT_PLAN
from engine.values.clocks import Wait
from engine.values.hold import Hold
from engine.values.levers import STOPPED, Levers
from engine.values.phase import HowToRetire, Phase, Reason, WarmupMode
from engine.values.plan import Plan
from engine.values.retry import Retry
from engine.values.vmta import Vmta


class Paused(Struct, frozen=True, gc=False):
    """By a person, beside its phase."""

    since: datetime
    reason: str


class IpRow(Struct, frozen=True, gc=False):
    ip: IpAddr = IpAddr("")
    tenant: TenantId = TenantId("")
    node: NodeId = NodeId("")
    instance: InstanceId | None = None
    phase: Phase = Phase.STANDBY
    reason: Reason | None = "new"  # of STANDBY
    warmup: WarmupMode = "auto"
    requested: bool = False  # warm-up starts once the guards hold
    hostname: str = ""  # as given at registration; "" = by PTR
    vmta: Vmta = Vmta("", "", STOPPED)  # wanted
    told: Levers | None = None  # what the node was told last; None: nothing yet
    told_at: datetime | None = None
    sent_with: Levers | None = None  # what it was told last while its intake was open
    day_tz: str = "UTC"
    stage: int = 0
    first_day: date | None = None  # of the stage
    since: Position = Position(0)  # the event that brought phase and stage
    entered_at: datetime | None = None
    how: HowToRetire | None = None  # of RETIRING
    step: int = 0  # of RETIRING
    listed_by: tuple[Zone, ...] = ()  # the lists that stopped it
    earlier: int = 0  # listings in the 90 days before that one
    remedied: bool = False
    ptr: Ptr = Ptr()
    lists: Lists = Lists()
    spf: dict[str, Spf] = {}  # by the domains that it sends for
    retry: Retry = Retry()  # of the next step
    plan: Plan = DEFAULT_PLAN
    holds: tuple[Hold, ...] = ()  # of WARMING
    resumed_on: date | None = None  # the last hold ended; the next stage begins later
    stage_told_on: date | None = None  # the node was told the stage's levers first
    review: bool = False  # its tenant is in review: it starts nothing and gets no more
    suspended: bool = False  # its tenant is: it sends nothing
    paused: Paused | None = None  # None: no person pauses it
    limit: int | None = None  # messages a day that its tenant's quota leaves it
    wait: Wait | None = None  # of the last raise that was due and had to
    limiter: datetime | None = None  # it holds the queues until then
    sent_until: datetime | None = None  # its intake closed then; None: it is open, or never was
    mail: Mail = Mail()
    removal: Literal["asked", "withdrawn"] | None = None

    @property
    def still(self) -> bool:
        """Beside its phase: its life goes on when every reason is gone."""
        return self.suspended or self.paused is not None

    @property
    def clamped(self) -> bool:
        """Its stage was never told whole."""
        warms = self.phase is Phase.WARMING
        return warms and ladder.clamped(self.stage, self.plan, self.limit)
