"""Which address is tired: by its results, and never by its age alone.

An old address in good standing is the best that a tenant has, for a reputation of years bears what
one of weeks does not (facts of practice: Suped's idle table; no mailbox provider publishes a
clock).  So age decides only among those whose results are bad.  The window, the threshold for
blocks and the least age are our own judgement; complaints go by SES's review line.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from msgspec import Struct

from engine.rules.rates.binomial import at_least
from engine.rules.rates.gates import ALPHA, REPORTING
from engine.values.results import Signal
from engine.values.traffic import Counts

WINDOW_DAYS = 28
AGE_DAYS = 30  # ACTIVE for as long: younger ones have just proved themselves
BLOCKS = 0.05  # of what was sent; a warm-up is held above 0.20, and what is ACTIVE should do better
BLOCKS_MIN = 5
COMPLAINTS = 0.001  # of what was delivered where complaints are reported (SES: review from 0.1 %)
COMPLAINTS_MIN = 2


class Tired(Struct, frozen=True, gc=False):
    """Proved at ALPHA by the exact binomial tail."""

    signal: Signal
    count: int
    of: int
    threshold: float
    chance: float  # of as many or more, were the rate no worse than the threshold


def tired(
    by_day: Mapping[date, Mapping[str, Counts]], active_since: date, today: date
) -> Tired | None:
    """``by_day``: by mailbox provider.  The worst of what is proved; None: nothing is."""
    if (today - active_since).days < AGE_DAYS:
        return None
    since = today - timedelta(days=WINDOW_DAYS)
    window = [of for day, of in by_day.items() if since <= day < today]
    every = sum((one for of in window for one in of.values()), Counts())
    heard = sum((one for of in window for name, one in of.items() if name in REPORTING), Counts())
    found = (
        _proved("block", every.block, every.sent, BLOCKS, BLOCKS_MIN),
        _proved("complaint", heard.complaints, heard.delivered, COMPLAINTS, COMPLAINTS_MIN),
    )
    return min((one for one in found if one), key=lambda one: one.chance, default=None)


def _proved(signal: Signal, count: int, of: int, threshold: float, least: int) -> Tired | None:
    if count < least:
        return None
    chance = at_least(count, max(count, of), threshold)
    return Tired(signal, count, of, threshold, chance) if chance <= ALPHA else None
