"""The deliveries of a whole block of lines at once, by one pattern for each header.

Nearly all rows are deliveries, and of these only a few cells are needed.  What the pattern takes
is what the csv module would have read; that module gets all lines that do not fit.
"""

import csv
import re
from collections.abc import Callable
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from engine.rules.accounting.columns import Layout, layout

Row = list[str]
Delivery = tuple[str, ...]  # its cells stand where Places says

DELIVERED = frozenset({"d", "delivery"})
# A quoted cell without a quote in it, or one that begins with no quote: quotes further on are text
# (RFC 4180 has none there, and the csv module takes them as they are).
_CELL = r'(?:"[^"]*+"|(?!")[^,]*+)'
_TAKEN = r'(?!")([^,]*+)'
_TIME = r'(?!")([^,]++)'  # so a line that is no delivery has "" there
_DOMAIN = r'(?!")(?:[^,@]*+@)?+([^,]*+)'  # or more: another @ may follow
_LINE = r"([^\n]*+\n)"


class Places(NamedTuple):
    """Where a delivery's cells stand; what the header lacks is ""."""

    time: int
    rcpt: int  # its domain, and perhaps what is before it
    mta: int
    source: int
    vmta: int
    job: int
    queue: int


class Reading(NamedTuple):
    """How the lines under one header are read."""

    kind: int  # place of the type
    places: Places
    taken: Callable[[Row], Delivery]
    patterns: dict[bytes, re.Pattern[str]]  # by line ends


class Parted(NamedTuple):
    deliveries: list[Delivery]
    rows: list[Row]  # of the other lines, as wide as they are


@lru_cache(maxsize=64)
def reading(columns: tuple[str, ...]) -> Reading | None:
    """None: under such a header no row says anything."""
    place = layout(columns)
    if place is None:
        return None
    wanted = (place.time, place.rcpt, place.mta, place.source, place.vmta, place.job, place.queue)
    places = sorted({*wanted})
    return Reading(
        kind=place.kind,
        places=Places(*map(places.index, wanted)),
        taken=_taken(place, itemgetter(*places)),
        patterns={end: _pattern(place, places, end) for end in (b"\n", b"\r\n")},
    )


def parted(data: bytes, columns: tuple[str, ...]) -> Parted | None:
    """Whole lines, each a record; None: that is not certain.

    Both halves of the pattern end with a line, so if it fits as often as lines end, it fitted each
    line by itself.
    """
    how, end = reading(columns), b"\r\n" if b"\r" in data else b"\n"
    if how is None or how.kind:
        return None
    found: list[Delivery] = how.patterns[end].findall(data.decode(errors="replace"))
    if any(number(data, letter) != len(found) for letter in (end[:1], b"\n")):
        return None
    lines = [one[-1] for one in found if one[-1]]
    rows = _rows(lines, end.decode())
    at = how.places.time
    return None if rows is None else Parted([one for one in found if one[at]], rows)


def _taken(place: Layout, picked: Callable[[Row], Delivery]) -> Callable[[Row], Delivery]:
    def taken(row: Row) -> Delivery:
        cells = [*row, ""]  # where columns are read that the header lacks
        cells[place.rcpt] = cells[place.rcpt].rpartition("@")[2]
        return picked(cells)

    return taken


def _rows(lines: list[str], end: str) -> list[Row] | None:
    """None: a record goes on behind its line, or a line ends elsewhere."""
    if not all(line.endswith(end) for line in lines):
        return None
    try:
        rows = [*csv.reader(lines)]
    except csv.Error:
        return None
    if len(rows) != len(lines) or (rows and "\n" in "".join(rows[-1])):
        return None
    return [row for row in rows if row]


def number(data: bytes, letter: bytes) -> int:
    """As ``count``, which takes three times as long: it looks at one byte after the other."""
    return len(data) - len(data.replace(letter, b""))


def _pattern(place: Layout, places: list[int], end: bytes) -> re.Pattern[str]:
    """A delivery's cells and "", or "" for each of them and the line."""
    taken = {**dict.fromkeys(places, _TAKEN), place.time: _TIME}
    if place.rcpt < place.width:
        taken[place.rcpt] = _DOMAIN
    cells = ["d(?:elivery)?", *(taken.get(at, _CELL) for at in range(1, place.width))]
    cells[-1] = cells[-1].replace("[^,]", r"[^,\r\n]")
    lacking = "()" if places[-1] == place.width else ""
    return re.compile(f"{','.join(cells)}{end.decode()}{lacking}|{_LINE}")
