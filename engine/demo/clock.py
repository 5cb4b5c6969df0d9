"""The demo's clock: it stands still unless the engine is at rest, and then jumps."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime

LOOK_S = 0.001  # real seconds between two looks whether the engine is at rest


class DemoClock:
    """Jumps to the next wake-up, never beyond ``limit``, and no faster than a person can follow."""

    def __init__(self, start: datetime, *, days_per_s: float) -> None:
        self._now = start
        self._start = start
        self._days_per_s = days_per_s
        self._limit = start
        self._began: float | None = None  # real time at which the story began to run
        self._at_rest: Callable[[], Awaitable[bool]] | None = None

    def now(self) -> datetime:
        return self._now

    def set(self, instant: datetime) -> None:
        """Before the story begins: it goes on from here."""
        self._now = self._start = self._limit = instant

    def stand_until(self, at_rest: Callable[[], Awaitable[bool]]) -> None:
        """From now on the clock asks this before it jumps."""
        self._at_rest = at_rest

    async def wait_until(self, instant: datetime) -> None:
        while self._now < instant:
            goal = min(instant, self._limit)
            if goal > self._now and await self._rests():
                await self._pace(goal)
                if await self._rests():
                    self._now = max(self._now, goal)
                    continue
            await asyncio.sleep(LOOK_S)

    async def run_to(self, instant: datetime) -> None:
        """Let the engine live until then; return when it is at rest there."""
        self._limit = max(self._limit, instant)
        if self._began is None:
            self._began = time.monotonic() - self._due(self._now)
        while self._now < instant or not await self._rests():  # noqa: ASYNC110  # asks, as above
            await asyncio.sleep(LOOK_S)

    async def _rests(self) -> bool:
        return self._at_rest is not None and await self._at_rest()

    async def _pace(self, goal: datetime) -> None:
        began = time.monotonic() if self._began is None else self._began
        await asyncio.sleep(max(0.0, began + self._due(goal) - time.monotonic()))

    def _due(self, instant: datetime) -> float:
        """Real seconds from the start of the story to this moment of it, at the least."""
        return (instant - self._start).total_seconds() / 86_400 / self._days_per_s
