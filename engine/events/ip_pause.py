"""An address that a person pauses: closed and paused, and afterwards as it was."""

from typing import ClassVar

from engine.events.base import Fact
from engine.ids import IpAddr, NodeId
from engine.values.phase import Phase
from engine.values.vmta import Vmta


class IpPaused(Fact, frozen=True, kw_only=True, tag="ip.paused"):
    """Its phase stays; it sends nothing and gets nothing to send until a person resumes it."""

    stop: ClassVar[bool] = True

    ip: IpAddr
    node: NodeId
    vmta: Vmta
    reason: str


class PauseEnded(Fact, frozen=True, kw_only=True, tag="ip.pause_ended"):
    """What else stops it, such as a suspension of its tenant, goes on stopping it."""

    ip: IpAddr
    node: NodeId
    vmta: Vmta
    phase: Phase
    stage: int  # 0: it does not warm up
    reason: str = ""  # what the person who resumed it wrote


IpPauseEvent = IpPaused | PauseEnded
