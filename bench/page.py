"""``docs/benchmarks.md``, made from one run."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from bench import report
from bench.options import Options
from bench.table import Table

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"

_TEXT = """# Benchmarks of the log

Made in one run by `{command}`.

The figures are of this machine and this run, and to be read as ratios. Everything ran side by
side: one Postgres, started as the engine starts its own, on a real disk with `fsync`,
`full_page_writes` and `synchronous_commit` on and else as Postgres comes, over a unix socket, from
one Python process on the same machine. Each contender begins each round in an empty database of
its own, and rounds take turns. Shown is the median of the rounds ({rounds}) with its range; a
ratio is taken round by round.

## Aims

{aims}

## Machine

{machine}

{tables}
## What is compared

* **email-engine** is `PostgresLog.append`, the door that the engine itself uses: group commit,
  hash chain, fence, expected versions, and every index and trigger of the real table.
* **eventsourcing** is the Python library of that name with its Postgres recorder, in threads,
  with {pool} connections: by its application (an aggregate is saved after each event), by the
  recorder alone, and by the recorder with its function in the database.
* **message-db** is its function `write_message`, written anew from its description
  (`bench/message_db.sql`): an advisory lock a category, the expected version, an identity column.
  Called by asyncpg over {pool} connections.
* **INSERT per event** goes into the engine's own table with its indexes, and promises nothing:
  neither order nor chain nor fence.
* **COPY** is the physical limit: one transaction, rows that Postgres itself made ready. The same
  from Python's rows is what one process could send at the most.

## To see it again

`./dev bench log` takes some minutes and changes nothing; `--only append,replay` names parts,
`--only all` has the table of {held:,} events as well, which needs about 10 GB of disk. `--json
FILE` is for programs, `--write` makes this page anew. Nothing else should run meanwhile. No test
asserts a time.
"""


def write(
    command: str, facts: Mapping[str, str], tables: Sequence[Table], options: Options, pool: int
) -> None:
    machine = "\n".join(f"* {name}: {value}" for name, value in facts.items())
    shown = "\n".join(report.markdown(table) for table in tables)
    aims = [f"* {table.title}: {report.aim_text(aim)}" for table in tables for aim in table.aims]
    text = _TEXT.format(
        command=command,
        rounds=options.rounds,
        machine=machine,
        aims="\n".join(aims),
        tables=shown,
        pool=pool,
        held=Options().held,
    )
    PAGE.write_text(text)
