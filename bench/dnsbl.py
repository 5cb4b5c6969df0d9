"""Block lists: ``python -m bench.dnsbl``.

    --only lookups,pipeline,slow,sweep   parts
    --ips N                              of the fleet (1,000)
    --rounds R                           of each measurement (3)
    --sweep-ips N, --sweep-seconds S     of the large fleet (10,000 in 60 s)

rbldnsd serves a million addresses as nine lists on loopback.  Peers are pydnsbl, which this
installs into a folder of its own and removes again, and dnsperf where it is installed.
"""

import argparse
import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from msgspec.structs import replace

from bench import dnsbl_lists, dnsbl_page, dnsbl_peers, machine, relay, report, server
from bench.dnsbl_engine import engine
from bench.dnsbl_lists import ZONES, Fleet, fleet
from bench.dnsbl_peers import DNSPERF, PYDNSBL, Counted, Pydnsbl
from bench.measure import Sample, alone
from bench.server import Server
from bench.table import Aim, Line, Table
from engine.adapters.resolver import IN_FLIGHT, AiodnsResolver
from engine.errors import StartRefused
from engine.ports import DnsFailure
from engine.rules import dnsbl
from engine.rules.dnsbl_catalogue import DEFAULT, Catalogue
from engine.runtime.perform.dnsbl_round import ZONE_IN_FLIGHT

OURS, WHOLE, WHOLE_NINE = "email-engine", "email-engine, as it is", "email-engine, nine asked"
SLOW_MS = 50
AT_ONCE = len(dnsbl.to_ask()) * ZONE_IN_FLIGHT  # plain packets, as in a round of all lists
NINE: Catalogue = {zone: replace(one, part_of=None, retired="") for zone, one in DEFAULT.items()}


class World(NamedTuple):
    """What the parts have in common."""

    server: Server
    port: int  # of rbldnsd
    peer: Pydnsbl | None
    ips: int
    rounds: int
    sweep_ips: int
    sweep_seconds: float

    def fleet(self) -> Fleet:
        return fleet(self.ips)

    def missing(self) -> Iterator[str]:
        if self.peer is None:
            yield dnsbl_peers.MISSING[PYDNSBL]


async def lookups(world: World) -> Table:
    """Asking alone: nothing is judged or kept."""
    of, ours, theirs, limit = world.fleet(), list[Sample](), list[Counted](), list[Sample]()
    for _ in range(world.rounds):
        with alone():
            counted = await _asked(world.port, of)
        assert (counted.listed, counted.failed) == (of.listings, 0), counted
        ours.append(counted.sample)
        if world.peer is not None:
            theirs.append(await asyncio.to_thread(world.peer.run, world.port, of))
        bare = await asyncio.to_thread(dnsbl_peers.dnsperf, world.port, of)
        limit += [] if bare is None else [bare]
    lines = [Line(OURS, ours)]
    lines += [Line(PYDNSBL, [one.sample for one in theirs])] if theirs else []
    lines += [Line(DNSPERF, limit)] if limit else []
    notes = [
        f"{len(of.ips):,} addresses on {len(ZONES)} lists, all asked, {AT_ONCE} in flight.",
        *world.missing(),
        *([] if limit else [dnsbl_peers.MISSING[DNSPERF]]),
    ]
    table = Table("lookups", "Lookups alone", notes, lines, OURS, [], unit="lookups/s")
    return table._replace(aims=table.aim("at least 2 times pydnsbl", PYDNSBL, least=2))


async def pipeline(world: World) -> Table:
    """Lookups, verdicts, events in the log, views and their rows; pydnsbl only asks."""
    of, theirs = world.fleet(), list[Sample]()
    whole: dict[str, list[Sample]] = {WHOLE: [], WHOLE_NINE: []}
    for _ in range(world.rounds):
        for name, catalogue in ((WHOLE, DEFAULT), (WHOLE_NINE, NINE)):
            whole[name].append(await _whole(world, of, catalogue))
        if world.peer is not None:
            counted = await asyncio.to_thread(world.peer.run, world.port, of)
            theirs.append(counted.sample)
    lines = [Line(name, samples) for name, samples in whole.items()]
    lines += [Line(f"{PYDNSBL}, lookups alone", theirs)] if theirs else []
    notes = [
        f"{len(of.ips):,} addresses x {len(ZONES)} lists. As it is, the engine reads SBL, XBL and"
        " PBL from ZEN's answer; `nine asked` asks each by itself.",
        *world.missing(),
    ]
    title = "The whole way: lookups, verdicts, events, views"
    table = Table("pipeline", title, notes, lines, WHOLE_NINE, [], unit="verdicts/s")
    text = "at least 1.5 times pydnsbl's lookups alone"
    return table._replace(aims=table.aim(text, f"{PYDNSBL}, lookups alone", least=1.5))


async def slow(world: World) -> Table:
    """A name in ten takes 0.3 to 1.5 s to be found."""
    of, ours, theirs = world.fleet(), list[Counted](), list[Counted]()
    for _ in range(world.rounds):
        with relay.delayed(world.port, 1, "slow") as port:
            ours.append(await _asked(port, of))
        if world.peer is not None:
            with relay.delayed(world.port, 1, "slow") as port:
                theirs.append(await asyncio.to_thread(world.peer.run, port, of))
    lines = [Line(OURS, [one.sample for one in ours])]
    lines += [Line(PYDNSBL, [one.sample for one in theirs])] if theirs else []
    notes = [
        f"Of {of.listings} listings, and false time-outs of {len(of.ips) * len(ZONES):,} lookups:",
        *(_lost(name, found, of) for name, found in ((OURS, ours), (PYDNSBL, theirs)) if found),
        *world.missing(),
    ]
    worst = max(of.listings - one.listed for one in ours)
    false = max(one.failed for one in ours)
    aims = [
        Aim("listings missed by the engine", worst, least=0, most=0, unit=""),
        Aim("false time-outs of the engine", false, most=0, unit=""),
    ]
    title = "A resolver that finds a tenth of the names slowly"
    return Table("slow", title, notes, lines, OURS, aims, unit="lookups/s")


def _lost(name: str, found: Sequence[Counted], of: Fleet) -> str:
    lost = ", ".join(f"{of.listings - one.listed}" for one in found)
    failed = ", ".join(f"{one.failed}" for one in found)
    return f"{name} missed {lost} and gave up on {failed}."


async def sweep(world: World) -> Table:
    """The large fleet over 50 ms, while somebody reads."""
    async with world.server.database(migrated=True) as database:
        with relay.delayed(world.port, SLOW_MS) as port:
            numbers = (port, world.sweep_ips, world.sweep_seconds)
            command = [sys.executable, "-m", "bench.dnsbl_sweep", database.dsn, *map(str, numbers)]
            said = await asyncio.to_thread(
                subprocess.run, command, stdout=subprocess.PIPE, text=True, check=True
            )
    found = json.loads(said.stdout.splitlines()[-1])
    notes = [
        f"{world.sweep_ips:,} addresses x {len(ZONES)} lists, each answer after {SLOW_MS} ms,"
        f" asked to take {world.sweep_seconds:g} s; {found['reads']:,.0f} reads of the event list"
        f" meanwhile, median {found['p50_ms']:.1f} ms."
    ]
    sample = Sample(world.sweep_ips * len(ZONES), found["seconds"])
    aims = [
        Aim("it takes", found["seconds"], most=1.1 * world.sweep_seconds, unit=" s"),
        Aim("memory, the API's included", found["megabytes"], most=200, unit=" MB"),
        Aim("99 of 100 reads within", found["p99_ms"], most=20, unit=" ms"),
        Aim("listings missed or invented", found["wrong"], most=0, unit=""),
    ]
    title = "A large fleet while somebody reads"
    return Table("sweep", title, notes, [Line(OURS, [sample])], OURS, aims, unit="verdicts/s")


async def _asked(port: int, of: Fleet) -> Counted:
    """As a round asks: all by plain packets, and by c-ares what those did not answer."""
    resolver = AiodnsResolver([f"127.0.0.1:{port}"])
    names = [dnsbl.question(ip, zone) for zone in ZONES for ip in of.ips]
    began = perf_counter()
    found = await resolver.many(names, AT_ONCE)
    left = iter([name for name, answer in found.items() if answer is None])
    listed = sum(bool(answer) for answer in found.values())
    failed = 0

    async def asker() -> None:
        nonlocal listed, failed
        for name in left:
            try:
                listed += bool(await resolver.a(name))
            except DnsFailure:
                failed += 1

    async with asyncio.TaskGroup() as tasks:
        for _ in range(IN_FLIGHT):
            tasks.create_task(asker())
    seconds = perf_counter() - began
    await resolver.close()
    return Counted(Sample(len(of.ips) * len(ZONES), seconds), listed, failed)


async def _whole(world: World, of: Fleet, catalogue: Catalogue) -> Sample:
    async with (
        world.server.database(migrated=True) as database,
        engine(database.dsn, f"127.0.0.1:{world.port}", catalogue) as run,
    ):
        rounds = run.rounds()
        with alone():
            began = perf_counter()
            await asyncio.gather(*(rounds.look_up(run.look(ip)) for ip in of.ips))
            await run.folded()
            return Sample(len(of.ips) * len(ZONES), perf_counter() - began)


PARTS: Mapping[str, Callable[[World], Awaitable[Table]]] = {
    "lookups": lookups,
    "pipeline": pipeline,
    "slow": slow,
    "sweep": sweep,
}


async def run(asked: argparse.Namespace) -> tuple[dict[str, str], list[Table]]:
    tables: list[Table] = []
    parts = asked.only.split(",") if asked.only else list(PARTS)
    async with server.running(asked.dir) as postgres:
        facts = {**machine.facts(asked.dir), "load before": f"{machine.load():.1f}"}
        print("\n".join(f"{name}: {value}" for name, value in facts.items()), flush=True)
        with ExitStack() as stack:
            port = stack.enter_context(dnsbl_lists.serving())
            peer = stack.enter_context(dnsbl_peers.pydnsbl())
            sizes = (asked.ips, asked.rounds, asked.sweep_ips, asked.sweep_seconds)
            world = World(postgres, port, peer, *sizes)
            for part in parts:
                tables.append(await PARTS[part](world))
                print(report.text(tables[-1]), flush=True)
    facts["load after"] = f"{machine.load():.1f}"
    return facts, tables


def main(argv: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(argv)
    unknown = [one for one in asked.only.split(",") if one and one not in PARTS]
    if unknown:
        sys.exit(f"bench: there is no part {unknown[0]!r}; there are {', '.join(PARTS)}")
    try:
        facts, tables = asyncio.run(run(asked))
    except StartRefused as refused:
        print(f"bench: {refused}", file=sys.stderr)
        return 1
    if asked.write:
        dnsbl_page.write(f"python -m bench.dnsbl {' '.join(sys.argv[1:])}".strip(), facts, tables)
    if asked.json:
        asked.json.write_bytes(report.data(facts, tables))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.dnsbl", description=__doc__)
    parser.add_argument("--only", default="", metavar="PARTS", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--ips", type=int, default=1_000, metavar="N")
    parser.add_argument("--rounds", type=int, default=3, metavar="R")
    parser.add_argument("--sweep-ips", type=int, default=10_000, metavar="N")
    parser.add_argument("--sweep-seconds", type=float, default=60.0, metavar="S")
    parser.add_argument(
        "--dir", type=Path, default=Path("/var/tmp"), help="below it Postgres keeps its data"
    )
    parser.add_argument("--write", action="store_true", help=f"make {dnsbl_page.PAGE.name} anew")
    parser.add_argument("--json", type=Path, metavar="FILE", help="for programs")
    return parser


if __name__ == "__main__":
    sys.exit(main())
