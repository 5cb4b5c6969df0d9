"""What may stand in a record of each type, brought to the form in which answers are compared."""

import ipaddress
import re
from collections.abc import Callable, Mapping

from engine.rules.quoted import quoted
from engine.values.dns import RecordType

NAME_MAX, LABEL_MAX = 253, 63  # octets (RFC 1035 2.3.4)
TEXT_MAX = 4_000  # octets of one TXT record; what is longer, no resolver is sure to carry
_NUMBERS = re.compile(r"\d{1,10}")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"|((?:[^\s"\\]|\\.)+)')
_ESCAPE = re.compile(r"\\(\d{3}|.)", re.S)


def parse_name(text: str) -> str:
    """A name of the DNS, which may have labels that no host has; raises ValueError."""
    name = text.strip().removesuffix(".").lower()
    labels = name.split(".")
    if not name.isascii() or not name.isprintable() or " " in name:
        raise ValueError(f"{quoted(text)} is no name: write it in ASCII letters (xn--…)")
    if len(name) > NAME_MAX or not all(0 < len(one) <= LABEL_MAX for one in labels):
        raise ValueError(
            f"{quoted(text)} is no name: labels of 1 to {LABEL_MAX} letters between dots, in all"
            f" at most {NAME_MAX}"
        )
    return name


def parse_data(type: RecordType, text: str) -> str:
    """Raises ValueError, in words for who wrote it."""
    return _PARSERS[type](text.strip())


def joined(text: str) -> str:
    """The strings of a TXT record as a zone file writes them, put together."""
    found = _STRING.findall(text)
    left = _STRING.sub("", text).strip()
    if left:
        raise ValueError(f"a string is not closed: {quoted(left)}")
    octets = b"".join(_octets(quoted or plain) for quoted, plain in found)
    return octets.decode("utf-8", "replace")


def _octets(text: str) -> bytes:
    whole, at = b"", 0
    for escape in _ESCAPE.finditer(text):
        code = escape[1]
        whole += text[at : escape.start()].encode()
        whole += _octet(code) if code.isdigit() and len(code) == 3 else code.encode()
        at = escape.end()
    return whole + text[at:].encode()


def _octet(code: str) -> bytes:
    if int(code) > 255:
        raise ValueError(f"\\{code} is no octet: they go up to \\255")
    return bytes([int(code)])


def _v4(text: str) -> str:
    return str(_address(ipaddress.IPv4Address, text, "an IPv4 address"))


def _v6(text: str) -> str:
    return str(_address(ipaddress.IPv6Address, text, "an IPv6 address"))


def _address(kind: Callable[[str], object], text: str, what: str) -> object:
    try:
        return kind(text)
    except ValueError:
        raise ValueError(f"{quoted(text)} is not {what}") from None


def _host(text: str) -> str:
    return "." if text == "." else parse_name(text)


def _mx(text: str) -> str:
    preference, _, host = text.partition(" ")
    if not _NUMBERS.fullmatch(preference) or int(preference) > 65535 or not host.strip():
        raise ValueError(f'{quoted(text)} is no MX record: write "10 mx1.example.com"')
    return f"{int(preference)} {_host(host.strip())}"


def _soa(text: str) -> str:
    words = text.split()
    if len(words) != 7 or not all(_NUMBERS.fullmatch(one) for one in words[2:]):
        raise ValueError(f"{quoted(text)} is no SOA record: two names and five numbers")
    return " ".join([_host(words[0]), _host(words[1]), *words[2:]])


def _txt(text: str) -> str:
    """Strings in quotes are joined; a text without is one string."""
    whole = joined(text) if text.startswith('"') else text
    if len(whole.encode()) > TEXT_MAX:
        raise ValueError(f"a text of {len(whole):,} letters; a record has at most {TEXT_MAX:,}")
    return whole


_PARSERS: Mapping[RecordType, Callable[[str], str]] = {
    "A": _v4,
    "AAAA": _v6,
    "CNAME": _host,
    "MX": _mx,
    "NS": _host,
    "PTR": _host,
    "SOA": _soa,
    "TXT": _txt,
}
