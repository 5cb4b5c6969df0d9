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
    yield ""
    head = ("FROM", "DEMAND", "CAPACITY", "MISSING", "DAYS SHORT")
    yield from tables.table(head, _rows(found["forecast"], size))


def _facts(found: Row) -> Iterator[tuple[str, object]]:
    phases = [f"{number} {phase}" for phase, number in found["addresses"].items() if number]
    yield "tenant", found["tenant"]
    yield "addresses", ", ".join(phases) or None
    yield "in reserve", found["reserve"]
    yield "rotation", f"{found['rotation']}{', in review' if found['review'] else ''}"
    yield "quota", found["quota"]
    yield "waiting", found["waiting"]
    for n, one in enumerate(found["planned"]):
        said = f"{one['per_day']:,} a day from {one['first']} to {one['last']}"
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
        worst = max(days, key=lambda day: day["demand"] - day["capacity"])
        short = sum(day["missing"] > 0 for day in days)
        yield days[0]["day"], worst["demand"], worst["capacity"], worst["missing"], short
