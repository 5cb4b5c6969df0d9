"""Exact tails of the binomial distribution, and the bounds that Clopper and Pearson made of them
(Biometrika 26, 1934).  No approximation by another distribution: only the rounding of floats.

A tail is its largest term, from log-gammas, times a sum of ratios.  For a week of one million
messages that is some thousand terms, and the logarithm is good to nine digits.
"""

from math import exp, lgamma, log, log1p

_HALVINGS = 60  # of an interval of length 1: below the spacing of floats near 0.001
_NEGLIGIBLE = 1e-17  # of the sum so far: a term that changes it no more


def at_least(k: int, n: int, p: float) -> float:
    """P(X >= k) for X of Binomial(n, p); 0 <= p <= 1, n >= 0."""
    if k <= 0:
        return 1.0
    if k > n or p <= 0:
        return 0.0
    if p >= 1:
        return 1.0
    if k <= n * p:
        return max(0.0, 1.0 - _tail(n - k + 1, n, 1 - p))
    return _tail(k, n, p)


def at_most(k: int, n: int, p: float) -> float:
    """P(X <= k) for X of Binomial(n, p)."""
    return at_least(n - k, n, 1 - p)


def _tail(k: int, n: int, p: float) -> float:
    """P(X >= k) where k lies above the mean, so that the terms fall from the first on."""
    odds = p / (1 - p)
    term = total = 1.0
    for i in range(k, n):
        term *= (n - i) / (i + 1) * odds
        total += term
        if term < total * _NEGLIGIBLE:
            break
    return min(1.0, exp(_log_term(k, n, p)) * total)


def _log_term(k: int, n: int, p: float) -> float:
    chosen = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return chosen + k * log(p) + (n - k) * log1p(-p)


def lower(k: int, n: int, alpha: float) -> float:
    """The least rate that k of n is not improbably high for: P(X >= k | lower) = alpha."""
    if k <= 0:
        return 0.0
    low, high = 0.0, k / n
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if at_least(k, n, middle) < alpha:
            low = middle
        else:
            high = middle
    return low


def upper(k: int, n: int, alpha: float) -> float:
    """The greatest rate that k of n is not improbably low for; 1 where nothing was counted."""
    return 1.0 if n <= 0 else 1.0 - lower(n - k, n, alpha)
