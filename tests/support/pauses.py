"""A person's pause of one address and a suspension of its tenant, as events."""

from typing import Any

from engine.events.ip_pause import IpPaused, PauseEnded
from engine.events.ip_suspension import IpSuspended, SuspensionEnded
from engine.rules import ladder
from engine.values.levers import STOPPED, Levers
from engine.values.phase import Phase
from tests.support.samples import (
    registered,
    stage,
)
from tests.support.spec import (
    IP,
    NODE,
    vmta,
)

WHY = "something odd is going out"
PAUSED = IpPaused(ip=IP, node=NODE, vmta=vmta(STOPPED), reason=WHY)
SUSPENDED = IpSuspended(ip=IP, node=NODE, vmta=vmta(STOPPED), reason="unpaid")
SENDING: list[Any] = [registered(), stage(1), stage(2)]
FULL = ladder.levers(2)


def resumed(levers: Levers, phase: Phase = Phase.WARMING, n: int = 2) -> PauseEnded:
    to, why = vmta(levers), "it was a test"
    return PauseEnded(ip=IP, node=NODE, vmta=to, phase=phase, stage=n, reason=why)


def unsuspended(levers: Levers, phase: Phase = Phase.WARMING, n: int = 2) -> SuspensionEnded:
    return SuspensionEnded(ip=IP, node=NODE, vmta=vmta(levers), phase=phase, stage=n)
