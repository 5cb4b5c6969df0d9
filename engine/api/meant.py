"""What a client may have meant, from the types that decode its requests."""

from collections.abc import Iterator
from enum import Enum
from functools import cache
from typing import Any, Literal, get_args, get_origin

import msgspec
from msgspec import Struct

from engine.rules.meant import meant

__all__ = ["choices", "fields", "meant"]


@cache
def fields(takes: Any) -> tuple[str, ...]:
    """The names a body or query may hold, sorted."""
    return tuple(sorted({name for name, _ in _fields(takes)}))


def choices(takes: Any, field: str) -> tuple[str, ...]:
    """The words a field may hold, if it holds only certain ones."""
    return tuple(word for name, kind in _fields(takes) if name == field for word in _words(kind))


def _fields(takes: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(takes, type) and issubclass(takes, Struct):
        for one in msgspec.structs.fields(takes):
            yield one.encode_name, one.type
    for part in get_args(takes):
        yield from _fields(part)


def _words(kind: Any) -> Iterator[str]:
    if isinstance(kind, type) and issubclass(kind, Enum):
        yield from (str(one.value) for one in kind)
    elif get_origin(kind) is Literal:
        yield from map(str, get_args(kind))
    else:
        for part in get_args(kind):
            yield from _words(part)
