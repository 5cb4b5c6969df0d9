"""The names that people write, brought to the form in which the DNS is asked."""

import ipaddress
import re

import idna

from engine.rules.quoted import quoted

NAME_MAX = 253  # octets, without the last dot
LABEL_MAX = 63
TEXT_MAX = 1000  # letters; more is not even looked at
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_SELECTOR = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?")

# Registries that give out names one level down.  Only the best known: there is no list of public
# suffixes here that would have to be kept up to date, and DMARC knows the others by psd=y.
_SUFFIXES = {
    "ar": "com net org",
    "au": "com net org id",
    "br": "com net org",
    "cn": "com net org",
    "hk": "com net org",
    "id": "co or web",
    "il": "co org",
    "in": "co net org firm gen ind",
    "jp": "co ne or ac",
    "kr": "co ne or re",
    "mx": "com net org",
    "my": "com net org",
    "nz": "co net org",
    "pl": "com net org",
    "sg": "com net org",
    "th": "co in or",
    "tr": "com net org",
    "tw": "com net org",
    "ua": "com net org",
    "uk": "co org me ltd plc net",
    "za": "co net org web",
}


def parse_domain(text: str) -> str:
    """A sending domain in A-labels and lower case, without the last dot.  Raises ValueError, in
    words for who wrote it.
    """
    name = _parsed(text)
    _check_not_a_suffix(name)
    return name


def parse_selector(text: str) -> str:
    """A DKIM selector (RFC 6376 3.1), lower case; raises ValueError.  Underscores are off the
    grammar, and are used.
    """
    name = text.strip().lower()
    labels = name.split(".")
    if len(name) > LABEL_MAX or not all(_SELECTOR.fullmatch(label) for label in labels):
        raise ValueError(
            f"{quoted(text)} is not a selector: letters, digits and dashes, as in s= of a"
            " DKIM-Signature"
        )
    return name


def _parsed(text: str) -> str:
    written = text.strip()
    _check_kind(written)
    name = _encoded(written.rstrip("。．｡").removesuffix(".")).lower()  # noqa: RUF001
    labels = name.split(".")
    for label in labels:
        _check_label(label, text)
    if len(name) > NAME_MAX:
        raise ValueError(f"a domain has at most {NAME_MAX} letters, and this one has {len(name)}")
    if len(labels) < 2:
        raise ValueError(f"{quoted(text)} is a single word: a domain has a dot, as in example.com")
    if labels[-1].isdigit():
        raise ValueError(f"{quoted(text)} ends in a number, and no domain does")
    return name


def _check_kind(text: str) -> None:
    """What people write in place of a domain."""
    if not text:
        raise ValueError("there is no domain: write one, as in example.com")
    if len(text) > TEXT_MAX:
        raise ValueError(f"a domain has at most {NAME_MAX} letters, and this has {len(text)}")
    if _is_ip(text):
        raise ValueError(f"{text} is an IP address: write the domain that sends from it")
    if "*" in text:
        raise ValueError(f"{quoted(text)} is a wildcard: write one domain")
    if "@" in text:
        raise ValueError(f"{quoted(text)} is a mail address: write what is after the @")
    if "/" in text or ":" in text:
        raise ValueError(f"{quoted(text)} is a web address: write the domain in it alone")


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return False
    return True


def _encoded(text: str) -> str:
    """To A-labels by IDNA 2008 after the mapping of UTS 46; A-labels are checked."""
    if text.isascii() and "xn--" not in text.lower():
        return text
    try:
        return idna.encode(text, uts46=True, std3_rules=True).decode()
    except (idna.IDNAError, UnicodeError) as error:
        raise ValueError(f"{quoted(text)} is not an internationalised domain: {error}") from None


def _check_label(label: str, text: str) -> None:
    if not label:
        raise ValueError(f"{quoted(text)} has two dots in a row, or one at its beginning")
    if len(label) > LABEL_MAX:
        raise ValueError(
            f"between two dots are at most {LABEL_MAX} letters: {quoted(label)} is too long"
        )
    if not _LABEL.fullmatch(label):
        raise ValueError(
            f"{quoted(label)} cannot stand in a domain: letters, digits and dashes between them can"
        )


def _check_not_a_suffix(name: str) -> None:
    first, _, last = name.partition(".")
    if first in _SUFFIXES.get(last, "").split():
        raise ValueError(
            f"{name} is a public suffix, below which others register theirs: write one of those,"
            f" as in example.{name}"
        )
