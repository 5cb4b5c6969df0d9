"""The tag lists that DKIM is written in (RFC 6376 3.2)."""

import re
from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from engine.rules.quoted import quoted

Pair = tuple[str, str]

_WHITE = " \t\r\n"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_VALUE = re.compile(r"[\x21-\x3a\x3c-\x7e \t\r\n]*")


class TagList(Struct, frozen=True):
    pairs: tuple[Pair, ...]  # in their order; names are case-sensitive
    loose: bool = False  # white space after the last semicolon: off the grammar, and everywhere


def parse(text: str) -> TagList:
    """Raises ValueError, in words for who wrote the record."""
    specs = text.split(";")
    tail = specs.pop() if len(specs) > 1 and not specs[-1].strip(_WHITE) else ""
    pairs = tuple(_pair(spec) for spec in specs)
    for name, times in Counter(name for name, _ in pairs).items():
        if times > 1:
            raise ValueError(f"the tag {quoted(name)} is there {times} times, and once is all")
    return TagList(pairs, loose=bool(tail))


def render(pairs: Iterable[Pair]) -> str:
    return "; ".join(f"{name}={value}" for name, value in pairs)


def words(name: str, value: str) -> tuple[str, ...]:
    """The parts of a list with colons between; raises ValueError if one is empty."""
    found = tuple(word.strip(_WHITE) for word in value.split(":"))
    if not all(found):
        raise ValueError(f"{name}={value} has an empty word in its list")
    return found


def squeezed(value: str) -> str:
    """Without white space, which may stand anywhere in base64 (RFC 6376 2.10)."""
    return "".join(value.split())


def _pair(spec: str) -> Pair:
    name, equals, value = spec.partition("=")
    name, value = name.strip(_WHITE), value.strip(_WHITE)
    if not name and not equals:
        raise ValueError("a tag is empty: there is nothing, or nothing between two semicolons")
    if not equals:
        raise ValueError(f"{quoted(name)} is no tag: there is no = in it")
    if not _NAME.fullmatch(name):
        raise ValueError(f"{quoted(name)} is no name of a tag")
    if not _VALUE.fullmatch(value):
        raise ValueError(f"the value of {name}= has a character that may not be there")
    return name, value
