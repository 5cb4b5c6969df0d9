"""The log beside its peers: ``python -m bench.log``.

    --only append,replay   parts: append, open, one, replay, verify, table10m; all: every one
    --events N             of the log that is replayed and verified (table10m: that it holds)

Everything runs on a Postgres of its own, which is gone afterwards.
"""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter

from bench import append, bare, held, machine, page, replay, report, server, verified
from bench.options import Options
from bench.server import Server
from bench.table import Table
from engine.errors import StartRefused

PARTS: Mapping[str, Callable[[Server, Options], Awaitable[Table]]] = {
    "append": append.together,
    "open": append.by_chance,
    "one": append.single,
    "replay": replay.replay,
    "verify": verified.verify,
    "table10m": held.table10m,
}
QUICK = tuple(name for name in PARTS if name != "table10m")  # minutes, and little disk


async def run(
    folder: Path, parts: Sequence[str], options: Options
) -> tuple[dict[str, str], list[Table]]:
    """Machine and settings, and what was measured; printed as it comes."""
    tables: list[Table] = []
    async with server.running(folder) as running:
        found = await running.settings()
        facts = {
            **machine.facts(folder),
            "postgres": found.pop("version"),
            "settings": ", ".join(f"{name} = {value}" for name, value in found.items()),
            "load before": f"{machine.load():.1f}",
        }
        print("\n".join(f"{name}: {value}" for name, value in facts.items()), flush=True)
        for part in parts:
            tables.append(await PARTS[part](running, options))
            print(report.text(tables[-1]), flush=True)
    return facts, tables


def main(argv: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(argv)
    parts = _parts(asked.only)
    options = _options(asked)
    began = perf_counter()
    try:
        facts, tables = asyncio.run(run(asked.dir, parts, options))
    except StartRefused as refused:
        print(f"bench: {refused}", file=sys.stderr)
        return 1
    print(f"\n{perf_counter() - began:.0f} s in all")
    if asked.json:
        asked.json.write_bytes(report.data(facts, tables))
    if asked.write:
        only = f" --only {asked.only}" if asked.only else ""
        page.write(f"./dev bench log{only} --write", facts, tables, options, bare.POOL)
    return 0


def _parser() -> argparse.ArgumentParser:
    usual = Options()
    parser = argparse.ArgumentParser(
        prog="python -m bench.log", description="The log beside its peers, on one Postgres."
    )
    parser.add_argument(
        "--only", default="", metavar="PARTS", help=f"of {', '.join(PARTS)}, or all"
    )
    parser.add_argument("--events", type=int, metavar="N", help=f"of the log ({usual.events:,})")
    parser.add_argument("--rounds", type=int, default=usual.rounds, metavar="R")
    parser.add_argument("--seconds", type=float, default=usual.seconds, help="of a loop of callers")
    parser.add_argument(
        "--dir", type=Path, default=Path("/var/tmp"), help="below it Postgres keeps its data"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="for programs")
    parser.add_argument("--write", action="store_true", help="docs/benchmarks.md")
    return parser


def _parts(only: str) -> Sequence[str]:
    if not only:
        return QUICK
    named = tuple(PARTS) if only == "all" else tuple(only.split(","))
    unknown = [name for name in named if name not in PARTS]
    if unknown:
        sys.exit(f"bench: there is no part {unknown[0]!r}; there are {', '.join(PARTS)}")
    return named


def _options(asked: argparse.Namespace) -> Options:
    options = Options(rounds=asked.rounds, seconds=asked.seconds)
    if asked.events is None:
        return options
    return options._replace(events=asked.events, held=asked.events)


if __name__ == "__main__":
    sys.exit(main())
