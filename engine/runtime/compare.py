"""Are two folds of one log the same?"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from engine.projections.projection import Projection
from engine.runtime.real import pause
from engine.runtime.views import Views

PIECE = 1_000  # views that are compared before others get their turn


async def first_difference(
    known: Views, right: Views, projections: Sequence[Projection[Any]]
) -> str:
    """View, key and what differs, or ""; neither may be folded on meanwhile."""
    for projection in projections:
        found = _differences(known, right, projection)
        while piece := list(islice(found, PIECE)):
            if wrong := next(filter(None, piece), ""):
                return wrong
            await pause(0)
    return ""


def _differences(known: Views, right: Views, projection: Projection[Any]) -> Iterator[str]:
    """For each key of either "", or what differs."""
    ours, theirs = known.of(projection), right.of(projection)
    for key, view in theirs.items():
        yield "" if ours.get(key) == view else _told(projection.name, key, ours.get(key), view)
    for key, view in ours.items():
        yield "" if key in theirs else _told(projection.name, key, view, None)


def _told(name: str, key: str, ours: Any, theirs: Any) -> str:
    """Names of fields and not what is in them: it goes into logs."""
    if ours is None:
        return f"{name} {key} is not known here, and the log has it"
    if theirs is None:
        return f"{name} {key} is known here, and the log does not have it"
    fields = [one for one in ours.__struct_fields__ if getattr(ours, one) != getattr(theirs, one)]
    return f"{name} {key} is known here with another {', '.join(fields)} than the log gives"
