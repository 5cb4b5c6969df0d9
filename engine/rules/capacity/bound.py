"""How much more than foreseen it may be, so that nine days in ten stay below.

Two things are added.  Of the trend: the upper limit of an 80 % confidence interval of the seasonal
Kendall slope, by the ranks of the slopes that it is the median of (Gilbert, Statistical Methods for
Environmental Pollution Monitoring, 1987, sections 16.4.2 and 17.3; without the correction for ties,
which would make it narrower).  Of a single day: what nine in ten of the days seen had at most above
the line.  Days that resemble the day before make the first of them too narrow; it is no promise.
"""

from collections.abc import Iterable, Sequence
from math import ceil, sqrt

Z = 1.2816  # a tenth of a normal distribution lies above it


def steepest(slopes: Sequence[float], numbers: Iterable[int]) -> float:
    """``numbers``: how many days of each weekday the slopes were made from."""
    if not slopes:
        return 0.0
    variance = sum(n * (n - 1) * (2 * n + 5) / 18 for n in numbers)
    rank = ceil((len(slopes) + Z * sqrt(variance)) / 2)
    return sorted(slopes)[min(rank, len(slopes) - 1)]


def above(beside: Sequence[float]) -> float:
    """``beside``: what each day had more (or, below 0, less) than the line says."""
    ordered = sorted(beside)
    return max(0.0, ordered[ceil(0.9 * len(ordered)) - 1]) if ordered else 0.0
