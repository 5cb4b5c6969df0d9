"""The real clock, real randomness, and ids made of both."""

import asyncio
import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from engine.ids import EventId


class SystemClock:
    _latest = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        self._latest = max(self._latest, datetime.now(UTC))  # wall clocks step back; we do not
        return self._latest

    async def wait_until(self, instant: datetime) -> None:
        await asyncio.sleep(max(0.0, (instant - self.now()).total_seconds()))


class TimeOrderedIds:
    """UUIDv7 (RFC 9562 5.7): milliseconds, then a counter, so that ids of one moment are ordered
    too, then 62 random bits.
    """

    def __init__(
        self, now: Callable[[], datetime], random: Callable[[int], int] = secrets.randbits
    ) -> None:
        self._now = now
        self._random = random
        self._last = (0, 0)

    def __call__(self) -> EventId:
        ms = int(self._now().timestamp() * 1000)
        last_ms, last_n = self._last
        ms, n = (ms, 0) if ms > last_ms else (last_ms, last_n + 1)
        if n > 0xFFF:
            ms, n = ms + 1, 0
        self._last = (ms, n)
        value = (ms << 80) | (0x7 << 76) | (n << 64) | (0b10 << 62) | self._random(62)
        digits = f"{value:032x}"
        parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
        return EventId("-".join(parts))


def token(bits: int) -> bytes:
    """Random bytes that nobody can guess."""
    return secrets.token_bytes(bits // 8)
