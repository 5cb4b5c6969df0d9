"""Bytes of an accounting file, as they come, to rows.

Only whole records leave: what follows the last of them waits for its rest, so a torn line is read
with the next piece.  A line that cannot be read costs itself alone, also where it opens a quote
that nobody closes.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import NamedTuple

from engine.rules.accounting.lines import Row
from engine.rules.accounting.parted import Parted, number, parted
from engine.rules.accounting.reading import DELIVERED, Deliveries, Others, reading

BLOCK = 65_536  # bytes; it and what becomes of it find room beside a core
RECORD_MAX = 65_536  # bytes; a record that seems longer holds a stray quote
LINES_MAX = 200  # of one record, for texts may hold line breaks
BOM = "\ufeff"
UNREADABLE: Row = [""]  # as wide as no row of accounting


class Block(NamedTuple):
    """Records under one header, each with as many cells as there are columns."""

    deliveries: Deliveries = Deliveries()
    others: Others = Others()
    mute: int = 0  # under a header that lacks needed columns


class Records:
    """The records of one stream of bytes; ``columns`` are those in force where it begins."""

    def __init__(self, columns: tuple[str, ...] = ()) -> None:
        self.columns = columns
        self.consumed = 0  # bytes of whole records so far
        self.unreadable = 0  # records that are not what the header says
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[Block]:
        """Several headers may stand in one stream; each is valid for what follows it."""
        for at in range(0, len(data), BLOCK):
            buffer = self._rest + data[at : at + BLOCK]
            end = _boundary(buffer)
            self._rest = buffer[end:]
            self.consumed += end
            if end:
                yield from self._blocks(buffer[:end])

    def rest(self) -> Iterator[Block]:
        """What waits for more, when no more will come: a last line without its end is one, and a
        quote that nobody closed costs its line alone."""
        data, self._rest = self._rest, b""
        self.consumed += len(data)
        if data:
            yield from self._blocks(data)

    def _blocks(self, data: bytes) -> Iterator[Block]:
        found = parted(data, self.columns)
        if found is not None and not any(map(is_header, found.rows)):
            yield self._block(found)
            return
        rows: list[Row] = []
        for row in filter(None, self._parsed(data.decode(errors="replace"))):
            if is_header(row):
                yield self._block(Parted(Deliveries(), Others(), rows))
                rows, self.columns = [], tuple(name.strip().removeprefix(BOM) for name in row)
            else:
                rows.append(row)
        yield self._block(Parted(Deliveries(), Others(), rows))

    def _block(self, found: Parted) -> Block:
        how = reading(self.columns)
        rows = [row for row in found.rows if len(row) == len(self.columns)]
        self.unreadable += len(found.rows) - len(rows)
        if how is None:
            return Block(mute=len(rows))
        sent = [how.delivery(row) for row in rows if row[how.kind] in DELIVERED]
        rest = [how.other(row) for row in rows if row[how.kind] not in DELIVERED]
        return Block(Deliveries(*_with(found.deliveries, sent)), Others(*_with(found.others, rest)))

    def _parsed(self, text: str) -> list[Row]:
        try:
            rows = list(csv.reader(StringIO(text, newline="")))
        except csv.Error:  # a field of more than 128 KiB: a quote that nobody closed
            return list(_line_by_line(text, len(self.columns)))
        if any(len(row) != len(self.columns) and _broken(row) for row in rows):
            return list(_line_by_line(text, len(self.columns)))
        return rows


def _with(columns: Sequence[Sequence[str]], rows: list[tuple[str, ...]]) -> Iterable[Sequence[str]]:
    if not rows:
        return columns
    more = zip(*rows, strict=True)
    return [[*one, *other] for one, other in zip(columns, more, strict=True)]


def is_header(row: Row) -> bool:
    """The first column is named ``type``, and no record is of that type."""
    return row[0].removeprefix(BOM).strip() == "type"


def _broken(row: Row) -> bool:
    return any("\n" in cell for cell in row)


def _line_by_line(text: str, width: int) -> Iterator[Row]:
    """A line whose record swallows the next ones and still does not fit is given up alone."""
    found, at = StringIO(text, newline="\n").readlines(), 0  # Unicode's other line ends are text
    while at < len(found):
        reader = csv.reader(found[at : at + LINES_MAX])
        try:
            row = next(reader)
        except csv.Error:
            row = UNREADABLE
        if row and is_header(row):
            width = len(row)
        if len(row) != width and (reader.line_num > 1 or row is UNREADABLE):
            yield UNREADABLE
            at += 1
        else:
            yield row
            at += reader.line_num


def _boundary(buffer: bytes) -> int:
    """Where the last whole record ends: at a newline with an even number of quotes before it, for
    doubled quotes change nothing.
    """
    last = end = buffer.rfind(b"\n") + 1
    odd = number(buffer[:end], b'"') & 1
    while odd and end:
        before = buffer.rfind(b"\n", 0, end - 1) + 1
        odd ^= number(buffer[before:end], b'"') & 1
        end = before
    if len(buffer) - end <= RECORD_MAX:
        return end
    return last or len(buffer)
