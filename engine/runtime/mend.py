"""The start's look at the read models: are they rows of this code, and of this log?"""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from engine.ids import Position
from engine.ports import Clock, ReadModels, Rebuilt, Standing
from engine.projections.projection import Projection
from engine.runtime.laying import codecs_of, lay, sweep
from engine.runtime.views import Views

TOLD_EVERY = 20_000  # rows between two lines of progress

_say = structlog.get_logger(__name__)


class Mender:
    def __init__(
        self, *, models: ReadModels, clock: Clock, projections: Sequence[Projection[Any]]
    ) -> None:
        self._models = models
        self._clock = clock
        self._codecs = codecs_of(projections)

    async def mend(self, views: Views, position: Position) -> None:
        """Rows that do not fit are made anew from views that were folded to ``position``, the end
        of the log.  The views must stand still meanwhile.  Safe to repeat.
        """
        standing = await self._models.standing()
        why = reason(standing, self._codecs, position)
        if not why:
            return
        began = self._clock.now()
        rows = views.count
        _say.info("views.rebuilding", why=why, position=position, rows=rows)
        await sweep(self._models)
        await lay(self._models, views, views.all_keys(), _Told(rows))
        done = Rebuilt(at=self._clock.now(), why=why, position=position, rows=rows)
        await self._models.swap(self._codecs, done, was=standing.position)
        seconds = (self._clock.now() - began).total_seconds()
        _say.info("views.rebuilt", why=why, position=position, rows=rows, seconds=seconds)


class _Told:
    """Counts rows, and says so now and then."""

    def __init__(self, of: int) -> None:
        self._of, self._laid = of, 0

    def __call__(self, rows: int) -> None:
        before, self._laid = self._laid, self._laid + rows
        if before // TOLD_EVERY != self._laid // TOLD_EVERY:
            _say.info("views.laying", laid=self._laid, rows=self._of)


def reason(standing: Standing, codecs: Mapping[str, str], end: Position) -> str:
    """Why the rows cannot stay as they are; "" where they can."""
    if standing.position > end:
        at = standing.position
        return f"the rows stand at {at} and the log ends at {end}: an older log was restored"
    if standing.rebuilt is None and not standing.codecs:
        return "this database keeps none of them yet, or an older engine's"
    strange = sorted(view for view, codec in codecs.items() if standing.codecs.get(view) != codec)
    if strange:
        return f"lost, or made by another version: {', '.join(strange)}"
    return ""
