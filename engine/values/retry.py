"""How often a piece of work was begun, and when it may be begun again (DESIGN §12)."""

from datetime import datetime, timedelta

from msgspec import Struct

from engine.ids import Position

PAUSE_MAX = timedelta(minutes=15)
STOP_PAUSE = timedelta(minutes=1)  # a node reloads in seconds; a stop must not wait longer


def pause_after(attempt: int) -> timedelta:
    """1, 2, 4, 8, 15, 15 … minutes after the attempt of this number, from 1."""
    return min(timedelta(minutes=2 ** min(attempt - 1, 4)), PAUSE_MAX)


class Retry(Struct, frozen=True, gc=False):
    attempt: int = 1
    at: datetime | None = None  # None: at once

    def failed(self, at: datetime, *, stop: bool = False) -> "Retry":
        return Retry(self.attempt + 1, at + (STOP_PAUSE if stop else pause_after(self.attempt)))


class Work(Struct, frozen=True, gc=False):
    since: Position = Position(0)  # the event that made it necessary
    retry: Retry = Retry()

    def failed(self, at: datetime, *, stop: bool = False) -> "Work":
        return Work(self.since, self.retry.failed(at, stop=stop))
