"""Nodes of what the engine writes itself.  Nothing comes into the file but through here.

The first of two gates: a token is ASCII and holds nothing that could end a word, a line or a tag,
begin a comment or a quote, or look like another letter.  The second is ``render``, which reads
back what it wrote.
"""

import ipaddress
import re
from collections.abc import Iterable

from engine.rules.pmta_config import reply_regex, value_types
from engine.rules.pmta_config.tree import Directive, Node, Section
from engine.rules.pmta_config.vocabulary import TAGS, words

LENGTH_MAX = 255
_TOKEN = re.compile(r"[A-Za-z0-9._:/-]+")
_HOST = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_DOMAIN = re.compile(r"(?:\*|(?:\*\.|\[\*\.\])?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)")
_SECRET = re.compile(r"[a-z0-9][a-z0-9._-]*")  # a file's name, and never a way out of its folder
_ACTION = re.compile(r"[a-z-]+(?:=[a-z]+)?")
_LIST = re.compile(r"[A-Za-z0-9._*!/-]+")


def token(text: str) -> str:
    """One word.  Raises ValueError."""
    return _checked(_TOKEN, text, "a word of a PowerMTA configuration")


def address(text: str) -> str:
    """One IP address.  Raises ValueError."""
    return str(ipaddress.ip_address(_checked(_TOKEN, text, "an address")))


def host(text: str) -> str:
    """Raises ValueError, also on an address: no top-level domain is a number (RFC 3696 2)."""
    if text.rpartition(".")[2].isdigit():
        raise ValueError(f"{text} is an address and no host name")
    return _checked(_HOST, text, "a host name")


def pattern(text: str) -> str:
    """Of domains: ``*``, ``name``, ``*.name``, ``[*.]name``.  Raises ValueError."""
    return _checked(_DOMAIN, text, "a domain in a PowerMTA configuration")


def secret(name: str) -> str:
    """What stands for a secret until the file is laid on the node.  Raises ValueError."""
    return f"{{secret:{_checked(_SECRET, name, 'the name of a secret')}}}"


def reply(expression: str, action: str) -> str:
    """What is done about replies that are like the expression.  Raises ValueError."""
    done = _checked(_ACTION, action, "an action of a pattern")
    return f"/{reply_regex.checked(expression)}/ {done}"


def listed(items: Iterable[str]) -> str:
    """Words with commas between them.  Raises ValueError."""
    return ",".join(_checked(_LIST, item, "an item of a list") for item in items)


def _checked(allowed: re.Pattern[str], text: str, what: str) -> str:
    if len(text) > LENGTH_MAX or not allowed.fullmatch(text):
        raise ValueError(f"{text!r} cannot be {what}")
    return text


def directive(scope: str, name: str, value: str) -> Directive:
    """``value`` is made of what the functions above return.  Raises ValueError if the directive is
    unknown there, not documented any more, or of another type."""
    word = words(scope).get(name)
    if word is None or word.removed or word.deprecated or word.undocumented:
        raise ValueError(f"{name} is not to be written in <{scope}>")
    expected = value_types.wanted(word.kind, value)
    if expected or not value:
        raise ValueError(f"{name} wants {expected or 'a value'}, and not {value!r}")
    return Directive(name, value)


def section(tag: str, argument: str, children: Iterable[Node]) -> Section:
    """``argument`` is made of what the functions above return.  Raises ValueError."""
    if tag not in TAGS:
        raise ValueError(f"there is no tag <{tag}>")
    return Section(tag, argument, tuple(children))
