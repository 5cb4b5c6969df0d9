"""Accounting records to counts, on one core.

    --rows N       of each generated file (100000)
    --rounds R     of each measurement (3)
    --others P...  how many rows in a hundred are bounces or deferrals, a file for each (5 10 30)
    --peak N...    rows after which the peak of the memory is read, each in a process of its own
                   (1000000 4000000); the last file is read as often as that takes

Peers: csv.DictReader and csv.reader that only read, and polars and pyarrow that read the same
columns, once only that and once to group them (where they are installed; the engine does not need
them).  Seconds are the process's own CPU time; in each round everybody has a turn, and the best
round counts, for others use the cores too.  As in the engine, a tally is of 8 MiB at most.
"""

import argparse
import csv
import os
import random
import resource
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from time import process_time
from typing import Any

from engine.ids import TenantId
from engine.rules.accounting import Owner, Owners, Records, Tally
from engine.rules.replies import Replies
from engine.runtime.perform.accounting import CHUNK, PIECE

COLUMNS = (
    "type,timeLogged,timeQueued,orig,rcpt,orcpt,dsnAction,dsnStatus,dsnDiag,dsnMta,bounceCat,"
    "srcType,srcMta,dlvType,dlvSourceIp,dlvDestinationIp,dlvEsmtpAvailable,dlvSize,vmta,jobId,"
    "envId,queue,vmtaPool"
)
WANTED = ("type", "timeLogged", "rcpt", "dsnStatus", "dsnMta", "bounceCat", "dlvSourceIp", "vmta",
          "jobId")  # fmt: skip
BEGIN = datetime(2026, 2, 8, 21, tzinfo=UTC)
BIG = ("gmail.com", "outlook.com", "yahoo.com", "hotmail.com", "icloud.com", "gmx.de", "orange.fr")
TEXTS = (
    "smtp;421 4.7.28 [192.0.2.{n}] Our system has detected an unusual rate of mail {q}",
    "smtp;451 4.7.1 Greylisted; come back in {n} seconds ({q})",
    "smtp;550 5.1.1 <a{n}@dest.example> User unknown in virtual mailbox table {q}",
    "smtp;554 5.7.1 Client host [192.0.2.{n}] blocked using zen.spamhaus.org {q}",
    "smtp;452 4.2.2 The email account is over quota {q}",
)


def write(path: Path, rows: int, others: float) -> None:
    """``others``: the share of bounces and deferrals; every text of theirs is another one."""
    chance = random.Random(7)
    with path.open("w", newline="") as out:
        out.write(COLUMNS + "\r\n")
        for n in range(rows):
            out.write(_row(n, rows, others, chance) + "\r\n")


def _row(n: int, rows: int, others: float, chance: random.Random) -> str:
    at = (BEGIN + timedelta(seconds=n * 3_600 // rows)).strftime("%Y-%m-%d %H:%M:%S+0000")
    last = chance.randrange(1, 21)
    domain = (
        chance.choice(BIG)
        if chance.random() < 0.7
        else f"d{int(20_000 ** chance.random())}.example"
    )
    kind, status, text, cat = "d", "2.0.0 (success)", f"smtp;250 2.0.0 OK {n}", ""
    if chance.random() < others:
        text = chance.choice(TEXTS).format(n=last, q=f"{chance.getrandbits(64):x}")
        kind = "b" if text[5] == "5" and text[6] == "5" else "t"
        status = f"{text[9:14]} (other)"
        cat = "bad-mailbox" if kind == "b" else ""
    vmta = f"acme--192-0-2-{last}" if last % 2 else f"pmta-vmta{last}"
    return (
        f"{kind},{at},{at},b+{n}@bounce.example.com,a{n}@{domain},,relayed,{status},{text},"
        f"mx{n % 3}.{domain} (198.51.100.9),{cat},smtp,app.example.com (127.0.0.1),smtp,"
        f'192.0.2.{last},198.51.100.9,"ENHANCEDSTATUSCODES,8BITMIME,SMTPUTF8",41159,{vmta},'
        f"campaign-{chance.randrange(40)},,{domain}/{vmta},acme--marketing"
    )


def tallied(path: Path, most: int = sys.maxsize) -> Iterator[Tally]:
    """One for each piece that the engine would append by itself; of no more rows than ``most``,
    as far as whole pieces go.
    """
    acme, replies = Owner(TenantId("acme"), "Europe/Paris"), Replies()
    owners, records = Owners({TenantId("acme"): acme}, lambda _: ()), Records()
    with path.open("rb") as file:
        while most > 0:
            tally = Tally(owners, replies, now=int(BEGIN.timestamp()))
            for data in iter(lambda: file.read(CHUNK), b""):
                for block in records.feed(data):
                    tally.add(block)
                if file.tell() % PIECE == 0:
                    break
            if not tally.rows:
                return
            tally.counts()
            most -= tally.rows
            yield tally


def ours(path: Path) -> int:
    return sum(tally.rows for tally in tallied(path))


def peak(path: Path, rows: int) -> int:
    """KiB, of this whole process since its program began; ``ru_maxrss`` knows its parent's too."""
    left = rows
    while left > 0:
        left -= sum(tally.rows for tally in tallied(path, left))
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def dict_reader(path: Path) -> int:
    with path.open(newline="") as file:
        return sum(1 for _ in csv.DictReader(file))


def bare_reader(path: Path) -> int:
    with path.open(newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def dict_counter(path: Path) -> int:
    """What one writes first: DictReader and a Counter by hour, address and domain."""
    with path.open(newline="") as file:
        found = Counter(
            (row["type"], row["timeLogged"][:13], row["dlvSourceIp"], row["rcpt"].split("@")[-1])
            for row in csv.DictReader(file)
        )
    return found.total()


def polars_read(path: Path) -> Any:
    polars: Any = import_module("polars")
    return polars.read_csv(path, columns=list(WANTED), infer_schema_length=0)


def with_polars(path: Path) -> int:
    polars: Any = import_module("polars")
    by = polars.col("timeLogged").str.slice(0, 13)
    domain = polars.col("rcpt").str.split("@").list.last()
    rows = polars_read(path)
    counted = rows.group_by("type", by, "dlvSourceIp", "jobId", domain.alias("domain")).len()
    return int(counted["len"].sum())


def pyarrow_read(path: Path) -> Any:
    reading: Any = import_module("pyarrow.csv")
    options = reading.ConvertOptions(
        include_columns=list(WANTED), column_types=dict.fromkeys(WANTED, "string")
    )
    return reading.read_csv(
        path,
        read_options=reading.ReadOptions(use_threads=False),
        parse_options=reading.ParseOptions(newlines_in_values=True),
        convert_options=options,
    )


def with_pyarrow(path: Path) -> int:
    compute: Any = import_module("pyarrow.compute")
    table = pyarrow_read(path)
    hour = compute.utf8_slice_codeunits(table["timeLogged"], 0, 13)
    domain = compute.replace_substring_regex(table["rcpt"], "^.*@", "")
    table = table.append_column("hour", hour).append_column("domain", domain)
    by = ["type", "hour", "dlvSourceIp", "jobId", "domain"]
    counted = table.group_by(by, use_threads=False).aggregate([([], "count_all")])
    return int(compute.sum(counted["count_all"]).as_py())


OURS, PLAIN = "email-engine", "csv.DictReader, only read"
RUNS: tuple[tuple[str, Callable[[Path], int]], ...] = (
    (OURS, ours),
    ("csv.reader, only read", bare_reader),
    (PLAIN, dict_reader),
    ("csv.DictReader and a Counter", dict_counter),
    ("polars, only read", lambda path: len(polars_read(path))),
    ("polars, read and grouped", with_polars),
    ("pyarrow, only read", lambda path: len(pyarrow_read(path))),
    ("pyarrow, read and grouped", with_pyarrow),
)


class Measured:
    """Of one way, by rounds."""

    def __init__(self) -> None:
        self.speeds: list[float] = []  # rows in a second
        self.grown = 0  # KiB that the process's peak rose in its turns

    @property
    def best(self) -> float:
        return max(self.speeds)


def turn(run: Callable[[Path], int], path: Path, rows: int, into: Measured) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = process_time()
    seen = run(path)
    into.speeds.append(rows / (process_time() - begin))
    into.grown += resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    if seen != rows:
        raise SystemExit(f"{seen:,} rows were seen of {rows:,}")


def measured(path: Path, rows: int, rounds: int) -> dict[str, Measured]:
    found = {name: Measured() for name, _ in RUNS}
    for _ in range(rounds):
        for name, run in RUNS:
            if name not in found:
                continue
            try:
                turn(run, path, rows, found[name])
            except ImportError as missing:
                del found[name]
                print(f"{name:30} not installed: {missing.name}")
    return found


def show(found: dict[str, Measured]) -> None:
    for name, one in found.items():
        print(
            f"{name:30} {one.best:>10,.0f} rows/s (the worst round: {min(one.speeds):,.0f}),"
            f" {one.best / found[PLAIN].best:.2f} x csv.DictReader,"
            f" email-engine is {found[OURS].best / one.best:.2f} x it,"
            f" peak memory +{one.grown / 1024:,.0f} MB"
        )


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--others", type=int, nargs="*", default=[5, 10, 30])
    options.add_argument("--peak", type=int, nargs="*", default=[1_000_000, 4_000_000])
    given = options.parse_args()
    print("load before:", ", ".join(f"{one:.1f}" for one in os.getloadavg()))
    with tempfile.TemporaryDirectory(prefix="ee-bench-") as folder:
        path = Path(folder) / "acct.csv"
        for others in given.others:
            write(path, given.rows, others / 100)
            size = path.stat().st_size / 1e6
            print(f"\n{given.rows:,} rows, {others} % no deliveries, {size:,.0f} MB")
            show(measured(path, given.rows, given.rounds))
        for rows in given.peak:
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
                top = apart.submit(peak, path, rows).result()
            print(f"{rows:,} rows in one process: peak memory {top / 1024:,.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
