"""A tenant's demand and capacity, pool by pool, and all of them together.

Mail for one pool is never sent through another (DESIGN §4), so what one has to spare does not help
another.  The quota is the tenant's: it holds down all of them together, and no single one.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from engine.ids import IpAddr
from engine.rules.capacity import balance, shared
from engine.rules.capacity.balance import Balance
from engine.rules.capacity.demand import Day, Forecast, forecast
from engine.rules.capacity.rotation import reserve
from engine.rules.capacity.supply import Address, capacity
from engine.rules.warmup.plans import DEFAULT_PLAN
from engine.values.capacity import Planned, Short


class Pool(NamedTuple):
    """What is known of one; a tenant without addresses is one as well."""

    history: Mapping[date, Day]
    waiting: int  # messages, when yesterday ended
    addresses: Mapping[IpAddr, Address]


class Standing(NamedTuple):
    total: Balance
    pools: Mapping[str, Balance]  # by purpose

    @property
    def several(self) -> bool:
        return len(self.pools) > 1


def standing(
    pools: Mapping[str, Pool],
    today: date,
    days: int,
    *,
    planned: Sequence[Planned],
    quota: int | None,
    frozen: bool,
) -> Standing:
    """At least one pool; ``days`` from ``today`` on.  What waits is of today."""
    demands = _demands(pools, today, days, planned)
    each = {
        name: _balance(pool.addresses, demands[name], today, None, frozen=frozen)
        for name, pool in pools.items()
    }
    everything = {ip: one for pool in pools.values() for ip, one in pool.addresses.items()}
    demand = shared.together(demands.values())
    total = _balance(everything, demand, today, quota, frozen=frozen)
    if len(each) == 1:
        return Standing(total, dict.fromkeys(each, total))
    lacking = tuple(map(sum, zip(*(one.missing for one in each.values()), strict=True)))
    return Standing(total._replace(lacking=lacking), each)


def _demands(
    pools: Mapping[str, Pool], today: date, days: int, planned: Sequence[Planned]
) -> Mapping[str, Forecast]:
    of_all = [one for one in planned if one.purpose is None]
    alone = {
        name: forecast(pool.history, today, days, [one for one in planned if one.purpose == name])
        for name, pool in pools.items()
    }
    sizes = {name: len(pool.addresses) or 1 for name, pool in pools.items()}
    found = shared.among(alone, of_all, today, sizes)
    return {name: _waits(found[name], pool.waiting) for name, pool in pools.items()}


def _waits(demand: Forecast, waiting: int) -> Forecast:
    first, *later = demand.per_day
    high = (demand.high[0] + waiting, *demand.high[1:]) if demand.high else ()
    return demand._replace(per_day=(first + waiting, *later), high=high)


def _balance(
    addresses: Mapping[IpAddr, Address],
    demand: Forecast,
    today: date,
    quota: int | None,
    *,
    frozen: bool,
) -> Balance:
    each, next_one, days = list(addresses.values()), reserve(addresses), len(demand.per_day)
    return Balance(
        today=today,
        demand=demand,
        capacity=capacity(each, today, days, quota=quota, frozen=frozen),
        addresses=capacity(each, today, days, quota=None, frozen=frozen),
        plan=addresses[next_one].plan if next_one else DEFAULT_PLAN,
    )


def by_quota(stands: Standing) -> Balance:
    """All together, without what single pools lack."""
    return stands.total._replace(lacking=())


def short(stands: Standing) -> Short | None:
    """The first that is not carried in time, else the first: of all together where the quota is
    what is short, else of a pool.
    """
    if not stands.several:
        return balance.short(stands.total)
    each = [balance.short(one, name) for name, one in stands.pools.items()]
    found = [one for one in (*each, balance.short(by_quota(stands))) if one is not None]
    today = stands.total.today
    return min(found, key=lambda one: (balance.passing(one, today), one.day), default=None)
