"""Whose a row of accounting is."""

import ipaddress
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from engine.ids import IpAddr, TenantId, parse_ip


class Owner(NamedTuple):
    tenant: TenantId | None  # None: the platform
    day_tz: str = "UTC"


class Span(NamedTuple):
    """Who had an address from some moment on."""

    since: int  # seconds since 1970
    owner: Owner


PLATFORM = Owner(None)


class Owners(NamedTuple):
    """Tenants by slug, and the history of each address, oldest first."""

    tenants: Mapping[TenantId, Owner]
    history: Callable[[IpAddr], Sequence[Span]]

    def spans(self, vmta: str, ip: IpAddr) -> Sequence[Span]:
        """The tenant named by the VMTA, at all times; else whoever had the address at each."""
        slug, dashes, _ = vmta.partition("--")
        named = self.tenants.get(TenantId(slug)) if dashes else None
        if named:
            return (Span(0, named),)
        return (Span(0, PLATFORM), *self.history(ip)) if ip else (Span(0, PLATFORM),)


def at(spans: Sequence[Span], second: int) -> Owner:
    return spans[max(bisect_right(spans, second, key=lambda span: span.since) - 1, 0)].owner


def address(source: str, vmta: str) -> IpAddr:
    """Where the row was sent from: its source address, else the one in our VMTA's name; "" where
    neither tells: what never got to a connection has none.
    """
    named = vmta.partition("--")[2]
    for text in (source, named.replace("-", "."), named.replace("-", ":")):
        try:
            ip = parse_ip(text)
        except ValueError:
            continue
        if not ipaddress.ip_address(ip).is_unspecified:
            return ip
    return IpAddr("")
