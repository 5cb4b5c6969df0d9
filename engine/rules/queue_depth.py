"""Which changes of a queue's depth are worth an event (DESIGN §3: only differences, no noise)."""

from datetime import datetime

from engine.values.node import Depth

PART = 0.5  # of what was seen before
FEW = 20  # recipients; so many come and go in the queue of any address that sends


def differs(before: Depth, now: Depth) -> bool:
    """For an address that sends; errors count when they begin or end."""
    change = abs(now.waiting - before.waiting)
    deeper = change > max(FEW, PART * before.waiting)
    return deeper or _errs(now) != _errs(before)


def settles(before: Depth, now: Depth, seen: datetime | None, closed: datetime | None) -> bool:
    """For an address whose intake was ``closed``: what is left counts to the last recipient, and
    that it is empty must be seen after it was closed.
    """
    stale = closed is not None and (seen is None or seen < closed)
    return stale or now.waiting != before.waiting or _errs(now) != _errs(before)


def _errs(depth: Depth) -> tuple[bool, bool]:
    return depth.backing_off > 0, depth.failing > 0
