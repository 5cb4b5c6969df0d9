"""Lays rows of views for the next generation, in pieces that hold up neither loop nor appends."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from engine.ports import ReadModels
from engine.projections.projection import Projection
from engine.projections.shape import codec_of
from engine.runtime.real import pause
from engine.runtime.views import Views

PIECE = 200  # rows of one transaction, in which nobody can append

Counted = Callable[[int], None]


def codecs_of(projections: Sequence[Projection[Any]]) -> Mapping[str, str]:
    return {one.name: codec_of(one) for one in projections}


async def lay(
    models: ReadModels, views: Views, keys: Iterable[tuple[str, str]], laid: Counted
) -> None:
    """``keys`` are (projection, key); the views must stand still meanwhile."""
    left = iter(keys)
    while piece := list(islice(left, PIECE)):
        await models.lay([views.row(*one) for one in piece])
        laid(len(piece))
        await pause(0)


async def sweep(models: ReadModels) -> None:
    """Until nobody's rows are left but those that readers get."""
    while await models.sweep():
        await pause(0)
