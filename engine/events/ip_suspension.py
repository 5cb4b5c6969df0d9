"""An address while its tenant is suspended: closed and paused, and afterwards as it was."""

from typing import ClassVar

from engine.events.base import Fact
from engine.ids import IpAddr, NodeId
from engine.values.phase import Phase
from engine.values.vmta import Vmta


class IpSuspended(Fact, frozen=True, kw_only=True, tag="ip.suspended"):
    """Its phase stays; it sends nothing and gets nothing to send until the suspension ends."""

    stop: ClassVar[bool] = True

    ip: IpAddr
    node: NodeId
    vmta: Vmta
    reason: str


class SuspensionEnded(Fact, frozen=True, kw_only=True, tag="ip.suspension_ended"):
    """What else stopped it meanwhile goes on stopping it."""

    ip: IpAddr
    node: NodeId
    vmta: Vmta
    phase: Phase
    stage: int  # 0: it does not warm up


IpSuspensionEvent = IpSuspended | SuspensionEnded
