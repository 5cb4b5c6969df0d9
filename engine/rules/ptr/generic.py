"""Host names that look as if a provider had made them up: receivers take such hosts for hijacked.

A heuristic: the words are those that several checkers look for, and Microsoft's DY-001 and DY-002
name "dynamic" looking hosts without saying how they are told.
"""

import ipaddress
import re
from collections.abc import Iterator

from engine.ids import IpAddr

_GAP = "[-._x]"
_WORDS = re.compile(
    "adsl|cable|client|cust|customer|dhcp|dial|dialup|dip|dsl|dyn|dynamic|ec2|host|hosted|ip|pool"
    "|ppp|pppoe|unassigned|vdsl|vps|wlan"
)
_PROVIDERS = (
    "amazonaws.com",
    "bc.googleusercontent.com",
    "clients.your-server.de",
    "contaboserver.net",
    "linodeusercontent.com",
    "members.linode.com",
    "ovh.ca",
    "ovh.net",
    "vultrusercontent.com",
)


def generic(name: str, ip: IpAddr) -> str | None:
    """Why it looks so, as the end of a sentence; None: it does not."""
    if _spelled(name, ip):
        return f"{name} has the address in it"
    for provider in _PROVIDERS:
        if name.endswith(f".{provider}"):
            return f"{name} is a name of the provider's, below {provider}"
    found = next((word for word in _words(name) if _WORDS.fullmatch(word)), None)
    return f"{name} has {found!r} in it" if found else None


def _words(name: str) -> Iterator[str]:
    """Of the host's own labels; the last two are whose domain it is.  Numbers are cut off."""
    for label in name.split(".")[:-2]:
        for word in re.split(r"[-_]", label):
            yield word if word == "ec2" else word.strip("0123456789")


def _spelled(name: str, ip: IpAddr) -> bool:
    found = ipaddress.ip_address(ip)
    if isinstance(found, ipaddress.IPv6Address):
        return _spelled_v6(name, found)
    octets = list(found.packed)
    return any(_spelled_v4(name, order) for order in (octets, octets[::-1]))


def _spelled_v4(name: str, octets: list[int]) -> bool:
    """All four, or three that follow one another, with something between; or all four run together,
    in three digits or two hexadecimal ones each.
    """
    apart = [f"(?:0{{0,2}}{octet}|{octet:02x})" for octet in octets]
    runs = [_GAP.join(run) for run in (apart, apart[1:], apart[:3])]
    together = ["".join(f"{octet:03d}" for octet in octets), bytes(octets).hex()]
    return any(
        re.search(f"(?<![0-9]){run}(?![0-9])", name)
        for run in (*runs, together[0], f"(?<![a-f]){together[1]}(?![a-f])")
    )


def _spelled_v6(name: str, ip: ipaddress.IPv6Address) -> bool:
    """All nibbles in either order, or the groups as they are written, with anything between."""
    nibbles = ip.packed.hex()
    plain = re.sub(r"[-._]", "", name)
    short = ip.compressed.replace(":", "-")
    return nibbles in plain or nibbles[::-1] in plain or short in name
