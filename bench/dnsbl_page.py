"""``docs/benchmarks-lists.md``, made from one run."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from bench import report
from bench.table import Table

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks-lists.md"

_TEXT = """# Benchmarks of the block lists

Made in one run by `{command}`.

rbldnsd serves a million addresses as nine lists on loopback; engine, peers and rbldnsd share the
machine. The figures are of this machine and this run, and to be read as ratios. Shown is the median
of the rounds with its range; a ratio is taken round by round.

## Aims

{aims}

## Machine

{machine}

{tables}
## What is compared

* **email-engine** asks as a round of looks does: plain packets, at most 200 under way, and by
  c-ares whatever those did not answer. The whole way goes through verdicts, events in Postgres
  (`fsync` on), views and their rows.
* **pydnsbl** is the Python library of that name with its own defaults, its resolver's port apart;
  it only asks.
* **dnsperf** is what a C program can ask: the physical limit.

`./dev bench dnsbl` makes them again, `--only lookups,slow` names parts, `--write` this page.
"""


def write(command: str, facts: Mapping[str, str], tables: Sequence[Table]) -> None:
    machine = "\n".join(f"* {name}: {value}" for name, value in facts.items())
    shown = "\n".join(report.markdown(table) for table in tables)
    aims = [f"* {table.title}: {report.aim_text(aim)}" for table in tables for aim in table.aims]
    said = {"machine": machine, "tables": shown, "aims": "\n".join(aims)}
    PAGE.write_text(_TEXT.format(command=command, **said))
