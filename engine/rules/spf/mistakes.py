"""What people write in place of what they mean, where only one thing can be meant."""

import ipaddress
import re

from engine.rules.spf.parse import Malformed, parse
from engine.rules.spf.record import VERSION

_DASHES = str.maketrans({"\u2010": "-", "\u2011": "-", "\u2013": "-", "\u2014": "-"})
# "ip4:192.0.2.1ip4:192.0.2.2" and "192.0.2.1-all": strings joined with no space between them.
_SEAM = re.compile(
    r"(?<=[0-9A-Za-z.])(?=(?:ip4|ip6|include|exists|redirect)[:=])|(?<=[0-9])(?=[+~?-]all$)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"([+\-~?]?)(?:(?:a|mx|ip|ip4|ip6|ipv4|ipv6):)?([0-9A-Fa-f:.]+)(/[0-9]+)?", re.IGNORECASE
)
_HOST = re.compile(r"([+\-~?]?)ip[46]:([A-Za-z][^/]*)", re.IGNORECASE)
_MODIFIER = re.compile(r"(redirect|exp):(.*)", re.IGNORECASE)


def corrected(text: str) -> str | None:
    """The record with every term right, or nothing: where it cannot be told, nothing is guessed."""
    words: list[str] = []
    for word in filter(None, text[len(VERSION) :].split(" ")):
        right = _right(word)
        if not all(map(_is_term, right)):
            return None
        words += right
    record = " ".join((VERSION, *words))
    return record if _reads(record) else None


def _right(word: str) -> list[str]:
    if _is_term(word):
        return [word]
    plain = word.translate(_DASHES).strip("\"',;").removesuffix(".")
    return [_meant(part) for part in _SEAM.split(plain) if part]


def _is_term(word: str) -> bool:
    return _reads(f"{VERSION} {word}")


def _meant(word: str) -> str:
    if _is_term(word):
        return word
    if found := _ADDRESS.fullmatch(word):
        qualifier, address, length = found.groups("")
        return f"{qualifier}{_family(address)}:{address}{length}"
    if found := _HOST.fullmatch(word):
        return f"{found[1]}a:{found[2]}"
    if found := _MODIFIER.fullmatch(word):
        return f"{found[1]}={found[2]}"
    return word


def _family(address: str) -> str:
    try:
        return f"ip{ipaddress.ip_address(address).version}"
    except ValueError:
        return "ip4"


def _reads(text: str) -> bool:
    try:
        parse(text)
    except Malformed:
        return False
    return True
