"""The limit: one binary COPY of the same rows, made ready in memory, into the same table."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from time import perf_counter

import asyncpg

from bench import workload
from bench.contender import Contender, Drive
from bench.fleet import Happened
from bench.log_of import entries
from bench.measure import Sample, alone
from bench.server import Database, Server
from engine.store.entry import Entry

_BEGAN = datetime(2026, 3, 1, tzinfo=UTC)
_BARE = "CREATE TABLE unindexed (LIKE engine.event)"


async def contenders(server: Server, rows: int, callers: int) -> list[Contender]:
    """With the table's indexes, the same from Python's rows, and without any index."""
    data, made = await _binary(server, rows, callers), list(entries(_happened(rows, callers)))
    return [
        _contender(f"COPY of {rows:,} rows", data, rows, schema="engine", table="event"),
        _from_python("COPY from Python's rows", made),
        _contender("COPY without any index", data, rows, schema="public", table="unindexed"),
    ]


def _happened(rows: int, callers: int) -> Iterator[Happened]:
    """What the callers of the engine would have appended."""
    for number in range(rows):
        at = _BEGAN + timedelta(microseconds=40 * number)
        caller, turn = number % callers, number // callers
        look = workload.look(caller, turn)
        yield Happened(at, workload.stream(caller), workload.TENANT, look, workload.ACTOR)


async def _binary(server: Server, rows: int, callers: int) -> bytes:
    """As Postgres itself writes them."""
    out = BytesIO()
    async with server.database(migrated=True) as database:
        connection = await asyncpg.connect(database.superuser)
        try:
            await connection.copy_records_to_table(
                "event",
                schema_name="engine",
                columns=Entry._fields,
                records=entries(_happened(rows, callers)),
            )
            await connection.copy_from_table(
                "event", schema_name="engine", output=out, format="binary"
            )
        finally:
            await connection.close()
    return out.getvalue()


def _contender(name: str, data: bytes, rows: int, *, schema: str, table: str) -> Contender:
    @asynccontextmanager
    async def open(database: Database) -> AsyncIterator[Drive]:
        connection = await asyncpg.connect(database.superuser)
        try:
            await connection.execute(_BARE)

            async def drive(_: int, __: float) -> Sample:
                with alone():
                    begin = perf_counter()
                    await connection.copy_to_table(
                        table, schema_name=schema, source=BytesIO(data), format="binary"
                    )
                    return Sample(rows, perf_counter() - begin)

            yield drive
        finally:
            await connection.close()

    return Contender(name, True, open)


def _from_python(name: str, rows: Sequence[Entry]) -> Contender:
    @asynccontextmanager
    async def open(database: Database) -> AsyncIterator[Drive]:
        connection = await asyncpg.connect(database.superuser)
        try:

            async def drive(_: int, __: float) -> Sample:
                with alone():
                    begin = perf_counter()
                    await connection.copy_records_to_table(
                        "event", schema_name="engine", columns=Entry._fields, records=rows
                    )
                    return Sample(len(rows), perf_counter() - begin)

            yield drive
        finally:
            await connection.close()

    return Contender(name, True, open)
