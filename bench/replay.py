"""Replay: the whole log read, decoded and folded."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from time import perf_counter

import asyncpg

from bench import log_of, peers
from bench.measure import Sample, alone
from bench.options import Options
from bench.server import Database, Server
from bench.table import Aim, Line, Table
from engine.adapters.system import SystemClock
from engine.events import Event, Recorded
from engine.ids import Position
from engine.projections import PROJECTIONS
from engine.runtime.views import Views
from engine.store.postgres_log import PostgresLog

OURS = "email-engine, into a small state"
FETCH, COPY = "bare fetch, 5,000 rows a page", "psql's COPY into a pipe"
LIBRARY = "eventsourcing, into a small state"

_COLUMNS = "position, stream, version, id, at, tenant, actor, cause, body"
_PAGE = f"SELECT {_COLUMNS} FROM engine.event WHERE position > $1 ORDER BY position LIMIT 5000"
_ALL = f"COPY (SELECT {_COLUMNS} FROM engine.event ORDER BY position) TO STDOUT (FORMAT binary)"

Run = Callable[[], Awaitable[int]]  # returns how many events there were


async def replay(server: Server, options: Options) -> Table:
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(server.database(migrated=True))
        await log_of.fill(database.superuser, options.events)
        runs: dict[str, Run] = {
            OURS: lambda: _small(database),
            "email-engine, into its own projections": lambda: _projections(database),
            FETCH: lambda: _fetched(database),
        }
        psql = shutil.which("psql")
        if psql is not None:
            runs[COPY] = lambda: _copied(database, psql)
        if peers.has_library():
            other = await stack.enter_async_context(server.database(migrated=False))
            runs[LIBRARY] = await _library(other, options.copied)
        return _table(options, psql, await _rounds(runs, options.rounds))


async def _rounds(runs: dict[str, Run], rounds: int) -> list[Line]:
    samples: dict[str, list[Sample]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            with alone():
                begin = perf_counter()
                events = await run()
                samples[name].append(Sample(events, perf_counter() - begin))
    return [Line(name, found) for name, found in samples.items()]


def _table(options: Options, psql: str | None, lines: Sequence[Line]) -> Table:
    notes = [
        f"{options.events:,} events of a believable fleet (`bench/fleet.py`), bodies of 320 bytes"
        f" on the average; the library's log has {options.copied:,} looks of 300 bytes.",
        *peers.notes(),
        *([] if psql else ["`psql` is not installed here: left out."]),
    ]
    table = Table("replay", "Replay: read, decode, fold", notes, lines, OURS, aims=())
    aims = [
        Aim("at least 400,000 events a second", lines[0].rate.median, least=400_000, unit="/s"),
        *table.aim("at least 5 times the eventsourcing library", LIBRARY, least=5),
    ]
    return table._replace(aims=aims)


async def _small(database: Database) -> int:
    """Each stream's version and time."""
    state: dict[str, tuple[int, object]] = {}

    def fold(recorded: Recorded[Event]) -> None:
        state[recorded.stream] = (recorded.version, recorded.at)

    return await _read(database, fold)


async def _projections(database: Database) -> int:
    """Every view that the engine keeps."""
    views = Views(PROJECTIONS)

    def fold(recorded: Recorded[Event]) -> None:
        for _ in views.fold(recorded):
            pass

    return await _read(database, fold)


async def _read(database: Database, fold: Callable[[Recorded[Event]], None]) -> int:
    """In pages, of which the next is fetched while one is folded."""
    log, count = PostgresLog(database.dsn, SystemClock()), 0
    try:
        async for page in log.pages(Position(0), await log.head()):
            for recorded in page.events:
                fold(recorded)
            count += len(page.events)
    finally:
        await log.close()
    return count


async def _fetched(database: Database) -> int:
    """The same rows, and nothing done with them."""
    connection, at, count = await asyncpg.connect(database.superuser), 0, 0
    try:
        while page := await connection.fetch(_PAGE, at):
            at, count = page[-1]["position"], count + len(page)
    finally:
        await connection.close()
    return count


async def _copied(database: Database, psql: str) -> int:
    """Read by nobody: as fast as Postgres gives them out."""
    program = await asyncio.create_subprocess_exec(
        *(psql, "-q", "-X", "-c", _ALL, database.superuser), stdout=asyncio.subprocess.PIPE
    )
    assert program.stdout is not None
    while await program.stdout.read(1 << 20):
        pass
    if await program.wait() != 0:
        raise RuntimeError("psql did not copy")
    connection = await asyncpg.connect(database.superuser)
    try:
        return int(await connection.fetchval("SELECT position FROM engine.fence"))
    finally:
        await connection.close()


async def _library(database: Database, events: int) -> Run:
    from bench import library_reading

    await library_reading.fill(database, events)
    return lambda: asyncio.to_thread(library_reading.replayed, database)
