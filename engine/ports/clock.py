"""Where time and new ids come from."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from engine.ids import EventId

Ids = Callable[[], EventId]  # a new one each time, ordered by time


class Clock(Protocol):
    def now(self) -> datetime:
        """The present, UTC; never goes back."""

    async def wait_until(self, instant: datetime) -> None:
        """Return at ``instant`` or soon after; only the pump waits here."""
