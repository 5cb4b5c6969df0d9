"""What a projection makes of the golden samples, and whether that may change.

Each sample is folded by itself, and each after each other that concerns the same key.  So a new
event adds entries and changes none; and a projection that begins to fold it, or whose views get
another shape, has another codec by that alone.  What is left is a fold that has changed.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import product
from typing import Any

import msgspec
from msgspec import Struct

from engine.events import Event, Recorded
from engine.projections.projection import Projection, first
from engine.projections.shape import codec_of
from engine.store import codec
from tests.support.spec import DAY_1, record


class Golden(Struct, frozen=True, kw_only=True):
    codec: str
    alone: Mapping[str, Mapping[str, Any]]  # tag -> key -> row
    after: Mapping[str, Mapping[str, str]]  # tag -> tag that came next -> digest of the rows


def made(projection: Projection[Any], samples: Sequence[Event]) -> Golden:
    folded = [one for one in samples if type(one) in projection.folds]
    after: dict[str, dict[str, str]] = {}
    for one, next_ in product(folded, repeat=2):
        if rows := _rows(projection, one, next_):
            after.setdefault(tag(one), {})[tag(next_)] = _digest(rows)
    return Golden(
        codec=codec_of(projection),
        alone={tag(one): _rows(projection, one) for one in folded},
        after=after,
    )


def changed(was: Golden, now: Golden) -> list[str]:
    """Of which events it makes another view under the same codec."""
    if was.codec != now.codec:
        return []
    before, after = dict(_entries(was)), dict(_entries(now))
    return [
        " then ".join(tags)
        for tags in sorted(before.keys() | after.keys())
        if before.get(tags) != after.get(tags)
    ]


def tag(event: Event) -> str:
    return codec.tag_of(codec.encode(event))


def _entries(golden: Golden) -> Iterator[tuple[tuple[str, ...], object]]:
    for one, rows in golden.alone.items():
        yield (one,), rows
    for one, nexts in golden.after.items():
        for next_, digest in nexts.items():
            yield (one, next_), digest


def _rows(projection: Projection[Any], *events: Event) -> dict[str, Any]:
    """Of the keys that all of them concern, as they are read back from a file."""
    story = [record(n, one, at=DAY_1 + timedelta(hours=n)) for n, one in enumerate(events, 1)]
    keys = set.intersection(*(set(projection.keys(one)) for one in story))
    return {key: _row(projection, key, story) for key in sorted(keys)}


def _row(projection: Projection[Any], key: str, story: Sequence[Recorded[Event]]) -> Any:
    view = first(projection, key)
    for recorded in story:
        view = projection.evolve(view, recorded)
    row = {
        "tenant": projection.tenant(view),
        "columns": projection.columns(view),
        "body": view,
    }
    return msgspec.json.decode(msgspec.json.encode(row))


def _digest(rows: Mapping[str, Any]) -> str:
    text = msgspec.json.encode(rows, order="deterministic")
    return hashlib.sha256(text).hexdigest()[:12]
