"""The fast way through a block gives what the csv module gives, or leaves it to that."""

import csv
from io import StringIO

from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.rules.accounting.cells import HELD, cells

LINE = st.lists(
    st.sampled_from(["", "a", "bc", '"', '""', '"a,b"', '"a\nb"', 'x"y', '"a""b"', "\r", HELD]),
    min_size=1,
    max_size=4,
).map(",".join)
BLOCK = st.tuples(st.lists(LINE, min_size=1, max_size=4), st.sampled_from(["\n", "\r\n"])).map(
    lambda found: "".join(f"{line}{found[1]}" for line in found[0])
)


@settings(max_examples=600, deadline=None)
@given(BLOCK, st.integers(2, 3))
@example("a,b\nc,d,e,f\n", 3)  # as many cells as two records have, and none has three
@example('"a\nb",c\nd\n', 2)
@example(',"a\nb",\n', 2)  # two lines of two cells, and one record of three
@example('a,x"b,c"d\n', 2)
@example('"a,b"x,"c"\n', 2)
def test_what_it_takes_apart_is_what_the_csv_module_reads(block: str, width: int) -> None:
    found = cells(block, width)
    if found is None:
        return
    rows = [row for row in csv.reader(StringIO(block, newline="")) if row]
    assert {*map(len, rows)} <= {width}
    assert [cell.replace(HELD, ",") for cell in found] == [cell for row in rows for cell in row]


def test_usual_rows_go_the_fast_way() -> None:
    block = 'd,"8BITMIME,SMTPUTF8",x\r\nb,"",y\r\nt,,z\r\n'
    assert cells(block, 3) == ["d", f"8BITMIME{HELD}SMTPUTF8", "x", "b", "", "y", "t", "", "z"]
