"""A log that can be away, and a pump that folds when somebody waits for it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from engine.errors import LogUnavailable
from engine.events import Category, Event, Recorded
from engine.ids import Actor, Position
from engine.ports import E, ReadModels, Slice
from engine.projections import PROJECTIONS
from engine.runtime.views import Views
from engine.store.memory import MemoryLog

ALL = 100_000  # events


class AwayLog(MemoryLog):
    """Raises LogUnavailable while ``away``."""

    away = False

    async def append(self, slices: Sequence[Slice], *, actor: Actor, cause: str) -> Position:
        self._there()
        return await super().append(slices, actor=actor, cause=cause)

    async def read(
        self, category: Category[E], key: str, *, known_only: bool = False
    ) -> list[Recorded[E]]:
        self._there()
        return await super().read(category, key, known_only=known_only)

    async def head(self) -> Position:
        self._there()
        return await super().head()

    def _there(self) -> None:
        if self.away:
            raise LogUnavailable


class SmallPump:
    """Nobody waits long for it, unless it ``lags``; it asks no reactor."""

    def __init__(self, log: MemoryLog, models: ReadModels) -> None:
        self._log, self._models = log, models
        self.views = Views(PROJECTIONS)
        self.position = Position(0)
        self.log_away_since: datetime | None = None
        self.lags = False
        self._between = asyncio.Lock()
        self.mended = asyncio.Event()
        self.mended.set()

    def held(self) -> asyncio.Lock:
        return self._between

    async def reached(self, position: Position) -> None:
        if self.lags or position > await self._log.head():
            await asyncio.Event().wait()
        async with self._between:
            await self._pass()

    async def _pass(self) -> None:
        before, touched = self.position, set[tuple[str, str]]()
        for recorded in await self._log.read_from(before, ALL):
            touched |= set(self.views.fold(recorded))
            self.position = recorded.position
        rows = [self.views.row(*one) for one in touched]
        await self._models.write(rows, was=before, now=self.position)

    async def story(self) -> list[Recorded[Event]]:
        return await self._log.read_from(Position(0), ALL)
