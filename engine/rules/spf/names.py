"""Names that come out of macros and records: which of them can be asked for."""

import re

NAME_MAX = 253  # octets, RFC 7208 7.3
LABEL_MAX = 63  # octets, RFC 1035 2.3.4

# A backslash escapes in every resolver, so a name that holds one cannot be asked for as it is.
_PLAIN = re.compile(r"[\x20-\x5b\x5d-\x7e]+")


def name_of(expanded: str) -> str:
    """Too long a name loses labels on its left until it fits (RFC 7208 7.3)."""
    name = expanded.removesuffix(".").lower()
    if len(name) <= NAME_MAX:
        return name
    return name[-NAME_MAX - 1 :].partition(".")[2] or name.rpartition(".")[2]


def askable(name: str) -> bool:
    """At least two labels, none empty or too long (RFC 7208 4.3).  What cannot be asked for does
    not exist; RFC 7208 4.8 leaves it open.
    """
    labels = name.split(".")
    whole = all(0 < len(label) <= LABEL_MAX for label in labels)
    return whole and len(labels) > 1 and len(name) <= NAME_MAX and bool(_PLAIN.fullmatch(name))


def within(name: str, domain: str) -> bool:
    """It is the domain, or lies below it."""
    return name == domain or name.endswith(f".{domain}")
