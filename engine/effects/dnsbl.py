"""Asking block lists."""

from engine.effects.base import Look
from engine.ids import IpAddr, TenantId, Zone
from engine.values.target import Target


class LookUp(Look, frozen=True, kw_only=True, tag="dnsbl.look_up"):
    """Gathered by its performer with the others of the same moment into one round."""

    tenant: TenantId
    ip: IpAddr
    zones: tuple[Zone, ...] = ()  # (): all
    urgent: bool = False  # may use up the day's questions: to confirm, new, or asked for

    @property
    def target(self) -> Target:
        return Target("dnsbl", self.ip)
