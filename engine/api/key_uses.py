"""When each key was used last: to the minute, in a table beside the log, and never an event."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Protocol

from engine.errors import LogUnavailable
from engine.ids import KeyId
from engine.runtime.real import pause

EVERY_S = 60.0  # real seconds between two writes
MINUTE = timedelta(minutes=1)
_log = logging.getLogger(__name__)


class KeepsUses(Protocol):
    async def read(self) -> Mapping[KeyId, datetime]: ...

    async def write(self, uses: Mapping[KeyId, datetime]) -> None:
        """Of what is there already, the later one holds.  Raises LogUnavailable."""


class ForgetsUses:
    """For an engine that lives as long as its log does."""

    async def read(self) -> Mapping[KeyId, datetime]:
        return {}

    async def write(self, uses: Mapping[KeyId, datetime]) -> None:
        """Nobody asks for it again."""


class KeyUses:
    def __init__(self, store: KeepsUses) -> None:
        self._store = store
        self._last: dict[KeyId, datetime] = {}
        self._fresh: dict[KeyId, datetime] = {}  # not written yet

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Read, and then written each minute and at the end.  Raises LogUnavailable at first."""
        self._last |= await self._store.read()
        async with asyncio.TaskGroup() as tasks:
            writes = tasks.create_task(self._keep())
            try:
                yield
            finally:
                writes.cancel()
                await self.flush()

    def last(self, key: KeyId) -> datetime | None:
        return self._last.get(key)

    def note(self, key: KeyId, at: datetime) -> None:
        """Of a key that somebody proved to have; cheap, for each request does it."""
        minute = at.replace(second=0, microsecond=0)
        before = self._last.get(key)
        if before is None or minute - before >= MINUTE:
            self._last[key] = self._fresh[key] = minute

    async def flush(self) -> None:
        fresh, self._fresh = self._fresh, {}
        try:
            if fresh:
                await self._store.write(fresh)
        except LogUnavailable:
            self._fresh = fresh | self._fresh
            _log.warning("the last uses of %d keys are written later", len(self._fresh))

    async def _keep(self) -> None:
        while True:
            await pause(EVERY_S)
            await self.flush()
