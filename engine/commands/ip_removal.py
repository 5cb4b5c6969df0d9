"""What may be asked about the end of an address."""

from engine.commands.base import Ask
from engine.ids import IpAddr


class RemoveIp(Ask, frozen=True, kw_only=True, tag="ip.remove"):
    """``force``: at once, whatever waits; an admin's affair."""

    ip: IpAddr
    reason: str
    force: bool = False
    left: int | None = None  # recipients that wait, as last seen; None: nobody knows
    domains: tuple[str, ...] = ()  # that it sends for, as views tell it


class WithdrawIp(Ask, frozen=True, kw_only=True, tag="ip.withdraw"):
    """Nothing can come in, and nothing waits; only its reactor asks for it."""

    ip: IpAddr


class FinishRemoval(Ask, frozen=True, kw_only=True, tag="ip.finish_removal"):
    """The node's file does not hold it any more; only the reactor of files asks for it."""

    ip: IpAddr
    domains: tuple[str, ...] = ()  # that it sends for; put in when it is dispatched


IpRemovalCommand = RemoveIp | WithdrawIp | FinishRemoval
