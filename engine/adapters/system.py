"""The real clock, real randomness, and ids made of both."""

import asyncio
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from engine.ids import EventId
from engine.ports import Step

PARTED = timedelta(minutes=10)  # wall and monotonic clock, and then one of them was set
_VARIANT = "89ab"  # a digit whose first two bits are 10
BEHIND = 0.5  # of a second for each that passes, while the wall clock catches up with us


def _utc() -> datetime:
    return datetime.now(UTC)


class SystemClock:
    """Never goes back and never stands still: after the wall clock was put back it goes on at half
    the pace until that has caught up, for who looks at lists by a clock that stands looks no more.

    ``CLOCK_MONOTONIC`` is slewed by NTP as the wall clock is, so the two part only when the wall
    clock is set, or when the machine was suspended (clock_gettime(2)).
    """

    def __init__(
        self,
        wall: Callable[[], datetime] = _utc,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall, self._monotonic = wall, monotonic
        self._latest = wall()
        self._real_s = monotonic()
        self._apart_s = self._latest.timestamp() - self._real_s
        self._step: Step | None = None

    def now(self) -> datetime:
        wall, real_s = self._wall(), self._monotonic()
        if wall >= self._latest:
            self._latest = wall
        else:
            self._latest += timedelta(seconds=(real_s - self._real_s) * BEHIND)
        self._real_s = real_s
        self._part(wall.timestamp() - real_s)
        return self._latest

    def not_before(self, instant: datetime) -> None:
        """What was written down at ``instant`` is past, whatever the wall clock says."""
        behind = instant - self.now()
        self._latest = max(self._latest, instant)
        if behind > PARTED:
            self._step = Step(self._latest, round(-behind.total_seconds()))

    def stepped(self) -> Step | None:
        """The last time that the wall clock was set by more than ``PARTED``, if ever."""
        self.now()
        return self._step

    async def wait_until(self, instant: datetime) -> None:
        while (left := (instant - self.now()).total_seconds()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(left)

    def _part(self, apart_s: float) -> None:
        by = apart_s - self._apart_s
        if abs(by) > PARTED.total_seconds():
            self._apart_s = apart_s
            self._step = Step(self._latest, round(by))


class TimeOrderedIds:
    """UUIDv7 (RFC 9562 5.7): milliseconds, then 74 random bits.  No counter: tenants see ids of
    their own events, and it would tell them how many others were made in the same moment.
    """

    def __init__(
        self, now: Callable[[], datetime], random: Callable[[int], int] = secrets.randbits
    ) -> None:
        self._now = now
        self._random = random
        self._last = 0

    def __call__(self) -> EventId:
        self._last = ms = max(self._last, int(self._now().timestamp() * 1000))
        bits = self._random(74)
        time, rest = f"{ms:012x}", f"{bits:019x}"
        chance = f"7{rest[1:4]}-{_VARIANT[bits >> 72]}{rest[4:7]}-{rest[7:]}"
        return EventId(f"{time[:8]}-{time[8:]}-{chance}")


def token(bits: int) -> bytes:
    """Random bytes that nobody can guess."""
    return secrets.token_bytes(bits // 8)
