"""The second limiter: what the engine itself counted is more than a day's cap allows."""

from datetime import datetime

from engine.events.base import Fact
from engine.ids import IpAddr, NodeId


class LimiterPaused(Fact, frozen=True, kw_only=True, tag="ip.limiter_paused"):
    """Its queues stand still until PowerMTA's day turns; intake stays open, and the day counts."""

    ip: IpAddr
    node: NodeId
    attempts: int  # counted on PowerMTA's day
    cap: int  # messages a day
    until: datetime


class LimiterEnded(Fact, frozen=True, kw_only=True, tag="ip.limiter_ended"):
    """Its own pause ends; what else holds the queues goes on holding them."""

    ip: IpAddr
    node: NodeId


IpLimiterEvent = LimiterPaused | LimiterEnded
