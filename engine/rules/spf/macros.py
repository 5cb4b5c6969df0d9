"""Macros (RFC 7208 7): ``%{ir}.%{v}.arpa`` becomes a name, once it is known who sends.

macro-expand = ( "%{" macro-letter transformers *delimiter "}" ) / "%%" / "%_" / "%-"
"""

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import quote

from msgspec import Struct

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

IN_DOMAINS = frozenset("slodiphv")
IN_EXPLANATIONS = IN_DOMAINS | set("crt")  # RFC 7208 7.2: "c", "r", "t" only in exp= texts

_MACROS = re.compile(r"%(?:\{([A-Za-z])([0-9]*)([rR]?)([.\-+,/_=]*)\}|([%_-]))")
_LITERALS = re.compile(r"[\x21-\x24\x26-\x7e]*")  # macro-literal
_ESCAPES = {"%": "%", "_": " ", "-": "%20"}


class Envelope(Struct, frozen=True):
    """Who sends: what the macros are made of, but for the domain and the name of the address."""

    ip: Ip
    local: str
    sender_domain: str
    helo: str
    receiver: str = "unknown"  # RFC 7208 7.3, where the receiving host has no name
    at: int = 0  # seconds since 1970

    @property
    def v6(self) -> bool:
        return self.ip.version == 6


def plain(text: str) -> Ip:
    """An IPv4 address in IPv6 clothes is an IPv4 address (RFC 7208 5).  Raises ValueError."""
    ip = ipaddress.ip_address(text)
    return ip.ipv4_mapped or ip if isinstance(ip, ipaddress.IPv6Address) else ip


def problem(text: str, letters: frozenset[str]) -> str | None:
    """What is wrong with a macro-string, or nothing."""
    rest = _MACROS.sub("", text)
    if "%" in rest:
        at = rest.index("%")
        return f"{rest[at : at + 2]!r}: a percent sign begins a macro; for itself it is written %%"
    if not _LITERALS.fullmatch(rest):
        return "it holds a character that no domain may hold"
    for letter, digits, *_ in _MACROS.findall(text):
        if letter and letter.lower() not in letters:
            where = " here" if letter.lower() in IN_EXPLANATIONS else ""
            return f"there is no macro %{{{letter}}}{where}"
        if digits and not _number(digits):
            return f"%{{{letter}0}} keeps no part of the name"
    return None


def ends_in_macro(text: str) -> bool:
    return any(found.end() == len(text) for found in _MACROS.finditer(text))


def letters_of(text: str) -> set[str]:
    return {letter.lower() for letter, *_ in _MACROS.findall(text) if letter}


def values(envelope: Envelope, domain: str, name: str = "unknown") -> dict[str, str]:
    """``name`` is the validated name of the address, for ``%{p}`` (RFC 7208 7.3)."""
    sender = f"{envelope.local}@{envelope.sender_domain}"
    packed = envelope.ip.packed.hex().upper()
    return {
        "s": sender,
        "l": envelope.local,
        "o": envelope.sender_domain,
        "d": domain,
        "i": ".".join(packed) if envelope.v6 else str(envelope.ip),
        "p": name,
        "v": "ip6" if envelope.v6 else "in-addr",
        "h": envelope.helo,
        "c": str(envelope.ip),
        "r": envelope.receiver,
        "t": str(envelope.at),
    }


def expand(text: str, known: Mapping[str, str]) -> str:
    """Of a macro-string without a ``problem``.  Raises KeyError for a letter that is not known."""
    return _MACROS.sub(lambda found: _expanded(found, known), text)


def _expanded(found: re.Match[str], known: Mapping[str, str]) -> str:
    letter, digits, reverse, delimiters, escape = found.groups()
    if escape:
        return _ESCAPES[escape]
    parts = re.split(f"[{re.escape(delimiters or '.')}]", known[letter.lower()])
    if reverse:
        parts.reverse()
    value = ".".join(parts[-_number(digits) :] if digits else parts)
    # An upper case letter: all but RFC 3986's unreserved characters as %XX (7.3).
    return quote(value, safe="~", errors="replace") if letter.isupper() else value


def _number(digits: str) -> int:
    """Of parts to keep.  No name has a thousand, so of a longer number the first digits will do;
    Python reads none of more than 4,300 (``sys.set_int_max_str_digits``).
    """
    return int(digits.lstrip("0")[:4] or "0")
