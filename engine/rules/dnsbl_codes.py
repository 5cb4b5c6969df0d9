"""What one A record of a list says."""

import ipaddress
from functools import lru_cache
from typing import Literal

from engine.rules.dnsbl_catalogue.block_list import BlockList, Code
from engine.rules.dnsbl_catalogue.well_formed import ERRORS, LISTS, REFUSED

# harmless: the list knows the address, and says nothing against it.
Sense = Literal["listing", "error", "harmless", "unknown", "astray"]

_REFUSES = 1  # the bit of SURBL and URIBL


def sense(one: BlockList, code: str) -> Sense:
    """An error comes first: whatever else the catalogue says of its code, it lists nobody."""
    if outside(code):
        return "astray"
    if _address(code) in ERRORS or code in one.errors or _refuses(one, code):
        return "error"
    if meanings(one, code):
        return "listing"
    return "harmless" if _harmless(one, code) else "unknown"


def meanings(one: BlockList, code: str) -> tuple[Code, ...]:
    """What a listing's code says, once for each list that it stands for."""
    if code in one.listings:
        return (one.listings[code],)
    octet = _bits(one, code)
    return tuple(means for bit, means in one.bits.items() if octet & bit)


def outside(code: str) -> bool:
    """No answer of a list (RFC 5782 2.1): somebody else answered in its place."""
    address = _address(code)
    return address is None or address not in LISTS


def order(code: str) -> tuple[int, str]:
    """That of the addresses, before whatever is none."""
    address = _address(code)
    return (-1 if address is None else int(address)), code


def _refuses(one: BlockList, code: str) -> bool:
    return bool(_bits(one, code) & _REFUSES) or (code == REFUSED and code not in one.harmless)


def _harmless(one: BlockList, code: str) -> bool:
    octet = _bits(one, code)
    return code in one.harmless or (bool(octet) and not octet & ~sum(one.harmless_bits))


def _bits(one: BlockList, code: str) -> int:
    """The last octet, of a list that answers in bits; else 0."""
    address = _address(code)
    if address is None or not one.bits or not code.startswith("127.0.0."):
        return 0
    return int(address) & 0xFF


@lru_cache(maxsize=1_024)  # the same few, asked about many times for each answer
def _address(code: str) -> ipaddress.IPv4Address | None:
    try:
        return ipaddress.IPv4Address(code)
    except ValueError:
        return None
