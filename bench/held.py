"""Append to a table that holds millions of events, beside an empty one."""

import asyncpg

from bench import engine_log, log_of, measure
from bench.append import ADDRESSES
from bench.measure import Sample
from bench.options import Options
from bench.server import Database, Server
from bench.table import Line, Table

EMPTY = "into an empty table"


async def table10m(server: Server, options: Options) -> Table:
    full = f"into a table of {options.held:,} events"
    samples: dict[str, list[Sample]] = {full: [], EMPTY: []}
    async with server.database(migrated=True) as database:
        await log_of.fill(database.superuser, options.held)
        size = await _settled(database)
        for _ in range(options.rounds):
            samples[full].append(await _appended(database, options))
            async with server.database(migrated=True) as empty:
                samples[EMPTY].append(await _appended(empty, options))
    notes = (
        f"{options.callers} callers, each event for any of {ADDRESSES:,} addresses, whose streams"
        f" the full table knows; with its indexes that is {size / 2**30:.1f} GB.",
    )
    lines = [Line(name, found) for name, found in samples.items()]
    table = Table("table10m", "Append to a table that is full already", notes, lines, full, aims=())
    aims = table.aim("within 2 times of the empty table", EMPTY, least=1 / 2)
    return table._replace(aims=aims)


async def _appended(database: Database, options: Options) -> Sample:
    async with engine_log.anywhere(database, ADDRESSES) as append:
        return await measure.closed(append, options.callers, options.seconds)


async def _settled(database: Database) -> int:
    """What Postgres would do by itself about so many new rows, some time or other.  Returns the
    bytes of the table.
    """
    connection = await asyncpg.connect(database.superuser)
    try:
        await connection.execute("VACUUM ANALYZE engine.event")
        await connection.execute("CHECKPOINT")
        return int(await connection.fetchval("SELECT pg_total_relation_size('engine.event')"))
    finally:
        await connection.close()
