"""What people and results do to a warm-up, apart from its stages in their time."""

from datetime import date, datetime
from typing import ClassVar

from engine.events.base import Fact
from engine.ids import IpAddr, NodeId
from engine.values.evidence import Guards
from engine.values.hold import HeldBy
from engine.values.results import Results
from engine.values.vmta import Vmta


class WarmupHeld(Fact, frozen=True, kw_only=True, tag="ip.warmup_held"):
    """No next stage until it is resumed; the cap stays."""

    ip: IpAddr
    by: HeldBy
    reason: str = ""  # what the person wrote
    results: Results | None = None


class WarmupPaused(Fact, frozen=True, kw_only=True, tag="ip.warmup_paused"):
    """The results are too bad to go on: intake closed, output paused, until a person resumes."""

    stop: ClassVar[bool] = True

    ip: IpAddr
    node: NodeId
    vmta: Vmta
    results: Results


class WarmupResumed(Fact, frozen=True, kw_only=True, tag="ip.warmup_resumed"):
    """A person ends every hold and pause; good results end the hold that bad ones began."""

    ip: IpAddr
    node: NodeId
    vmta: Vmta
    by: HeldBy
    reason: str = ""
    results: Results | None = None


class WarmupSteppedBack(Fact, frozen=True, kw_only=True, tag="ip.warmup_stepped_back"):
    """To the stage before, with its cap at once.  By results it is held there, too."""

    ip: IpAddr
    node: NodeId
    stage: int  # the lower one
    vmta: Vmta
    by: HeldBy
    reason: str = ""
    results: Results | None = None


class StageSkipped(Fact, frozen=True, kw_only=True, tag="ip.stage_skipped"):
    """A person lets the next stage begin now; the guards held."""

    ip: IpAddr
    node: NodeId
    stage: int  # the one that begins
    vmta: Vmta
    reason: str
    evidence: Guards


class RewarmBegan(Fact, frozen=True, kw_only=True, tag="ip.rewarm_began"):
    """It sent nothing for days, and its reputation fades: it warms up again, from a lower stage."""

    ip: IpAddr
    node: NodeId
    stage: int
    vmta: Vmta
    idle_days: int
    last: date | None  # on which it sent, in its tenant's day_tz; None: never since it started
    volume: int  # messages a day that it sustained before
    read: datetime  # until when its node's accounting says so


IpWarmupEvent = (
    WarmupHeld | WarmupPaused | WarmupResumed | WarmupSteppedBack | StageSkipped | RewarmBegan
)
