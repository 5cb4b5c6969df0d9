"""Names that stand twice in one object of a body.

Which of their values holds, every reader of JSON decides for itself (RFC 8259, section 4): what a
gateway or a log has seen need not be what was done.  I-JSON forbids them (RFC 7493, section 2.3).
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any


class _Pairs(list[tuple[str, Any]]):
    """An object as it was written."""


def field(data: bytes) -> str | None:
    """The first one's JSON path, such as ``$[0].slug``; None: there is none.  ``data`` is JSON, and
    RecursionError is raised for what is nested too deeply.
    """
    try:
        _QUICK.decode(data.decode())
    except _Twice:
        return next(_paths("$", _WHOLE.decode(data.decode())))
    return None


class _Twice(Exception):
    """Somewhere in it."""


def _distinct(pairs: Sequence[tuple[str, Any]]) -> None:
    if len(dict(pairs)) != len(pairs):
        raise _Twice


def _paths(at: str, value: Any) -> Iterator[str]:
    if isinstance(value, _Pairs):
        seen = set[str]()
        for name, one in value:
            if name in seen:
                yield f"{at}.{name}"
            seen.add(name)
            yield from _paths(f"{at}.{name}", one)
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _paths(f"{at}[{index}]", one)


# Numbers are left as their letters: a long one takes Python long to read.
_QUICK = json.JSONDecoder(object_pairs_hook=_distinct, parse_int=str, parse_float=str)
_WHOLE = json.JSONDecoder(object_pairs_hook=_Pairs, parse_int=str, parse_float=str)
