"""What the second limiter asks of an address."""

from datetime import datetime

from engine.commands.base import Ask
from engine.ids import IpAddr


class PauseByLimiter(Ask, frozen=True, kw_only=True, tag="ip.pause_by_limiter"):
    ip: IpAddr
    attempts: int  # counted on PowerMTA's day
    cap: int  # messages a day
    until: datetime  # PowerMTA's day turns


class EndLimiter(Ask, frozen=True, kw_only=True, tag="ip.end_limiter"):
    ip: IpAddr


IpLimiterCommand = PauseByLimiter | EndLimiter
