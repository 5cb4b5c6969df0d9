"""When an address is to be looked at again, and what a day's questions allow (DESIGN §4).

Looks begin on a grid, so that they come in rounds and share the test points; where on it an
address stands is decided by its name, so that a fleet is spread over the four hours.
"""

import zlib
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from engine.ids import IpAddr
from engine.rules.dnsbl import EVERY

FRESH = 6 * EVERY  # scarce questions make looks late, and that keeps nobody waiting
DUE_WITHIN = timedelta(minutes=10)  # two looks that are due, and what is done by them
GRID = timedelta(minutes=10)  # between the rounds of a fleet
NEW_FOR = timedelta(hours=48)  # after registration
LISTED_FOR = timedelta(hours=72)  # after the last hit, and after the last listing's end
AGAIN_SUSPECTED = timedelta(minutes=30)  # a suspected zone is asked again
DEAD_FOR = timedelta(days=7)  # a list that is dead for so long takes its listings with it
STANDS = timedelta(hours=4)  # a hit of a suspected zone that stands so long is believed
EVENTS_A_DAY = 150_000  # looks of the whole fleet that the event budget (DESIGN §3) leaves room for
RESERVE_PERCENT = 20  # of a day's questions are kept for second looks and for new addresses
HINT_PAUSE = timedelta(minutes=15)  # between looks that receivers' words bring about
HINT_TIMES = 3  # so often a receiver must refuse us without naming a list
HINTS_KEPT = 3
_DAY = timedelta(days=1)
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def next_on_grid(ip: IpAddr, after: datetime, every: timedelta = EVERY) -> datetime:
    """The first of its moments later than ``after``: never more than ``every`` from it."""
    slots = max(1, every // GRID)
    offset = GRID * (zlib.crc32(ip.encode()) % slots)
    passed = (after - _EPOCH - offset) // every
    return _EPOCH + offset + every * (passed + 1)


class Budget(NamedTuple):
    """What one zone may be asked, in questions."""

    a_day: int
    used: int  # since midnight UTC

    def left(self, now: datetime, *, urgent: bool) -> int:
        """Regular looks get the day's questions as the day goes on, and an hour's worth ahead;
        what is urgent may use up all of them.
        """
        if urgent:
            return max(0, self.a_day - self.used)
        passed = now - datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(hours=1)
        return max(0, int(self._regular * min(passed / _DAY, 1.0)) - self.used)

    @property
    def asked_for(self) -> int:
        """What people may still use up: all but what is kept, for one tenant's questions must not
        keep another's hit from being confirmed.
        """
        return max(0, self._regular - self.used)

    @property
    def _regular(self) -> int:
        return self.a_day * (100 - RESERVE_PERCENT) // 100


class Fleet(NamedTuple):
    """How many addresses there are, and how many of them deserve to be looked at sooner."""

    addresses: int
    sooner: int


def sooner(fleet: Fleet, questions_a_day: int, least: timedelta) -> timedelta | None:
    """How often the few may be looked at, once everybody was looked at every four hours, and never
    more often than ``least``; None: not more often than all.
    """
    regular = fleet.addresses * int(_DAY / EVERY)
    spare = min(questions_a_day * (100 - RESERVE_PERCENT) // 100, EVENTS_A_DAY) - regular
    if spare <= 0:
        return None
    extra = spare // max(1, fleet.sooner)  # looks a day for each, beside the regular ones
    every = max(least, _DAY / (extra + int(_DAY / EVERY)))
    steps = -(-every // GRID)
    return GRID * steps if GRID * steps < EVERY else None


def regular_every(addresses: int, questions_a_day: int) -> timedelta:
    """How often a day's questions allow each address of the fleet to be looked at: what an
    operator is told where that is seldomer than every four hours.
    """
    a_day = max(1, questions_a_day * (100 - RESERVE_PERCENT) // 100)
    return max(EVERY, _DAY * addresses / a_day)
