"""Daily caps that grow by the same factor each day, in exact integers."""

from math import isqrt

STEP_MAX = 5  # a stage is at most so many times the one before (facts: 3AVA and SendGrid by hand)


def geometric(first: int, last: int, days: int) -> tuple[int, ...]:
    """``days`` caps from ``first`` to ``last``, each ⌊first · (last / first)^(n / (days - 1))⌋:
    the ideal curve, rounded down.  ``first`` <= ``last``, and at least two days.
    """
    return tuple(_at(first, last, n, days - 1) for n in range(days))


def _at(first: int, last: int, n: int, of: int) -> int:
    """The greatest integer c with c^of <= first^(of - n) · last^n."""
    return _root(first ** (of - n) * last**n, of)


def _root(number: int, degree: int) -> int:
    """⌊number^(1 / degree)⌋, by Newton's iteration from above."""
    if degree == 1:
        return number
    if degree == 2:
        return isqrt(number)
    guess = 1 << -(-number.bit_length() // degree)
    while True:
        closer = ((degree - 1) * guess + number // guess ** (degree - 1)) // degree
        if closer >= guess:
            return guess
        guess = closer


def jumps(before: int, after: int) -> bool:
    return after > before * STEP_MAX
