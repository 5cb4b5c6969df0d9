"""Asking the DNS about an address."""

from engine.effects.base import Look
from engine.ids import IpAddr, TenantId
from engine.values.target import Target


class LookAtPtr(Look, frozen=True, kw_only=True, tag="dns.look_at_ptr"):
    tenant: TenantId
    ip: IpAddr

    @property
    def target(self) -> Target:
        return Target("dns", self.ip)
