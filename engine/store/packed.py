"""Columns of many entries, each as one parameter of a statement."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate

from engine.store.entry import Entry

Packed = tuple[str, str, str, str, str, str, str, bytes, bytes, str, str]


def packed(entries: Sequence[Entry]) -> Packed:
    """Stream, version, id, tag, tenant, actor and cause as literals of arrays; all bodies, and all
    digests, in one; where each body begins there, from 1, and its length.
    """
    _, streams, versions, ids, tags, _, tenants, actors, causes, bodies, digests = zip(
        *entries, strict=True
    )
    sizes = list(map(len, bodies))
    return (
        _texts(streams),
        _array(map(str, versions)),
        _array(ids),
        _texts(tags),
        _texts(tenants),
        _texts(actors),
        _texts(causes),
        b"".join(bodies),
        b"".join(digests),
        _array(map(str, accumulate(sizes[:-1], initial=1))),
        _array(map(str, sizes)),
    )


def _texts(texts: Iterable[str | None]) -> str:
    return _array(map(element, texts))


def _array(elements: Iterable[str]) -> str:
    return "{" + ",".join(elements) + "}"


@lru_cache(10_000)  # the same few streams, tags, tenants and actors come again and again
def element(text: str | None) -> str:
    """As it stands in the literal of an array (PostgreSQL 15 manual, 8.15.6): in quotes nothing but
    these two characters means anything.
    """
    if text is None:
        return "NULL"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
