"""A whole block of lines at once, by a pattern for deliveries and one for what is none.

Nearly all rows are deliveries, and of these only a few cells are needed.  What a pattern takes is
what the csv module would have read; that module gets all lines that do not fit.
"""

import csv
from collections.abc import Sequence
from itertools import filterfalse
from operator import itemgetter
from typing import NamedTuple

from engine.rules.accounting.lines import Lines, Row
from engine.rules.accounting.reading import Deliveries, Others, reading

_LAST = itemgetter(-1)


class Parted(NamedTuple):
    deliveries: Deliveries
    others: Others
    rows: list[Row]  # of lines that did not fit, as wide as they are


def parted(data: bytes, columns: tuple[str, ...]) -> Parted | None:
    """Whole lines, each a record; None: that is not certain.

    Both halves of a pattern end with a line, so if it fits as often as lines end, it fitted each
    line by itself.  A quote stands in the lines it gives whole, or around a cell where that was
    foreseen; any other is one too many.
    """
    how, end = reading(columns), b"\r\n" if b"\r" in data else b"\n"
    if how is None or how.kind or not data.endswith(b"\n"):
        return None  # a pattern would look for the end of the last line again from each letter
    found = how.deliveries.patterns[end].findall(data.decode(errors="replace"))
    if any(number(data, letter) != len(found) for letter in {end[:1], b"\n"}):
        return None
    lines = [*filter(None, map(_LAST, found))]
    others = "".join(lines)
    cells = _columns(found, how.deliveries.groups)
    quotes = sum(column.count('"') for column in cells[len(Deliveries()) :])
    if 2 * quotes + others.count('"') != number(data, b'"'):
        return None
    if not all(line.endswith(end.decode()) for line in lines):
        return None
    return _parted(how.others, others, end, Deliveries(*cells[: len(Deliveries())]))


def number(data: bytes, letter: bytes) -> int:
    """As ``count``, which takes three times as long: it looks at one byte after the other."""
    return len(data) - len(data.replace(letter, b""))


def _parted(how: Lines, text: str, end: bytes, deliveries: Deliveries) -> Parted | None:
    found = how.patterns[end].findall(text)
    rows = _rows([*filter(None, map(_LAST, found))])
    if len(found) != text.count("\n") or rows is None:
        return None
    *cells, reasons, jobs = _columns(found, how.groups)
    others = Others(*cells, *map(_unquoted, (reasons, jobs)))
    return Parted(deliveries, others, rows)


def _unquoted(cells: Sequence[str]) -> list[str]:
    return [cell[1:-1] if cell[:1] == '"' else cell for cell in cells]


def _columns(found: list[tuple[str, ...]], groups: Sequence[int]) -> list[tuple[str, ...]]:
    """Of the lines that fitted."""
    rows = [*zip(*filterfalse(_LAST, found), strict=True)]
    return [rows[at] for at in groups] if rows else [()] * len(groups)


def _rows(lines: list[str]) -> list[Row] | None:
    """None: a record goes on behind its line, or a line ends elsewhere."""
    try:
        rows = [*csv.reader(lines)]
    except csv.Error:
        return None
    if len(rows) != len(lines) or (rows and "\n" in "".join(rows[-1])):
        return None
    return [row for row in rows if row]
