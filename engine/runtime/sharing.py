"""Equal values held once.  Views that were folded share much with each other: answers of lists,
texts of alerts.  Views that were read from JSON share nothing until they are folded on.
"""

from typing import Any

from msgspec import Struct


def share(view: Any, known: dict[Any, Any]) -> None:
    """Values of the view's mappings become those of ``known`` that are equal.  The mappings must
    be nobody else's yet.
    """
    for name in view.__struct_fields__:
        held = getattr(view, name)
        if type(held) is dict:
            _share(held, known)
        elif isinstance(held, Struct):
            share(held, known)


def _share(mapping: dict[Any, Any], known: dict[Any, Any]) -> None:
    for key, value in mapping.items():
        if isinstance(value, str | Struct):  # equal numbers may be of different types
            try:
                mapping[key] = known.setdefault(value, value)
            except TypeError:  # it holds a mapping itself, and cannot be looked up
                return
