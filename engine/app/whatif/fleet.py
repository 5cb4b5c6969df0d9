"""Who is simulated, and what becomes of their mail."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from engine.app.whatif.volume import Volume
from engine.ids import IpAddr, TenantId
from engine.values.capacity import Rotation
from engine.values.phase import WarmupMode
from engine.values.plan import Plan


class Rates(NamedTuple):
    """What becomes of the mail of an address, as shares of 1."""

    bounce: float  # hard bounces of what is tried
    block: float  # refused for the sender's sake, of what is tried
    complaint: float  # of what is delivered
    deferral: float  # attempts that are to be made again


class Ip(NamedTuple):
    ip: IpAddr
    tenant: TenantId
    purpose: str
    plan: Plan
    volume: Volume
    rates: Rates
    warmup: WarmupMode = "auto"  # manual: in reserve, until rotation asks for it

    @property
    def hostname(self) -> str:
        name = self.ip.replace(".", "-").replace(":", "-")
        return f"mail-{name}.{self.tenant}.example"


class Fleet(NamedTuple):
    start: date
    tenants: Mapping[TenantId, str]  # with the day_tz of each
    ips: tuple[Ip, ...]
    providers: Mapping[str, float]  # in this order, the share of what those before leave over
    rotation: Mapping[TenantId, Rotation] = {}  # of those whose capacity is judged
