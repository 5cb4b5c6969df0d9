"""What a newer engine wrote is passed over by views, but nothing is done that it may speak against
(DESIGN §3): about a stream that holds such an event there is no Touch but a stop.
"""

from engine.effects import Effect
from engine.errors import UnknownEvent
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
        for category, key in effect.decided_by:
            stream = category.stream(key)
            if stream not in self._found:
                try:
                    await self._log.read(category, key)
                except UnknownEvent as unknown:
                    self._found[stream] = str(unknown)
                else:
                    self._found[stream] = ""
            if why := self._found[stream]:
                return why
        return ""
