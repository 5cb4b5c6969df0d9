"""Where a request comes from, as far as that can be believed."""

import ipaddress
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeAlias

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_KNOWN = 1_024  # addresses: the same few ask again and again
_LETTERS = 64  # more than any address has


def client(peer: str | None, forwarded: Iterable[str], proxies: Iterable[Network]) -> str:
    """The address behind every proxy of ours; "" where there is none (a Unix socket).

    ``forwarded``: the X-Forwarded-For headers as they came.  Each proxy writes whom it heard at
    their end; what stands before somebody who is no proxy of ours, anybody may have written.
    """
    trusted = tuple(proxies)
    hops = [hop.strip() for header in forwarded for hop in header.split(",") if hop.strip()]
    at = address(peer or "")
    while at is not None and hops and within(at, trusted):
        at = address(hops.pop())
    return "" if at is None else str(at)


def address(text: str) -> Address | None:
    """An IPv4 address in IPv6 clothes is that IPv4 address; None: it is no address."""
    return _address(text) if len(text) <= _LETTERS else None


@lru_cache(maxsize=_KNOWN)
def _address(text: str) -> Address | None:
    try:
        found = ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def within(one: Address, networks: Iterable[Network]) -> bool:
    return any(one.version == net.version and one in net for net in networks)


def parse_network(text: str) -> str:
    """CIDR, or an address for a network of one; raises ValueError."""
    try:
        found = ipaddress.ip_network(text.strip())
    except ValueError as wrong:
        raise ValueError(
            f"{text!r} is no network: write 192.0.2.0/24, 2001:db8::/32 or one address ({wrong})"
        ) from wrong
    if found.prefixlen == 0:
        raise ValueError(f"{text!r} is everybody; leave networks out instead")
    return str(found)
