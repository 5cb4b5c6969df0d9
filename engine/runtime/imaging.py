"""Images of the live views: where a start begins, and what is saved as the log grows.

An image is saved beside the pump's work: the views are copied at one position, which is the matter
of a moment, and packed and written while the pump goes on.  One at a time.  What cannot be saved
is said, and tried again later.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog

from engine.errors import LogUnavailable
from engine.ids import Position
from engine.ports import ImageFailed, Images, Log, Part
from engine.projections.projection import Projection
from engine.projections.shape import codec_of
from engine.runtime.folding import Image, fold, nearest
from engine.runtime.packing import packed
from engine.runtime.views import Views

AT_STOP = 5_000  # events that make one worth while at a clean stop

_say = structlog.get_logger("engine")


class Imaging:
    def __init__(
        self,
        *,
        log: Log,
        images: Images,
        views: Views,
        projections: Sequence[Projection[Any]],
        every: int,
    ) -> None:
        self._log, self._images, self._views = log, images, views
        self._projections = projections
        self._codecs = {one.name: codec_of(one) for one in projections}
        self._every = every
        self._last = Position(0)  # that an image was made at, or tried
        self._saving = asyncio.Lock()

    async def begin(self, upto: Position) -> Position:
        """Fill the views from images at ``upto`` or before; where they stand then.  A projection
        whose last image is older, or of another codec, is folded to there by itself.
        """
        found = {one: await self._nearest(one, upto) for one in range(len(self._projections))}
        at = max((image.position for image in found.values()), default=Position(0))
        behind: dict[Position, list[Projection[Any]]] = {}
        for number, image in found.items():
            projection = self._projections[number]
            self._views.put(projection.name, image.views)
            if image.position < at:
                behind.setdefault(image.position, []).append(projection)
        for position, some in behind.items():
            await self._catch_up(some, position, at)
        self._last = at
        return at

    async def _nearest(self, number: int, upto: Position) -> Image:
        one = self._projections[number]
        return await nearest(self._images, one, self._codecs[one.name], upto)

    async def _catch_up(
        self, some: Sequence[Projection[Any]], after: Position, upto: Position
    ) -> None:
        """With images on the way, so that the past need not be folded from zero either."""
        views = Views(some)
        for one in some:
            views.put(one.name, dict(self._views.of(one)))
        names = ", ".join(one.name for one in some)
        _say.info("image.catching_up", views=names, after=after, upto=upto)
        while after < upto:
            end = Position(min(after + self._every, upto))
            await fold(self._log, views, after, end)
            await self._save(views.copy(), end)
            after = end
        for one in some:
            self._views.put(one.name, dict(views.of(one)))

    async def soon(self, position: Position, tasks: asyncio.TaskGroup) -> None:
        """Saves an image, if it is time; the views stand at ``position`` until this returns.  It
        waits only for the image before, and only where a long log is folded faster than saved.
        """
        if position - self._last >= self._every:
            async with self._saving:
                self._last = position
            tasks.create_task(self._save(self._views.copy(), position))

    async def stop(self, position: Position) -> None:
        """The same at a clean end, so that the next start folds little."""
        if position - self._last >= AT_STOP:
            self._last = position
            await self._save(self._views.copy(), position)

    async def forget(self) -> None:
        """All of them: what they were made from was wrong."""
        async with self._saving:
            try:
                await self._images.forget()
            except ImageFailed as failed:
                todo = "DELETE FROM engine.image_set before the next start"
                _say.error("image.not_forgotten", why=str(failed), todo=todo)

    async def _save(self, views: dict[str, dict[str, Any]], position: Position) -> None:
        async with self._saving:
            parts: dict[str, Sequence[Part]] = {}
            for one in self._projections:
                if one.name in views:
                    parts[one.name] = await packed(one, views.pop(one.name))
            try:
                await self._images.save(position, self._codecs, parts)
            except (LogUnavailable, ImageFailed) as failed:
                _say.warning("image.not_saved", position=position, why=str(failed))
            else:
                size = sum(len(part.body) for of in parts.values() for part in of)
                _say.info("image.saved", position=position, bytes=size)
