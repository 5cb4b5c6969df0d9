"""PowerMTA configurations: a large one read and judged, and a large fleet's file written.

--lines N      of the configuration that is read (10000)
--vmtas N      of the file that is written (2000)
--rounds R     of each measurement (5)
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

from bench import machine, report
from bench.measure import Sample
from bench.table import Aim, Line, Table
from engine.ids import TenantId
from engine.rules.pmta_config import tenant_tree
from engine.rules.pmta_config.load import of_text
from engine.rules.pmta_config.render import render
from engine.rules.pmta_config.tenant_tree import Key, Sender
from engine.rules.pmta_config.validate import validate

BARE = "splitlines and split"
TENANT = TenantId("bench")
HEAD = """\
log-file /var/log/pmta/log
<spool /var/spool/pmta>
</spool>
<smtp-pattern-list common>
    reply /generating high volumes.* complaints/ mode=backoff
    reply /\\b(black|block)list/ disable-source-ip,reenable-after=6h
</smtp-pattern-list>
<domain *>
    max-smtp-out 20
    retry-after 10m,20m,40m,1h # minutes
    smtp-pattern-list common
</domain>
"""


def senders(number: int) -> list[Sender]:
    return [
        Sender(
            f"10-{n >> 16}-{n >> 8 & 255}-{n & 255}",
            f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}",
            f"mail{n}.acme.example",
            f"{50 + n}/d",
            [Key("s1", "acme.example", "/etc/pmta/keys/acme.pem")],
            {"gmail.com": {"max-smtp-out": "5", "max-msg-rate": "100/h"}},
        )
        for n in range(number)
    ]


def written(number: int) -> str:
    fleet = senders(number)
    return render(tenant_tree.document(TENANT, fleet, {"all": [one.name for one in fleet]}))


def of_lines(number: int) -> str:
    """Cut at a whole section, and so it may be some lines shorter."""
    each = len(written(1).splitlines())
    return HEAD + written((number - len(HEAD.splitlines()) - 2) // (each - 2))


def bare(text: str) -> int:
    """What no reader of lines can do without."""
    return sum(len(line.split()) for line in text.splitlines())


def judged(text: str) -> None:
    found = validate(of_text(text), main="config")
    if found:
        raise AssertionError(f"the configuration is not valid: {found[0]}")


def timed(work: Callable[[], object], lines: int, rounds: int) -> Sequence[Sample]:
    """One round before them is not counted."""
    work()
    samples = []
    for _ in range(rounds):
        began = perf_counter()
        work()
        samples.append(Sample(lines, perf_counter() - began))
    return samples


def _table(key: str, title: str, lines: Sequence[Line], number: int, most: float) -> Table:
    table = Table(key, title, [], lines, lines[0].name, [], unit="lines/s")
    slower = table.times(lines[1].name)
    assert slower is not None
    return table._replace(
        notes=[f"{BARE} alone would be {1 / slower.median:,.0f} times as fast."],
        aims=[
            Aim(
                f"all of it, in at most {most:g} s",
                number / lines[0].rate.median,
                most=most,
                unit=" s",
            )
        ],
    )


def read(lines: int, rounds: int) -> Table:
    text = of_lines(lines)
    number = len(text.splitlines())
    return _table(
        "read",
        f"{number:,} lines read and judged",
        [
            Line("read and judged", timed(lambda: judged(text), number, rounds)),
            Line(BARE, timed(lambda: bare(text), number, rounds)),
            Line("read alone", timed(lambda: of_text(text), number, rounds)),
        ],
        number,
        1.0,
    )


def write(vmtas: int, rounds: int) -> Table:
    text = written(vmtas)
    number = len(text.splitlines())
    return _table(
        "write",
        f"{vmtas:,} VMTAs, {number:,} lines, written and read back to be sure",
        [
            Line("built, written, read back", timed(lambda: written(vmtas), number, rounds)),
            Line(BARE, timed(lambda: bare(text), number, rounds)),
        ],
        number,
        0.3,
    )


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.pmta_config", description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000, metavar="N")
    parser.add_argument("--vmtas", type=int, default=2_000, metavar="N")
    parser.add_argument("--rounds", type=int, default=5, metavar="R")
    parser.add_argument("--json", type=Path, metavar="FILE", help="for programs")
    asked = parser.parse_args(argv)
    facts = {**machine.facts(Path("/var/tmp")), "load before": f"{machine.load():.1f}"}
    print("\n".join(f"{name}: {value}" for name, value in facts.items()), flush=True)
    tables = []
    for measured in (read(asked.lines, asked.rounds), write(asked.vmtas, asked.rounds)):
        tables.append(measured)
        print(report.text(measured), flush=True)
    if asked.json:
        asked.json.write_bytes(report.data(facts, tables))
    return 0


if __name__ == "__main__":
    sys.exit(main())
