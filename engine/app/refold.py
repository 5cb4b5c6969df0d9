"""Folds the log once more, from its stored bytes, for the audit of what is kept beside it."""

from collections.abc import Callable, Sequence
from typing import Any

from engine.ids import Position
from engine.projections.projection import Projection
from engine.runtime.views import Views
from engine.store import codec
from engine.store.copy_out import PAGE, copy_out
from engine.store.link import Link, entry_of
from engine.store.pool import Borrowed
from engine.store.rows import recorded_of


class Refold:
    """Views as the log gives them at ``position``."""

    def __init__(
        self, projections: Sequence[Projection[Any]], progress: Callable[[int], None]
    ) -> None:
        self.views = Views(projections)
        self.position = Position(0)
        self._progress = progress
        # An event of another known tag concerns no view; one of an old tag may, once it is upcast.
        self._passed = {tag.encode() for tag in codec.TAGS.keys() - set(self.views.tags)}

    async def to(self, position: Position, connection: Borrowed) -> None:
        while self.position < position:
            upto = Position(min(self.position + PAGE, position))
            await copy_out(connection, self.position, upto, self._take)
            self.position = upto
            self._progress(upto)

    def _take(self, links: Sequence[Link]) -> None:
        for link in links:
            event = None if link.tag in self._passed else codec.decode(link.body)
            if event is not None:
                for _ in self.views.fold(recorded_of(entry_of(link), event)):
                    pass
