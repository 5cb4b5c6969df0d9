"""Demand beside capacity: whether it is enough, since when not, and what would be."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from engine.rules.capacity.demand import Forecast
from engine.rules.capacity.supply import lead_days
from engine.values.capacity import Short
from engine.values.plan import Plan

DAYS = 56  # a forecast: six weeks of the default ladder, and two to see it coming


class Balance(NamedTuple):
    """Both from ``today`` on, of as many days."""

    today: date
    demand: Forecast
    capacity: tuple[int, ...]  # messages a day
    addresses: tuple[int, ...]  # what they could carry if their tenant had no quota
    plan: Plan  # on which another address would warm up
    lacking: tuple[int, ...] = ()  # what single pools lack, whatever room the others have

    @property
    def missing(self) -> tuple[int, ...]:
        pairs = zip(self.demand.per_day, self.capacity, strict=True)
        alone = self.lacking or (0,) * len(self.capacity)
        return tuple(
            max(0, wanted - can, pool) for (wanted, can), pool in zip(pairs, alone, strict=True)
        )


def short(balance: Balance, purpose: str | None = None) -> Short | None:
    """None: on every day of the forecast capacity carries demand."""
    missing = balance.missing
    first = next((n for n, one in enumerate(missing) if one), None)
    if first is None:
        return None
    again = _carried_from(missing)
    day = balance.today + timedelta(days=first)
    return Short(
        day=day,
        demand=balance.demand.per_day[first],
        capacity=balance.capacity[first],
        until=None if again is None else balance.today + timedelta(days=again),
        addresses=_needed(balance),
        start_by=day - timedelta(days=lead_days(balance.plan)),
        purpose=purpose,
    )


def _carried_from(missing: Sequence[int]) -> int | None:
    """The day from which on nothing is missing any more."""
    last = max(n for n, one in enumerate(missing) if one)
    return last + 1 if last + 1 < len(missing) else None


def _needed(balance: Balance) -> int:
    """Addresses that are warm carry the worst day; the quota is another matter."""
    pairs = zip(balance.demand.per_day, balance.addresses, strict=True)
    worst = max(wanted - can for wanted, can in pairs)
    return max(0, -(-worst // balance.plan.active_per_day))


def passing(one: Short, today: date) -> bool:
    """Short today and carried in time, as while a fleet warms up: no news."""
    return one.day <= today and one.until is not None


def missed_from(balance: Balance) -> int | None:
    """The first day on which an address that starts today is missed once it is warm, of those that
    are foreseen; None: on none.  What is short before then it carries too late for, and what is
    short by quota it carries not at all.
    """
    lead = min(lead_days(balance.plan), len(balance.addresses) - 1)
    pairs = zip(balance.demand.per_day, balance.addresses, strict=True)
    return next((n for n, (wanted, can) in enumerate(pairs) if n >= lead and wanted > can), None)


def worth_starting(balance: Balance) -> bool:
    return missed_from(balance) is not None


def spares(balance: Balance, course: Sequence[int]) -> bool:
    """Whether demand is carried on every day without what one address brings."""
    each = zip(balance.demand.per_day, balance.capacity, balance.addresses, course, strict=True)
    return all(wanted <= min(can, without - gone) for wanted, can, without, gone in each)
