"""Reading over HTTP: one IP and a list of a hundred, as a tenant whom row-level security holds.

    --seconds S    of each measurement (5)
    --rounds R     of each (3)

The peer is a bare aiohttp handler that does the same single query the same way: a transaction of
its own in which Postgres is told the tenant, and the row's body as the answer.  Each serves from a
process of its own; this one asks.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import aiohttp

from bench import machine, report, server
from bench.api_served import FLEET, IPS, Door, doors
from bench.measure import Sample, closed, opened
from bench.server import Server
from bench.table import Aim, Line, Table

CALLERS = 8
RATE = 200  # requests a second
OURS, BARE = "email-engine", "a bare aiohttp handler with the same query"


class Asked(NamedTuple):
    """What is read, and by which paths."""

    key: str
    title: str
    engine: str
    bare: str


KINDS = (
    Asked("ip", "GET of one IP", f"/api/v2/ips/{FLEET[0]}", "/one"),
    Asked("list", f"GET of {IPS} IPs", f"/api/v2/ips?limit={IPS}", "/list"),
)


@asynccontextmanager
async def _session(door: Door) -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"Authorization": f"Bearer {door.key}"}
    connector = aiohttp.TCPConnector(limit=0)
    base = f"http://127.0.0.1:{door.port}"
    async with aiohttp.ClientSession(base, headers=headers, connector=connector) as session:
        yield session


async def _measured(session: aiohttp.ClientSession, path: str, seconds: float) -> Sample:
    return await closed(lambda _: _get(session, path), CALLERS, seconds)


async def _get(session: aiohttp.ClientSession, path: str) -> None:
    async with session.get(path) as answer:
        body = await answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {body[:200]!r}")


async def measured(running: Server, seconds: float, rounds: int) -> list[Table]:
    """Both under the same database, turn by turn."""
    async with AsyncExitStack() as stack:
        engine, bare = await stack.enter_async_context(doors(running))
        ours = await stack.enter_async_context(_session(engine))
        theirs = await stack.enter_async_context(_session(bare))
        return [await _table(one, ours, theirs, seconds, rounds) for one in KINDS]


async def _table(
    asked: Asked,
    ours: aiohttp.ClientSession,
    theirs: aiohttp.ClientSession,
    seconds: float,
    rounds: int,
) -> Table:
    closed_by: dict[str, list[Sample]] = {OURS: [], BARE: []}
    paced: list[Sample] = []
    for _ in range(rounds):
        closed_by[OURS].append(await _measured(ours, asked.engine, seconds))
        closed_by[BARE].append(await _measured(theirs, asked.bare, seconds))
        paced.append(await opened(lambda _: _get(ours, asked.engine), RATE, seconds))
    at_rate = Line(f"{OURS}, {RATE} a second by chance", paced)
    lines = [*(Line(name, found) for name, found in closed_by.items()), at_rate]
    notes = [f"{CALLERS} callers, each asking again as soon as he is answered."]
    table = Table(asked.key, asked.title, notes, lines, OURS, aims=(), unit="requests/s")
    p99 = at_rate.wait_ms(0.99)
    aims = table.aim("at least half of a bare handler's requests", BARE, least=0.5)
    if p99 is not None:
        aims.append(Aim(f"p99 under 20 ms at {RATE} a second", p99.median, most=20, unit=" ms"))
    return table._replace(aims=aims)


async def run(folder: Path, seconds: float, rounds: int) -> int:
    async with server.running(folder) as running:
        print(f"load before: {machine.load():.1f}", flush=True)
        tables = await measured(running, seconds, rounds)
    for table in tables:
        print(report.text(table), flush=True)
    return 0 if all(aim.reached for table in tables for aim in table.aims) else 1


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.api")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dir", type=Path, default=Path("/var/tmp"), help="on a real disk")
    asked = parser.parse_args(argv)
    return asyncio.run(run(asked.dir, asked.seconds, asked.rounds))


if __name__ == "__main__":
    sys.exit(main())
