"""Chance by seed and place: the same place draws the same, whatever was drawn elsewhere.

So a change to one address leaves the luck of every other as it was, and two runs can be compared.
"""

import hashlib
import math
from typing import NamedTuple

NEGLIGIBLE = 1e-18  # what is left of the tails cannot be told from rounding


class Draws(NamedTuple):
    seed: int

    def binomial(self, n: int, p: float, *place: object) -> int:
        """How many of ``n``, each with the chance ``p``."""
        return binomial(n, p, uniform(self.seed, *place))


def uniform(*place: object) -> float:
    """Between 0 and 1, neither of them included."""
    name = "/".join(map(str, place)).encode()
    number = int.from_bytes(hashlib.blake2b(name, digest_size=6).digest())
    return (number + 0.5) / 2**48


def binomial(n: int, p: float, chance: float) -> int:
    """The number for which ``chance`` stands, where the most probable ones come first: exact up to
    rounding, in as many steps as the standard deviation is large.
    """
    if n <= 0 or p <= 0:
        return 0
    if p >= 1:
        return n
    mode = min(n, int((n + 1) * p))
    up = down = _probability(mode, n, p)
    left, odds = chance - up, p / (1 - p)
    low = high = mode
    while left >= 0 and up + down > NEGLIGIBLE:
        up *= (n - high) / (high + 1) * odds
        high += 1
        left -= up
        if left < 0:
            return high
        down *= low / ((n - low + 1) * odds)
        low -= 1
        left -= down
        if left < 0:
            return low
    return mode


def _probability(k: int, n: int, p: float) -> float:
    ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(ways + k * math.log(p) + (n - k) * math.log1p(-p))
