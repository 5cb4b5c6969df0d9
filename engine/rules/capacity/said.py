"""Demand and capacity in plain words."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from engine.ids import IpAddr
from engine.rules.capacity import balance, rotation
from engine.rules.capacity.balance import Balance
from engine.rules.capacity.pools import Standing, by_quota
from engine.rules.capacity.rotation import Choice, reserve
from engine.rules.capacity.supply import Address, lead_days
from engine.rules.capacity.tired import WINDOW_DAYS, Tired
from engine.values.capacity import Short


def reasons(
    stands: Standing,
    quota: int | None,
    addresses: Mapping[IpAddr, Address],
    tired: Mapping[IpAddr, Tired],
    chosen: Choice,
    *,
    acts: bool,
) -> Iterator[str]:
    """Where a tenant has several pools, each is named; the quota is of all of them."""
    for name, found in stands.pools.items():
        own = rotation.of_pool(addresses, name) if stands.several else addresses
        for line in _of_pool(found, None if stands.several else quota, own, chosen, acts=acts):
            yield f"{name}: {line}" if stands.several else line
    if stands.several and (lacks := balance.short(by_quota(stands))):
        for line in _short(by_quota(stands), lacks, quota):
            yield f"all pools together: {line}"
    for ip, why in sorted(tired.items()):
        yield _tired(ip, why, chosen)


def _of_pool(
    found: Balance,
    quota: int | None,
    addresses: Mapping[IpAddr, Address],
    chosen: Choice,
    *,
    acts: bool,
) -> Iterator[str]:
    yield from _demand(found)
    lacks = balance.short(found)
    if lacks is None:
        yield enough(found)
        yield from _at_most(found)
    else:
        yield from _short(found, lacks, quota)
    if balance.worth_starting(found):
        yield _start(chosen, addresses, acts=acts)


def _demand(found: Balance) -> Iterator[str]:
    demand = found.demand
    if demand.method == "none":
        yield "nothing was counted yet, so demand is what is planned"
    elif demand.method == "last_week":
        yield (
            "too few days show a trend, so each day is foreseen as its weekday was last"
            f" ({demand.seen} days seen)"
        )
    if demand.held_down:
        yield (
            f"on {demand.held_down} of {demand.seen} days the caps were used up: there may be more"
            " to send than was seen"
        )


def enough(found: Balance) -> str:
    weeks, n = len(found.capacity) // 7, _closest(found)
    if not any(found.demand.per_day):
        return f"no mail is foreseen for the next {weeks} weeks, so none is short of an address"
    return (
        f"capacity carries demand for the next {weeks} weeks; at the closest, on day {n + 1},"
        f" {found.demand.per_day[n]:,} of {found.capacity[n]:,} a day"
    )


def _at_most(found: Balance) -> Iterator[str]:
    """Nothing is decided by it."""
    pairs = zip(found.demand.high, found.capacity, strict=False)  # none where no trend is seen
    first = next((n for n, (most, can) in enumerate(pairs) if most > can), None)
    if first is not None:
        yield (
            f"one day in ten has more than is foreseen: {found.demand.high[first]:,} on"
            f" {found.today + timedelta(days=first)} would pass the {found.capacity[first]:,}"
        )


def _closest(found: Balance) -> int:
    left = [can - wanted for wanted, can in zip(found.demand.per_day, found.capacity, strict=True)]
    return left.index(min(left))


def _short(found: Balance, lacks: Short, quota: int | None) -> Iterator[str]:
    yield (
        f"on {lacks.day} a demand of {lacks.demand:,} a day passes the capacity of"
        f" {lacks.capacity:,}"
        + (f"; from {lacks.until} on it is carried again" if lacks.until else "")
    )
    if quota is not None and any(can > quota for can in found.addresses):
        yield f"the quota of {quota:,} a day holds down what its addresses could carry"
    if lacks.addresses:
        late = (found.today - lacks.start_by).days
        when = f"late by {late} days" if late > 0 else f"in {-late} days" if late else "today"
        number = f"{lacks.addresses:,} addresses" if lacks.addresses > 1 else "an address"
        yield (
            f"{number} more would carry it; each needs {lead_days(found.plan)} days to"
            f" {found.plan.active_per_day:,} a day, so start by {lacks.start_by}: {when}"
        )


def _start(chosen: Choice, addresses: Mapping[IpAddr, Address], *, acts: bool) -> str:
    if chosen.starts in addresses:
        return f"{chosen.starts} starts to warm up: an address that starts today is missed later"
    waiting = reserve(addresses)
    if waiting is None:
        return (
            "no address stands by to be started; register one (POST /api/v2/ips, with"
            ' "warmup": "manual" to keep it in reserve)'
        )
    if acts:
        return f"{waiting} stands by"
    return (
        f"{waiting} stands by; start it (POST /api/v2/ips/{waiting}/warmup), for rotation does not"
    )


def _tired(ip: IpAddr, why: Tired, chosen: Choice) -> str:
    share = 100 * why.count / why.of if why.of else 0.0
    results = (
        f"{ip} is tired: {why.count:,} {why.signal}s of {why.of:,} messages in {WINDOW_DAYS} days"
        f" ({share:.2g} %; the limit is {100 * why.threshold:.2g} %)"
    )
    if chosen.retires == ip:
        return f"{results}; it retires in steps, and capacity carries demand without it"
    return (
        f"{results}; it stays for now: one goes at a time, never the last healthy one, and only"
        " when capacity carries demand without it"
    )
