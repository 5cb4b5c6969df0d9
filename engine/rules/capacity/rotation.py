"""Which standby address starts and which tired one retires: one of them a day, or none.

A start goes first, for it makes room.  Both are for the morning of the tenant's day, when somebody
is there to see it.
"""

from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from typing import NamedTuple

from engine.ids import IpAddr
from engine.rules.capacity import balance
from engine.rules.capacity.balance import Balance
from engine.rules.capacity.supply import Address, course
from engine.rules.capacity.tired import Tired
from engine.values.phase import Phase

MORNING = time(9)  # of the tenant's clock
APART = timedelta(days=14)  # between two that retire: a week in steps, and one to see what it does


class Choice(NamedTuple):
    """At most one of both."""

    starts: IpAddr | None = None
    retires: IpAddr | None = None


def choice(
    found: Balance,
    addresses: Mapping[IpAddr, Address],
    tired: Mapping[IpAddr, Tired],
    *,
    retired_on: date | None,
) -> Choice:
    if balance.worth_starting(found):
        return Choice(starts=reserve(addresses))
    return Choice(retires=_retires(found, addresses, tired, retired_on))


def reserve(addresses: Mapping[IpAddr, Address]) -> IpAddr | None:
    """The one that waits longest."""
    waiting = [(one.since, ip) for ip, one in addresses.items() if one.reserve]
    return min(waiting)[1] if waiting else None


def _retires(
    found: Balance,
    addresses: Mapping[IpAddr, Address],
    tired: Mapping[IpAddr, Tired],
    retired_on: date | None,
) -> IpAddr | None:
    if retired_on is not None and found.today - retired_on < APART:
        return None
    if any(one.phase is Phase.RETIRING for one in addresses.values()):
        return None
    worst_first = sorted(tired, key=lambda ip: (tired[ip].chance, addresses[ip].since, ip))
    return next((ip for ip in worst_first if _may_go(ip, found, addresses, tired)), None)


def _may_go(
    ip: IpAddr, found: Balance, addresses: Mapping[IpAddr, Address], tired: Mapping[IpAddr, Tired]
) -> bool:
    """Never the last healthy one of its pool, and only what the demand can do without."""
    one = addresses[ip]
    others = [
        other
        for other, each in addresses.items()
        if other != ip and other not in tired and each.purpose == one.purpose and _healthy(each)
    ]
    brings = course(one, found.today, len(found.capacity))
    return one.phase is Phase.ACTIVE and bool(others) and balance.spares(found, brings)


def _healthy(one: Address) -> bool:
    return one.phase is Phase.ACTIVE and one.open and one.cap > 0


def active(addresses: Mapping[IpAddr, Address]) -> Iterable[IpAddr]:
    """Those that can be tired."""
    return (ip for ip, one in addresses.items() if one.phase is Phase.ACTIVE)
