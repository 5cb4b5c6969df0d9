"""How often somebody may come without a good key: a token bucket for each address, in memory.

A key holds 256 random bits, so that nobody guesses one at any pace; this is about clients that go
on with a key that is no good, and about people hearing of it.  A good key is looked at first, so it
is good from an address that is refused, too: several clients often share one.
"""

import ipaddress
import logging
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import NamedTuple

from engine.api.problems import Problem
from engine.api.rates import Bucket, seconds

ADDRESSES = 10_000  # remembered; then who was not heard of for longest is forgotten
_TELL_AGAIN = timedelta(minutes=1)
_HOST_BITS = 64  # of IPv6: whoever has one address has its whole network (RFC 4291 2.5.4)
_log = logging.getLogger(__name__)


class _Seen(NamedTuple):
    bucket: Bucket
    told: datetime | None  # that it is refused


class Refusals:
    def __init__(self, per_minute: int = 0, most: int = ADDRESSES) -> None:
        """0: any number."""
        self._per_minute, self._most = per_minute, most
        self._seen: OrderedDict[str, _Seen] = OrderedDict()

    def count(self, address: str, now: datetime) -> None:
        """One request without a good key; "" where it came from no address.  Raises Problem for one
        too many.
        """
        if not self._per_minute:
            return
        whose = _whose(address)
        bucket, told = self._seen.pop(whose, _Seen(Bucket(self._per_minute, now), None))
        tokens, at = bucket.filled(self._per_minute, now)
        refused = tokens < 1
        if refused and (told is None or now - told >= _TELL_AGAIN):
            told = now
            _log.warning("requests without a good key are refused: too many from %s", whose)
        self._seen[whose] = _Seen(Bucket(tokens if refused else tokens - 1, at), told)
        if len(self._seen) > self._most:
            self._seen.popitem(last=False)
        if refused:
            raise self._too_often(tokens)

    def _too_often(self, tokens: float) -> Problem:
        wait = max(1, seconds(1 - tokens, self._per_minute))
        why = (
            f"more than {self._per_minute:,} requests a minute without a good key came from this"
            f" address; send a key that is good, which is never refused for it, or wait {wait} s"
        )
        return Problem("too-often", why, headers={"Retry-After": str(wait)})


def _whose(address: str) -> str:
    if ":" not in address:
        return address or "no address"
    return str(ipaddress.ip_network(f"{address.partition('%')[0]}/{_HOST_BITS}", strict=False))
