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


class _Bucket(NamedTuple):
    tokens: float
    at: datetime


class Rates:
    def __init__(self, per_minute: int = 0) -> None:
        """0: any number.  There are as many buckets as keys that were let in."""
        self._most = per_minute
        self._buckets: dict[KeyId, _Bucket] = {}

    def take(self, key: KeyId, now: datetime) -> Mapping[str, str]:
        """One request: headers that tell what is left.  Raises Problem, with those headers."""
        if not self._most:
            return {}
        bucket = self._buckets.get(key, _Bucket(self._most, now))
        passed = max(0.0, (now - bucket.at).total_seconds())
        tokens = min(self._most, bucket.tokens + passed * self._most / WINDOW_S)
        taken = tokens >= 1
        left = tokens - taken
        self._buckets[key] = _Bucket(left, max(now, bucket.at))
        headers = self._headers(left)
        if not taken:
            raise self._too_often(left, headers)
        return headers

    def _headers(self, left: float) -> dict[str, str]:
        full_in = self._seconds(self._most - left)
        return {
            POLICY: f'"requests";q={self._most};w={WINDOW_S}',
            LEFT: f'"requests";r={int(left)};t={full_in}',
        }

    def _too_often(self, left: float, headers: Mapping[str, str]) -> Problem:
        wait = max(1, self._seconds(1 - left))
        why = (
            f"this key may ask {self._most:,} times a minute; ask again in {wait} s, evenly"
            " (GET /api/v2/events?wait=30 waits for news instead of asking for it)"
        )
        return Problem("too-often", why, headers={**headers, "Retry-After": str(wait)})

    def _seconds(self, tokens: float) -> int:
        """Until so many have come."""
        return math.ceil(tokens * WINDOW_S / self._most)
