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
    pools: Mapping[str, Balance],
    addresses: Mapping[IpAddr, Address],
    tired: Mapping[IpAddr, Tired],
    *,
    retired_on: date | None,
) -> Choice:
    """``pools``: by purpose.  The one that will miss it first, and has one to start, starts it."""
    missed = {name: balance.missed_from(one) for name, one in pools.items()}
    wanting = sorted((day, name) for name, day in missed.items() if day is not None)
    for _, name in wanting:
        if ip := reserve(of_pool(addresses, name)):
            return Choice(starts=ip)
    return Choice(retires=_retires(pools, addresses, tired, retired_on))


def of_pool(addresses: Mapping[IpAddr, Address], name: str) -> dict[IpAddr, Address]:
    return {ip: one for ip, one in addresses.items() if one.purpose == name}


def reserve(addresses: Mapping[IpAddr, Address]) -> IpAddr | None:
    """The one that waits longest."""
    waiting = [(one.since, ip) for ip, one in addresses.items() if one.reserve]
    return min(waiting)[1] if waiting else None


def _retires(
    pools: Mapping[str, Balance],
    addresses: Mapping[IpAddr, Address],
    tired: Mapping[IpAddr, Tired],
    retired_on: date | None,
) -> IpAddr | None:
    if any(one.phase is Phase.RETIRING for one in addresses.values()):
        return None
    worst_first = sorted(tired, key=lambda ip: (tired[ip].chance, addresses[ip].since, ip))
    for ip in worst_first:
        pool = pools[addresses[ip].purpose]
        if _may_go(ip, pool, addresses, tired):
            apart = retired_on is None or pool.today - retired_on >= APART
            return ip if apart else None
    return None


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
