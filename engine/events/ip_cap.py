"""A cap that its tenant's quota holds down, and a raise that waits for midnights."""

from engine.events.base import Fact
from engine.ids import IpAddr, NodeId
from engine.values.clocks import Wait
from engine.values.vmta import Vmta


class CapLimited(Fact, frozen=True, kw_only=True, tag="ip.cap_limited"):
    """From now on it gets at most ``limit`` a day, whatever its ladder says."""

    ip: IpAddr
    node: NodeId
    vmta: Vmta
    limit: int | None  # messages a day; None: the quota limits it no more
    quota: int | None  # of its tenant, a day
    wanted: int  # what the ladders of all its tenant's addresses come to, a day


class RaiseWaits(Fact, frozen=True, kw_only=True, tag="ip.raise_waits"):
    """Its cap may rise by its tenant's calendar, and not yet by the clocks of others."""

    ip: IpAddr
    wait: Wait
