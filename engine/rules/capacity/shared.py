"""A plan of a tenant as a whole, among its pools."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from engine.rules.capacity.demand import Forecast, planned_on
from engine.values.capacity import Planned


def among(
    found: Mapping[str, Forecast], plans: Sequence[Planned], today: date, sizes: Mapping[str, int]
) -> dict[str, Forecast]:
    """Each gets of it as much as its part of what is foreseen; where nothing is, as its part of
    the addresses (``sizes``).  Nobody gets less than is foreseen of it.
    """
    names = list(found)
    per_day = {name: list(found[name].per_day) for name in names}
    for n in range(max((len(one) for one in per_day.values()), default=0)):
        foreseen = [per_day[name][n] for name in names]
        least = planned_on(plans, today + timedelta(days=n))
        if least > sum(foreseen):
            weights = foreseen if any(foreseen) else [sizes[name] for name in names]
            for name, part, own in zip(names, _parts(least, weights), foreseen, strict=True):
                per_day[name][n] = max(part, own)
    return {name: _with(found[name], per_day[name]) for name in names}


def _parts(total: int, weights: Sequence[int]) -> Iterable[int]:
    """Whole numbers that are ``total`` together."""
    sum_, before, given = sum(weights), 0, 0
    for weight in weights:
        before += weight
        upto = total * before // sum_
        yield upto - given
        given = upto


def _with(one: Forecast, per_day: Sequence[int]) -> Forecast:
    high = tuple(max(pair) for pair in zip(one.high, per_day, strict=True)) if one.high else ()
    return one._replace(per_day=tuple(per_day), high=high)


def together(each: Iterable[Forecast]) -> Forecast:
    """All pools.  How it was made is said of the one that sends most."""
    found = list(each)
    most = max(found, key=lambda one: sum(one.per_day))
    highs = [one.high or one.per_day for one in found]
    return Forecast(
        per_day=tuple(map(sum, zip(*(one.per_day for one in found), strict=True))),
        method=most.method,
        growth=sum(one.growth for one in found),
        held_down=max(one.held_down for one in found),
        seen=max(one.seen for one in found),
        high=tuple(map(sum, zip(*highs, strict=True))) if any(one.high for one in found) else (),
    )
