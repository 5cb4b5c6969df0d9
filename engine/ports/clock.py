"""Where time and new ids come from."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, Protocol

from engine.ids import EventId

Ids = Callable[[], EventId]  # a new one each time, ordered by time


class Clock(Protocol):
    def now(self) -> datetime:
        """The present, UTC; never goes back."""

    async def wait_until(self, instant: datetime) -> None:
        """Return at ``instant`` or soon after; only the pump waits here."""


class Step(NamedTuple):
    """The machine's clock was set, or the machine stood still."""

    at: datetime  # when it was noticed, by the clock that never goes back
    by_s: int  # seconds; negative: it was put back
