"""The fast way through a block gives what the csv module gives, or leaves it to that."""

import csv
from io import StringIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.ids import IpAddr, TenantId
from engine.rules.accounting import Owner, Owners, Records, Span, Tally, records
from engine.rules.accounting.deliveries import DELIVERED, parted, reading
from engine.rules.replies import Replies

COLUMNS = ("type", "rcpt", "dlvEsmtpAvailable", "timeLogged", "dsnDiag", "jobId")
AT = "2026-02-08 21:54:05+0000"

CELL = st.sampled_from(
    ["", "a", "d", '"', '""', '"a,b"', '"a\nb"', 'x"y', '"a""b"', '"a"b', "\r", "\0", "é", "a@b@c"]
)
LINE = st.one_of(
    st.lists(CELL, max_size=7).map(",".join),
    st.tuples(st.sampled_from(["d", "delivery", "b"]), CELL, CELL, st.just(AT), CELL, CELL).map(
        ",".join
    ),
)
BLOCK = st.tuples(st.lists(LINE, min_size=1, max_size=4), st.sampled_from(["\n", "\r\n"])).map(
    lambda found: "".join(f"{line}{found[1]}" for line in found[0])
)


def fitting(block: str, columns: tuple[str, ...]) -> list[list[str]]:
    rows = csv.reader(StringIO(block, newline=""))
    return [row for row in rows if row and (len(row) == len(columns) or row[0] not in DELIVERED)]


@settings(max_examples=400, deadline=None)
@given(BLOCK, st.permutations(COLUMNS[1:]).map(lambda names: ("type", *names)))
@example(f"d,a,b,{AT},c\nd,a,b,{AT},c,d,e\n", COLUMNS)  # as many cells as two records have
@example(f'd,"a\n{AT},b",c,{AT},c,d\n', COLUMNS)
@example(f'd,a"b,c"d,{AT},e,f\n', COLUMNS)  # quotes within a cell are no quotes
@example(f'b,a"b,"c\nd,a,b,{AT},c,d\n"\n', COLUMNS)  # two quotes, and yet the record goes on
@example(f'd,a,b,{AT},c,"\nd,a,b,{AT},c,d\n', COLUMNS)
@example(f'b,a,b,{AT},c,"d\r\n', COLUMNS)
@example(f"d,a,b,{AT},c,d\r\nb,a\n\r", COLUMNS)
@example(f"d,a\rb,b,{AT},c,d\n", COLUMNS)
@example(f"d,a,b\rc,{AT},c,d\r\n", COLUMNS)  # the csv module ends a line at either
@example(f"d,a,b,{AT}\nd,e,f\n", COLUMNS)  # two torn lines of as many cells as one
@example(f'b,"x\nd,a,b,{AT},c,d\ny"\n', COLUMNS)
def test_what_it_takes_apart_is_what_the_csv_module_reads(
    block: str, columns: tuple[str, ...]
) -> None:
    found, how = parted(block.encode(), columns), reading(columns)
    if found is None or how is None:
        return
    rows = fitting(block, columns)
    time, rcpt = columns.index("timeLogged"), columns.index("rcpt")
    delivered = [row for row in rows if row[0] in DELIVERED]
    mine = sorted(
        (one[how.places.time], one[how.places.rcpt].rpartition("@")[2], one[how.places.job])
        for one in [
            *found.deliveries,
            *(how.taken(row) for row in found.rows if row[0] in DELIVERED and len(row) == 6),
        ]
    )
    assert mine == sorted(
        (row[time], row[rcpt].rpartition("@")[2], row[columns.index("jobId")]) for row in delivered
    )
    others = [row for row in found.rows if row[0] not in DELIVERED]
    assert others == [row for row in rows if row[0] not in DELIVERED]


def test_usual_rows_go_the_fast_way() -> None:
    block = f'd,a@x.y,"8BITMIME,SMTPUTF8",{AT},"ok, ok",j1\r\nb,,,,,\r\ndelivery,b,,{AT},,\r\n'
    found, how = parted(block.encode(), COLUMNS), reading(COLUMNS)
    assert found is not None
    assert how is not None
    assert found.rows == [["b", "", "", "", "", ""]]
    at = how.places
    assert [
        (one[at.rcpt], one[at.time], one[at.job], one[at.vmta]) for one in found.deliveries
    ] == [
        ("x.y", AT, "j1", ""),
        ("b", AT, "", ""),
    ]


HEADER = "type,timeLogged,rcpt,dsnStatus,dsnDiag,dsnMta,bounceCat,dlvSourceIp,vmta,jobId,queue"
IPS = ("192.0.2.1", "192.0.2.2", "192.0.2.3", "0.0.0.0", "")
ROW = st.tuples(
    st.sampled_from(["d", "d", "d", "delivery", "b", "t", "tq", "f", "r", "zz", "type"]),
    st.sampled_from([AT, AT, "2026-02-08 22:10:00+0000", "1770587645", "", "soon", "99999999999"]),
    st.sampled_from(["a@gmail.com", "b@firm.example", "@", "", '"x@y"@yahoo.fr', "a,b@aol.com"]),
    st.sampled_from(["5.1.1 (x)", "2.0.0 (success)"]),
    st.sampled_from(
        ["smtp;250 ok, queued", 'smtp;550 "no"', "smtp;554 blocked using\r\nd,zen.spamhaus.org"]
    ),
    st.sampled_from(["mx.google.com (192.0.2.9)", "mx1.firm.example (192.0.2.9)", ""]),
    st.sampled_from(["bad-mailbox", "other", ""]),
    st.sampled_from(IPS),
    st.sampled_from(["acme--192-0-2-1", "v1", ""]),
    st.sampled_from(["j1", "j,2", ""]),
    st.sampled_from(["yahoo.rollup/v1", "firm.example/v1"]),
)
TORN = st.sampled_from(["", "d,1,2", "d," * 10, 'b,"', "\r", '"', HEADER, "type,timeLogged"])


def written(rows: list[tuple[str, ...] | str], quoting: int) -> bytes:
    out = StringIO(newline="")
    writer = csv.writer(out, quoting=quoting)  # type: ignore[arg-type]
    out.write(f"{HEADER}\r\n")
    for row in rows:
        if isinstance(row, str):
            out.write(f"{row}\r\n")
        else:
            writer.writerow(row)
    return out.getvalue().encode()


def told(data: bytes, size: int) -> tuple[object, ...]:
    """Whose address .2 is changed within the hour; .3 is nobody's."""
    acme, other = Owner(TenantId("acme")), Owner(TenantId("other"), "Asia/Kolkata")
    history = {"192.0.2.1": [Span(0, other)], "192.0.2.2": [Span(0, acme), Span(1770588000, other)]}
    owners = Owners({TenantId("acme"): acme}, lambda ip: history.get(ip, []))
    tally, stream = Tally(owners, Replies(), now=1_770_600_000), Records()
    for at in range(0, len(data), size):
        for block in stream.feed(data[at : at + size]):
            tally.add(block)
    left_out = (tally.rows, tally.deleted, tally.misdated, tally.strange, stream.unreadable)
    return (tally.counts(), left_out, stream.consumed, stream.columns)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.one_of(ROW, ROW, ROW, TORN), max_size=12),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from([200, 700, 100_000]),
)
def test_both_ways_come_to_the_same_counts(
    rows: list[tuple[str, ...] | str], quoting: int, size: int
) -> None:
    data = written(rows, quoting)
    fast = told(data, size)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "parted", lambda *_: None)
        assert told(data, size) == fast


def test_a_deliverys_address_is_not_kept_by_what_counts_it() -> None:
    row = ["d", "private@gmail.com", "", AT, "", ""]
    how = reading(COLUMNS)
    assert how is not None
    assert "private" not in repr(how.taken(row))
    found = parted(f"{','.join(row)}\n".encode(), COLUMNS)
    assert found is not None
    assert "private" not in repr(found.deliveries)


IP = IpAddr("192.0.2.1")


def test_addresses_that_differ_in_their_job_alone_share_an_hour() -> None:
    rows = [("d", AT, "a@gmail.com", "", "", "", "", IP, "acme--x", job, "") for job in "aab"]
    counts = told(written([*rows], csv.QUOTE_MINIMAL), 100_000)[0]
    assert isinstance(counts, dict)
    (hour,) = counts[TenantId("acme")].hours.values()
    assert hour[IP]["gmail"].delivered == 3
    assert {job: one.delivered for job, one in counts[TenantId("acme")].jobs[IP].items()} == {
        "a": 2,
        "b": 1,
    }
