"""``capacity``: what a tenant may send against what it wants to send."""

from argparse import Namespace
from collections.abc import Iterator, Sequence

from engine.cli import exits, tables
from engine.cli.reading import Row, client, say, say_json

WEEK = 7


def capacity(asked: Namespace) -> int:
    found = client(asked).get("tenants", asked.tenant, "capacity", as_of=asked.as_of)
    if asked.json:
        say_json(found)
    else:
        for line in _lines(found, 1 if asked.daily else WEEK):
            say(line)
    return exits.WRONG if found["short"] else exits.OK


def _lines(found: Row, size: int) -> Iterator[str]:
    yield from tables.pairs(_facts(found))
    yield from _table(found["forecast"], size)
    for name, pool in found.get("pools", {}).items():
        yield ""
        yield from tables.pairs(_of_pool(name, pool))
        yield from _table(pool["forecast"], size)


def _table(forecast: Sequence[Row], size: int) -> Iterator[str]:
    yield ""
    head = ("FROM", "DEMAND", "AT MOST", "CAPACITY", "MISSING", "DAYS SHORT")
    yield from tables.table(head, _rows(forecast, size))


def _of_pool(name: str, pool: Row) -> Iterator[tuple[str, object]]:
    yield "pool", name
    yield "addresses", _phases(pool)
    yield "in reserve", pool["reserve"]


def _phases(found: Row) -> str | None:
    return ", ".join(f"{n} {phase}" for phase, n in found["addresses"].items() if n) or None


def _facts(found: Row) -> Iterator[tuple[str, object]]:
    yield "tenant", found["tenant"]
    yield "addresses", _phases(found)
    yield "in reserve", found["reserve"]
    yield "rotation", f"{found['rotation']}{', in review' if found['review'] else ''}"
    yield "quota", found["quota"]
    yield "waiting", found["waiting"]
    for n, one in enumerate(found["planned"]):
        of = f" for {one['purpose']}" if one.get("purpose") else ""
        said = f"{one['per_day']:,} a day{of} from {one['first']} to {one['last']}"
        yield "" if n else "planned", said
    for n, why in enumerate(found["why"]):
        yield "" if n else "why", why
    last = found["last_look"]
    if last:
        moves = [f"{last[what]} {what}" for what in ("starts", "retires") if last[what]]
        yield "last look", f"{last['day']}: {', '.join(moves) or 'nothing moves'}"


def _rows(forecast: Sequence[Row], size: int) -> Iterator[tuple[object, ...]]:
    """The worst day of each week, a day at a time or a week."""
    for n in range(0, len(forecast), size):
        days = forecast[n : n + size]
        worst = max(days, key=lambda day: (day["missing"], day["demand"] - day["capacity"]))
        short = sum(day["missing"] > 0 for day in days)
        most = worst.get("demand_high")
        yield days[0]["day"], worst["demand"], most, worst["capacity"], worst["missing"], short
