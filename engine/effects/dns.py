"""Asking the DNS about an address or a domain, and whether it may be asked at all."""

from engine.effects.base import Look
from engine.ids import IpAddr, TenantId
from engine.values.target import Target


class LookAtPtr(Look, frozen=True, kw_only=True, tag="dns.look_at_ptr"):
    tenant: TenantId
    ip: IpAddr

    @property
    def target(self) -> Target:
        return Target("dns", self.ip)


class ValidateDomain(Look, frozen=True, kw_only=True, tag="dns.validate_domain"):
    """All of its DNS, judged; of one that was removed: the addresses that were told of it are told
    that it is gone.
    """

    tenant: TenantId
    domain: str

    @property
    def target(self) -> Target:
        return Target("dns", self.domain)


class CheckResolver(Look, frozen=True, kw_only=True, tag="dns.check_resolver"):
    """Whether the name servers that are asked are fit to ask block lists."""

    @property
    def target(self) -> Target:
        return Target("dns", "resolver")
