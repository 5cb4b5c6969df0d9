"""How a tenant's daily quota is shared among its addresses (DESIGN §4)."""

from collections.abc import Iterable


def level(wants: Iterable[int], quota: int) -> int | None:
    """The highest cap a day with which the sum of all stays within ``quota``: who wants less than
    it gets all, and nobody more than it.  None: all get what they want.  At least 1, for a cap of 0
    is none; so a quota is never below the number of addresses.
    """
    left, ordered = quota, sorted(wants)
    for n, want in enumerate(ordered):
        share = left // (len(ordered) - n)
        if want > share:
            return max(1, share)
        left -= want
    return None


def within(cap: int, limit: int | None) -> int:
    return cap if limit is None else min(cap, limit)
