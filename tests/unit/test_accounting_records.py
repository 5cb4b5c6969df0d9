"""Accounting files as bytes: columns by name, torn lines, quotes, line breaks within cells."""

import csv
from io import StringIO
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.accounting import Records
from engine.rules.accounting.records import RECORD_MAX, Block

HEADER = ("type", "timeLogged", "dsnDiag", "vmta")
Row = tuple[str, ...]


def read(*pieces: bytes, columns: Row = ()) -> tuple[list[Row], Records]:
    """All rows in their own order, deliveries as ``seen``."""
    records = Records(columns)
    found: list[Row] = []
    for piece in pieces:
        for block in records.feed(piece):
            of = block.deliveries
            found += [("d", time, vmta) for time, vmta in zip(of.times, of.vmtas, strict=True)]
            more = block.others
            found += zip(more.kinds, more.times, more.texts, more.vmtas, strict=True)
    return sorted(found), records


def seen(rows: list[Row]) -> list[Row]:
    """A delivery's text is not read."""
    return sorted((one[0], one[1], one[3]) if one[0] == "d" else one for one in rows)


def text(rows: list[Row], end: str = "\r\n", quoting: int = csv.QUOTE_MINIMAL) -> bytes:
    out = StringIO()
    csv.writer(out, lineterminator=end, quoting=quoting).writerows([HEADER, *rows])  # type: ignore[arg-type]
    return out.getvalue().encode()


def row(kind: str = "d", diagnostic: str = "smtp;250 OK") -> Row:
    return (kind, "2026-02-08 21:54:05+0000", diagnostic, "acme--192-0-2-1")


CELL = st.text(alphabet=st.sampled_from('ab1,;"\r\n é'), max_size=8)
ROWS = st.lists(
    st.tuples(st.sampled_from(["d", "b", "t", "tq"]), CELL, CELL, CELL), min_size=1, max_size=8
)

# Line ends and quoting; without CR at line ends the csv module leaves a CR in a cell unquoted.
WRITTEN = [("\r\n", csv.QUOTE_MINIMAL), ("\r\n", csv.QUOTE_ALL), ("\n", csv.QUOTE_ALL)]


@given(
    ROWS,
    st.sampled_from(WRITTEN),
    st.lists(st.integers(0, 400), max_size=5),
)
def test_rows_come_out_as_they_were_written_however_the_bytes_are_cut(
    rows: list[Row], written: tuple[str, int], cuts: list[int]
) -> None:
    data = text(rows, *written)
    at = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    pieces = [data[one:other] for one, other in pairwise(at)]
    found, records = read(*pieces)
    assert (found, records.unreadable, records.consumed) == (seen(rows), 0, len(data))


@given(ROWS, st.data())
def test_a_reader_that_is_stopped_at_any_byte_goes_on_where_the_last_record_ended(
    rows: list[Row], data: st.DataObject
) -> None:
    whole = text(rows)
    cut = data.draw(st.integers(0, len(whole)))
    before, records = read(whole[:cut])
    after, _ = read(whole[records.consumed :], columns=records.columns)
    assert sorted(before + after) == seen(rows)


@given(st.binary(max_size=600), st.integers(1, 50))
def test_no_bytes_make_it_fail(noise: bytes, size: int) -> None:
    data = text([row()]) + noise
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    found, records = read(*pieces)
    assert seen([row()])[0] in found
    assert records.consumed <= len(data)


def test_a_torn_last_line_waits_for_its_rest() -> None:
    data = text([row(), row("b")])
    found, records = read(data[:-20])
    assert found == seen([row()])
    assert records.consumed == len(text([row()]))
    assert read(data[:-20], data[-20:])[0] == seen([row(), row("b")])


def test_a_torn_quoted_cell_waits_although_it_holds_whole_lines() -> None:
    data = text([row("b", "one\r\ntwo\r\nthree")])
    found, records = read(data[: data.index(b"three")])
    assert found == []
    assert records.consumed == len(text([]))


def test_a_receiver_cannot_write_rows_of_ours_by_line_breaks_in_its_text() -> None:
    forged = "smtp;550 no\r\nd,2026-02-08 21:54:05+0000,smtp;250 OK,acme--192-0-2-1\r\nd,x,y,z"
    assert read(text([row("b", forged), row()]))[0] == seen([row("b", forged), row()])


def test_several_headers_in_one_stream_each_hold_for_what_follows() -> None:
    other = b"type,vmta,timeLogged\r\nb,v1,2026-02-08 21:54:06+0000\r\n"
    records = Records()
    blocks = [
        (*one.deliveries.vmtas, *one.others.vmtas) for one in records.feed(text([row()]) + other)
    ]
    assert [*filter(None, blocks)] == [("acme--192-0-2-1",), ("v1",)]
    assert records.columns == ("type", "vmta", "timeLogged")


def test_a_header_of_as_many_columns_is_no_record() -> None:
    other = b"type,vmta,timeLogged,jobId\r\n"
    records = Records(HEADER)
    assert [*records.feed(other)] == [Block()] * 2
    assert records.columns == ("type", "vmta", "timeLogged", "jobId")


def test_a_quote_that_nobody_closes_costs_its_line_alone() -> None:
    good = text([row()] * 3)
    bad = b'b,2026-02-08 21:54:05+0000,"smtp;550 no,acme\r\n'
    rest = text([row()] * 2_000).partition(b"\n")[2]
    assert len(rest) > RECORD_MAX
    found, records = read(good, bad, rest)
    assert (len(found), records.unreadable) == (2_003, 1)


def test_a_row_of_other_width_is_unreadable_and_the_next_is_read() -> None:
    found, records = read(text([row()]) + b"d,1,2\r\n" + text([row("b")]).partition(b"\n")[2])
    assert (found, records.unreadable) == (seen([row(), row("b")]), 1)


@pytest.mark.parametrize("start", [b"\xef\xbb\xbf", b""])
def test_a_byte_order_mark_hides_no_header(start: bytes) -> None:
    assert read(start + text([row()]))[0] == seen([row()])


def test_what_will_not_be_continued_is_read_as_far_as_it_goes() -> None:
    records = Records()
    good, torn = text([row()]), b'b,2026-02-08 21:54:05+0000,"smtp;550 no,acme\r\n'
    cells = text([row("b"), row("b")]).partition(b"\n")[2].removesuffix(b"\r\n")
    before = [*records.feed(good + torn + cells)]
    assert records.consumed == len(good)
    found = [*before, *records.rest()]
    assert sum(len(one.deliveries.times) for one in found) == 1
    assert sum(len(one.others.times) for one in found) == 2
    assert records.consumed == len(good + torn + cells)
    assert records.unreadable == 1
    assert [*records.rest()] == []


def test_a_cell_of_a_megabyte_costs_its_row_and_no_time() -> None:
    """The search for its line's end once began anew at each of its letters."""
    found, records = read(
        text([row(), row("d", "x" * 1_000_000)]) + text([row()] * 2_000).partition(b"\n")[2]
    )
    assert len(found) == 2_001
    assert records.unreadable > 0


def test_rows_before_any_header_are_unreadable() -> None:
    found, records = read(b"d,1,2,3\r\n")
    assert (found, records.unreadable) == ([], 1)
