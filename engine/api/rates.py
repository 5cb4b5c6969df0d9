"""How often one key may ask: a token bucket for each, in memory.

A bucket holds what one minute allows and fills evenly, so nobody who asks evenly is ever refused.
What is left stands on every answer (draft-ietf-httpapi-ratelimit-headers-10, 2025-09).
"""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from engine.api.problems import Problem
from engine.ids import KeyId

WINDOW_S = 60
POLICY, LEFT = "RateLimit-Policy", "RateLimit"


class Bucket(NamedTuple):
    tokens: float
    at: datetime

    def filled(self, per_minute: int, now: datetime) -> "Bucket":
        """As it stands now, and never above what one minute allows."""
        passed = max(0.0, (now - self.at).total_seconds())
        tokens = min(per_minute, self.tokens + passed * per_minute / WINDOW_S)
        return Bucket(tokens, max(now, self.at))


def seconds(tokens: float, per_minute: int) -> int:
    """Until so many have come."""
    return math.ceil(tokens * WINDOW_S / per_minute)


class Rates:
    def __init__(self, per_minute: int = 0) -> None:
        """0: any number.  There are as many buckets as keys that were let in."""
        self._most = per_minute
        self._buckets: dict[KeyId, Bucket] = {}

    def take(self, key: KeyId, now: datetime) -> Mapping[str, str]:
        """One request: headers that tell what is left.  Raises Problem, with those headers."""
        if not self._most:
            return {}
        tokens, at = self._buckets.get(key, Bucket(self._most, now)).filled(self._most, now)
        taken = tokens >= 1
        left = tokens - taken
        self._buckets[key] = Bucket(left, at)
        headers = self._headers(left)
        if not taken:
            raise self._too_often(left, headers)
        return headers

    def _headers(self, left: float) -> dict[str, str]:
        full_in = seconds(self._most - left, self._most)
        return {
            POLICY: f'"requests";q={self._most};w={WINDOW_S}',
            LEFT: f'"requests";r={int(left)};t={full_in}',
        }

    def _too_often(self, left: float, headers: Mapping[str, str]) -> Problem:
        wait = max(1, seconds(1 - left, self._most))
        why = (
            f"this key may ask {self._most:,} times a minute; ask again in {wait} s, evenly"
            " (GET /api/v2/events?wait=30 waits for news instead of asking for it)"
        )
        return Problem("too-often", why, headers={**headers, "Retry-After": str(wait)})
