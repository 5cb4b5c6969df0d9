"""The fast way through a block gives what the csv module gives, or leaves it to that."""

import csv
from collections import Counter
from io import StringIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict

from engine.ids import IpAddr, TenantId
from engine.rules.accounting import Owner, Owners, Records, Span, Tally, records
from engine.rules.accounting.outcomes import outcome
from engine.rules.accounting.parted import parted
from engine.rules.accounting.providers import OTHER, of_domain, of_host, of_queue
from engine.rules.accounting.reading import DELIVERED, Deliveries, Others, reading
from engine.rules.accounting.times import seconds
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
@example(f'b,a,"b, c",{AT},"d, e",f\n', COLUMNS)  # quotes are no part of a text
@example(f"b,a,b,{AT}\nb,e,f\n", COLUMNS)
@example(f"b,a\rb,c,{AT},d,e\r\nb,a,b,{AT},d,e\n", COLUMNS)  # as many of each as lines
@example(f'd,a,b,{AT},c,"d, e"\n', COLUMNS)  # a quote where none is foreseen
def test_what_it_takes_apart_is_what_the_csv_module_reads(
    block: str, columns: tuple[str, ...]
) -> None:
    found, how = parted(block.encode(), columns), reading(columns)
    if found is None or how is None:
        return
    rows = [*filter(None, csv.reader(StringIO(block, newline="")))]
    of = [columns.index(name) for name in ("type", "timeLogged", "rcpt", "dsnDiag", "jobId")]
    sent, others = found.deliveries, found.others
    by_csv = [row for row in found.rows if len(row) == len(columns)]
    more = Deliveries(
        *zip(*(how.delivery(row) for row in by_csv if row[0] in DELIVERED), strict=True)
    )
    rest = Others(*zip(*(how.other(row) for row in by_csv if row[0] not in DELIVERED), strict=True))
    mine = [
        ("d", time, domain.rpartition("@")[2], "", job)
        for one in (sent, more)
        for time, domain, job in zip(one.times, one.domains, one.jobs, strict=True)
    ] + [
        (kind, time, domain.rpartition("@")[2], text, job)
        for one in (others, rest)
        for kind, time, domain, text, job in zip(
            one.kinds, one.times, one.domains, one.texts, one.jobs, strict=True
        )
    ]
    wanted = [[row[at] for at in of] for row in rows if len(row) == len(columns)]
    assert sorted(mine) == sorted(
        ("d", time, rcpt.rpartition("@")[2], "", job)
        if kind in DELIVERED
        else (kind, time, rcpt.rpartition("@")[2], text, job)
        for kind, time, rcpt, text, job in wanted
    )
    assert [row for row in found.rows if len(row) != len(columns)] == [
        row for row in rows if len(row) != len(columns)
    ]


def test_usual_rows_go_the_fast_way() -> None:
    block = f'd,a@x.y,"8BITMIME,SMTPUTF8",{AT},"ok, ok",j1\r\nb,,,,,\r\ndelivery,b,,{AT},,\r\n'
    found = parted(block.encode(), COLUMNS)
    assert found is not None
    assert (found.others.kinds, found.rows) == (("b",), [])
    of = found.deliveries
    assert [*zip(of.domains, of.times, of.jobs, of.vmtas, strict=True)] == [
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
OTHER_HEADERS = (
    HEADER.replace("dsnMta", "x").replace("queue", "reportingMta").replace("bounceCat", "y"),
    HEADER.replace("timeLogged,rcpt,dsnStatus", "rcpt,dsnStatus,timeLogged"),
    HEADER.replace("jobId", "header_x-job").replace("rcpt", "Rcpt"),
    HEADER.replace("timeLogged", "time"),  # under which no row says anything
)
TORN = st.sampled_from(
    [*("", "d,1,2", "d," * 10, 'b,"', "\r", '"', HEADER, "type,timeLogged"), *OTHER_HEADERS]
)


def written(
    rows: list[tuple[str, ...] | str], quoting: int, header: str = HEADER, end: str = "\r\n"
) -> bytes:
    out = StringIO(newline="")
    writer = csv.writer(out, quoting=quoting, lineterminator=end)  # type: ignore[arg-type]
    out.write(f"{header}{end}")
    for row in rows:
        if isinstance(row, str):
            out.write(f"{row}{end}")
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
    st.sampled_from([HEADER, HEADER, f"\ufeff{HEADER}", *OTHER_HEADERS]),
    st.sampled_from(["\r\n", "\n"]),
    st.sampled_from([0, 0, 1, 30]),
)
def test_both_ways_come_to_the_same_counts(
    rows: list[tuple[str, ...] | str], quoting: int, size: int, header: str, end: str, torn: int
) -> None:
    whole = written(rows, quoting, header, end)
    data = whole[: len(whole) - torn]
    fast = told(data, size)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "parted", lambda *_: None)
        assert told(data, size) == fast


NO_TORN_ROW = ROW.filter(lambda row: row[0] not in ("type", "zz", "r"))
BECAME = {
    "d": "delivered",
    "delivery": "delivered",
    "t": "deferred",
    "tq": "held",
    "f": "complaints",
}


@settings(max_examples=200, deadline=None)
@given(st.lists(NO_TORN_ROW, max_size=12))
def test_each_cell_counts_for_its_own_row(rows: list[tuple[str, ...]]) -> None:
    """As counted one by one, of addresses whose owner did not change."""
    hours: Counter[tuple[str, str, str]] = Counter()
    jobs: Counter[tuple[str, str]] = Counter()
    for kind, time, rcpt, status, _, mta, category, source, vmta, job, queue in rows:
        if seconds(time) in (None, 99999999999):
            continue
        provider = of_domain(rcpt.rpartition("@")[2]) or of_host(mta) or of_queue(queue) or OTHER
        outcome_is = BECAME.get(kind) or outcome(category, status)
        ip = source.replace("0.0.0.0", "") or ("192.0.2.1" if vmta.startswith("acme--") else "")
        hours[ip, provider, outcome_is] += 1
        jobs[ip, job] += 1
    counts = told(written([*rows], csv.QUOTE_MINIMAL), 100_000)[0]
    assert isinstance(counts, dict)
    found: Counter[tuple[str, str, str]] = Counter()
    by_job: Counter[tuple[str, str]] = Counter()
    for one in counts.values():
        for ips in one.hours.values():
            for ip, providers in ips.items():
                for provider, number in providers.items():
                    for what, times in asdict(number).items():
                        found[ip, provider, what] += times
        for ip, named in one.jobs.items():
            for job, number in named.items():
                by_job[ip, job] += sum(asdict(number).values())
    assert +found == hours
    assert +by_job == jobs


def test_a_deliverys_address_is_not_kept_by_what_counts_it() -> None:
    row = ["d", "private@gmail.com", "", AT, "", ""]
    how = reading(COLUMNS)
    assert how is not None
    assert "private" not in repr((how.delivery(row), how.other(row)))
    for kind in ("d", "b"):
        found = parted(f"{','.join([kind, *row[1:]])}\n".encode(), COLUMNS)
        assert found is not None
        assert not found.rows
        assert "private" not in repr(found)


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
