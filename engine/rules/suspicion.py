"""Whether a list that names many addresses at once is to be believed (DESIGN §4, Looks).

A list that breaks may list whole networks and still prove itself by its test points: SpamCop's
domain ran out on 30 January 2021, and every address was "listed".
"""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from engine.ids import IpAddr, TenantId

OTHERS_MAX = 50  # addresses that are asked about beside those whose hits are to be confirmed
KIN_MAX = 50  # and for the sake of tenants that would have no second hit in the round
HITS_FREE = 3  # so many new hits among the others are no suspicion yet
HITS_PERCENT = 10  # nor is this share of the others


class Judged(NamedTuple):
    """Of one list in one round, beside the one address whose hit was to be confirmed."""

    asked: int
    hits: int  # new ones

    @property
    def suspected(self) -> bool:
        return self.hits > HITS_FREE and self.hits * 100 > self.asked * HITS_PERCENT


def judge(confirming: int, asked: int, new_hits: int) -> Judged:
    """``asked`` addresses answered, ``confirming`` of them because of a hit before; each of those
    is one among the others of the rest.  Without anything to confirm there is nothing to suspect.
    """
    return Judged(max(0, asked - 1), max(0, new_hits - 1) if confirming else 0)


def spared(hits: Mapping[IpAddr, TenantId], before: Mapping[IpAddr, TenantId]) -> frozenset[IpAddr]:
    """Of the new hits of a suspected list: those of tenants that have two or more.  A tenant's
    only one stops as usual, for that may be true.  ``before``: addresses whose hits of earlier
    rounds count too, since a fleet is looked at over hours: else each would be its tenant's only
    one in its turn, and all of them would stop.
    """
    of_tenant = Counter({**before, **hits}.values())
    return frozenset(ip for ip, tenant in hits.items() if of_tenant[tenant] > 1)
