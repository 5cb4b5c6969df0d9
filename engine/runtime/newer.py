"""What a newer engine wrote is passed over by views, but nothing is done that it may speak against
(DESIGN §3): about a stream that holds such an event there is no Touch but a stop.
"""

import asyncio
from typing import Any

from engine.effects import Effect
from engine.errors import UnknownEvent
from engine.events import Category
from engine.ports import Log


class Newer:
    """Each stream is read once: while this process leads, nobody else writes into it."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._found: dict[str, str] = {}  # by stream: why nothing is done about it; "" = it may be

    async def bars(self, effect: Effect) -> str:
        """Why it must not be done; "" = go ahead."""
        if effect.stop:
            return ""
        named = {category.stream(key): (category, key) for category, key in effect.decided_by}
        new = [stream for stream in named if stream not in self._found]
        # All at once, for reads that come together share a question (docs/decisions/0032).
        found = await asyncio.gather(*(self._look(*named[stream]) for stream in new))
        self._found.update(zip(new, found, strict=True))
        return next((why for stream in named if (why := self._found[stream])), "")

    async def _look(self, category: Category[Any], key: str) -> str:
        try:
            await self._log.read(category, key)
        except UnknownEvent as unknown:
            return str(unknown)
        return ""
