"""The read models made anew while the engine works: folded from the log's first event beside the
live views, compared with them, and put in the place of the rows that readers get.

A fold from zero is what the log says.  Rows that are other are replaced, and this is told.  If the
views in memory are other, then this process decides by what never happened: the right rows take
their place, and the process ends (docs/decisions/0011-rebuild.md).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, suppress
from typing import Any, Protocol

import structlog
from msgspec import Struct

from engine.errors import LogUnavailable, ViewsDiffer
from engine.ids import Position
from engine.ports import Clock, Differing, Log, ReadModels, Rebuilt
from engine.projections.projection import Projection
from engine.runtime.compare import first_difference
from engine.runtime.laying import codecs_of, lay, sweep
from engine.runtime.real import pause
from engine.runtime.views import Views

PAGE = 250  # events that are folded before others get their turn
REST_S = 0.002  # real seconds for them: an append takes several turns of the loop

_say = structlog.get_logger(__name__)

Keys = set[tuple[str, str]]


class Standstill(Protocol):
    """The pump, as far as a rebuild needs it."""

    mended: asyncio.Event  # set once the start has nothing laid that is to be read

    @property
    def position(self) -> Position: ...

    def held(self) -> AbstractAsyncContextManager[Any]:
        """While it lasts, views and rows stand still at ``position``."""


class Progress(Struct, kw_only=True):
    """How far the rebuild is, or how far the last one came."""

    doing: str = ""  # folding, laying, swapping, sweeping; "" = none is under way
    why: str = ""
    folded: int = 0  # position
    head: int = 0  # as it was seen last
    rows: int = 0  # laid
    failed: str = ""


async def _nothing() -> None:
    """Where no images are kept, there are none to forget."""


class Rebuilds:
    def __init__(
        self,
        *,
        log: Log,
        models: ReadModels,
        clock: Clock,
        pump: Standstill,
        views: Views,
        projections: Sequence[Projection[Any]],
        forget_images: Callable[[], Awaitable[None]] = _nothing,
    ) -> None:
        self._log, self._models, self._clock = log, models, clock
        self._pump, self._views, self._projections = pump, views, projections
        self._codecs = codecs_of(projections)
        self.forget_images = forget_images
        self._asked = asyncio.Event()
        self.progress = Progress()

    def ask(self, why: str) -> bool:
        """False: one is under way, and there is one at a time."""
        if self._asked.is_set():
            return False
        self.progress = Progress(doing="folding", why=why)
        self._asked.set()
        return True

    async def run(self) -> None:
        """Never returns.  Raises Deposed or ViewsDiffer, which must end the process."""
        await self._pump.mended.wait()
        await self._sweep()
        while True:
            await self._asked.wait()
            try:
                await self._rebuild(self.progress)
            except LogUnavailable as away:
                self.progress.failed = f"{away}; readers lost nothing, ask again"
                _say.warning("views.not_rebuilt", why=self.progress.failed)
            self.progress.doing = ""
            self._asked.clear()

    async def _sweep(self) -> None:
        """What lies about harms nobody, and can go next time."""
        with suppress(LogUnavailable):
            await sweep(self._models)

    async def _rebuild(self, progress: Progress) -> None:
        _say.info("views.rebuilding", why=progress.why, position=self._pump.position)
        fresh = Views(self._projections)
        await sweep(self._models)
        await self._fold(fresh, progress)
        await self._lay(fresh, fresh.all_keys(), progress)
        while self._pump.position - progress.folded > PAGE:
            await self._lay(fresh, await self._fold(fresh, progress), progress)
        async with self._pump.held():
            await self._lay(fresh, await self._fold(fresh, progress), progress)
            progress.doing = "swapping"
            done = await self._swap(fresh, progress)
        _say.info("views.rebuilt", rows=done.rows, position=done.position, why=done.why)
        progress.doing = "sweeping"
        await self._sweep()

    async def _swap(self, fresh: Views, progress: Progress) -> Rebuilt:
        """While the pump stands still."""
        differs = await first_difference(self._views, fresh, self._projections)
        wrong = await self._models.differing()
        at = Position(progress.folded)
        done = Rebuilt(
            at=self._clock.now(),
            why=progress.why,
            position=at,
            rows=fresh.count,
            wrong=wrong.rows,
            first=differs or wrong.first,
        )
        if differs:
            await self._end(differs, done)
        _tell(wrong)
        await self._models.swap(self._codecs, done, was=at)
        return done

    async def _end(self, differs: str, done: Rebuilt) -> None:
        """The next start must find right rows, and no image that it would take wrong views from."""
        _say.error("views.differ", first=differs, position=done.position)
        with suppress(LogUnavailable):
            await self.forget_images()
            await self._models.swap(self._codecs, done, was=done.position)
        raise ViewsDiffer(f"at {done.position}: {differs}")

    async def _fold(self, fresh: Views, progress: Progress) -> Keys:
        """To where the pump stands when it begins; gives what it touched."""
        progress.doing, progress.head = "folding", self._pump.position
        after, until, touched = Position(progress.folded), Position(progress.head), Keys()
        async with aclosing(self._log.pages(after, until, size=PAGE)) as pages:
            async for page in pages:
                for recorded in page.events:
                    touched.update(fresh.fold(recorded))
                progress.folded = page.end
                await pause(REST_S)
        return touched

    async def _lay(self, fresh: Views, keys: Iterable[tuple[str, str]], progress: Progress) -> None:
        progress.doing = "laying"

        def count(rows: int) -> None:
            progress.rows += rows

        await lay(self._models, fresh, keys, count)


def _tell(wrong: Differing) -> None:
    if wrong.rows:
        _say.error("views.mended", rows=wrong.rows, first=wrong.first)
