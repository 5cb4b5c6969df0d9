"""Where nothing that the engine connects to can be, whoever names it.

Machines in a cloud are told passwords by a metadata service at an address of their own link: AWS
169.254.169.254 and fd00:ec2::254 (docs.aws.amazon.com, "Access instance metadata"), Google
fd20:ce::254 (cloud.google.com, "About VM metadata"), Alibaba 100.100.100.200 (alibabacloud.com,
"Instance metadata"), Oracle 192.0.0.192 (docs.oracle.com, Compute Classic); all read 2026-11-29.
Private addresses are no such place: nodes often stand in a network of their operator's.
"""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_METADATA = frozenset(
    map(
        ipaddress.ip_address,
        ("100.100.100.200", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"),
    )
)
_THIS_NETWORK = ipaddress.ip_network("0.0.0.0/8")  # RFC 1122 3.2.1.3; Linux takes it for itself
_BROADCAST = ipaddress.ip_address("255.255.255.255")
_HOLD_V4 = (  # the last four bytes: NAT64 (RFC 6052), and IPv4-compatible ones (RFC 4291 2.5.5.1)
    ipaddress.ip_network("64:ff9b::/96"),
    ipaddress.ip_network("64:ff9b:1::/48"),  # of one's own, where it maps by a /96 (RFC 8215)
    ipaddress.ip_network("::/96"),
)


def address(text: str) -> Address | None:
    """As a socket is given it; an interface at its end (``fe80::1%eth0``) is left out.  None: it is
    a name.
    """
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None


def astray(where: Address) -> str | None:
    """Why nothing is to be connected to there; None: it may be."""
    inner = _inner(where)
    if inner.is_link_local or inner in _METADATA:
        return "it is of its own link, where clouds tell passwords to whoever asks"
    if inner.is_multicast or inner == _BROADCAST:
        return "it is many hosts, and no one"
    if inner.is_unspecified or (inner.version == 4 and inner in _THIS_NETWORK):
        return "it is no host's address"
    return None


def is_own(where: Address) -> bool:
    """Whether it is this machine's, from the machine itself."""
    return _inner(where).is_loopback


def _inner(where: Address) -> Address:
    """The IPv4 address that one of IPv6 stands for, else itself."""
    if where.version == 4 or where.is_loopback or where.is_unspecified:
        return where
    if any(where in network for network in _HOLD_V4):
        return ipaddress.IPv4Address(where.packed[-4:])
    teredo = where.teredo
    return where.ipv4_mapped or where.sixtofour or (teredo[1] if teredo else where)
