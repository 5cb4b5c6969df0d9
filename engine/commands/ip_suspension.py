"""What a tenant's suspension asks of each of its addresses."""

from typing import ClassVar

from engine.commands.base import Ask
from engine.ids import IpAddr


class SuspendIp(Ask, frozen=True, kw_only=True, tag="ip.suspend"):
    stop: ClassVar[bool] = True

    ip: IpAddr
    reason: str


class EndSuspension(Ask, frozen=True, kw_only=True, tag="ip.end_suspension"):
    """It stands as it did before, but for what happened to it meanwhile."""

    ip: IpAddr


IpSuspensionCommand = SuspendIp | EndSuspension
