"""Where DMARC reports go: the URIs of rua= and ruf= (RFC 9989 4.6, 4.8)."""

import re
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from engine.ids import parse_hostname
from engine.rules.quoted import quoted

_SIZE = re.compile(r"!(\d+[kmgt]?)$", re.IGNORECASE)
_URI = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):([\x21\x23-\x2b\x2d-\x3a\x3d\x3f-\x7e]+)")
_MAILBOX = re.compile(r"([^\s@]+)@([^\s@]+)")


class ReportUri(Struct, frozen=True):
    uri: str  # without the size
    scheme: str  # lower case
    host: str  # whose domain has to agree
    size: str = ""  # the obsolete "!10m", without the mark


def parse_uris(value: str) -> tuple[tuple[ReportUri, ...], tuple[str, ...]]:
    """Those that can be read, and for each of the others what is wrong with it."""
    found, wrong = [], []
    for text in value.split(","):
        try:
            found.append(parse_uri(text.strip(" \t")))
        except ValueError as error:
            wrong.append(str(error))
    return tuple(found), tuple(wrong)


def parse_uri(text: str) -> ReportUri:
    """Raises ValueError, in words for who wrote the record."""
    size = _SIZE.search(text)
    plain = text[: size.start()] if size else text
    parts = _URI.fullmatch(plain)
    if not parts:
        raise ValueError(f"{quoted(text)} is no URI: an address is written mailto:name@example.com")
    if "!" in plain:
        raise ValueError(f"{quoted(text)} has a ! in it, which is written %21 there")
    scheme = parts[1].lower()
    host = _mail_host(parts[2], text) if scheme == "mailto" else _host(plain, text)
    return ReportUri(plain, scheme, host, size[1] if size else "")


def text_of(one: ReportUri) -> str:
    return f"{one.uri}!{one.size}" if one.size else one.uri


def _mail_host(rest: str, text: str) -> str:
    mailbox = _MAILBOX.fullmatch(unquote(rest.partition("?")[0]))
    if not mailbox:
        raise ValueError(f"{quoted(text)} holds no mail address")
    return _named(mailbox[2], text)


def _host(uri: str, text: str) -> str:
    try:
        host = urlsplit(uri).hostname
    except ValueError:
        host = None
    return _named(host or "", text)


def _named(host: str, text: str) -> str:
    try:
        return parse_hostname(host)
    except ValueError:
        raise ValueError(f"{quoted(text)} names no host that could take a report") from None
