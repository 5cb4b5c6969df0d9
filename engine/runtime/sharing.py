"""Equal values held once: answers of lists, texts of alerts.  What was read from JSON shares
nothing by itself, neither the events of a page nor the views of an image.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from msgspec import Struct, inspect


def share(read: Any, known: dict[Any, Any]) -> None:
    """Values of the mappings that it holds become those of ``known`` that are equal.  The mappings
    must be nobody else's yet.
    """
    kind: type[Struct] = type(read)
    for name in _places(kind):
        held = getattr(read, name)
        if type(held) is dict:
            _share(held, known)
        elif isinstance(held, Struct):
            share(held, known)


@cache  # a view has dozens of fields, of which few can hold a mapping
def _places(view: type[Struct]) -> tuple[str, ...]:
    """The fields that may hold a mapping, or a structure that does."""
    kind = inspect.type_info(view)
    assert isinstance(kind, inspect.StructType)
    return tuple(field.name for field in kind.fields if any(map(_holds, _either(field.type))))


def _either(kind: inspect.Type) -> Iterator[inspect.Type]:
    if isinstance(kind, inspect.UnionType):
        yield from kind.types
    else:
        yield kind


def _holds(kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.StructType):
        return bool(_places(kind.cls))
    return isinstance(kind, inspect.DictType)


def _share(mapping: dict[Any, Any], known: dict[Any, Any]) -> None:
    for key, value in mapping.items():
        if isinstance(value, str | Struct):  # equal numbers may be of different types
            try:
                mapping[key] = known.setdefault(value, value)
            except TypeError:  # it holds a mapping itself, and cannot be looked up
                return
