"""What a tenant's quota asks of its addresses."""

from engine.commands.base import Ask
from engine.ids import IpAddr
from engine.values.clocks import Clocks


class LimitCap(Ask, frozen=True, kw_only=True, tag="ip.limit_cap"):
    """So that the caps of its tenant's addresses stay within the quota together."""

    ip: IpAddr
    limit: int | None  # messages a day; None: none
    quota: int | None  # of its tenant, a day
    clocks: Clocks = Clocks()  # put in when it is dispatched
    wanted: int  # what the ladders of all its tenant's addresses come to, a day
