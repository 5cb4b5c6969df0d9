"""Fills a database with a believable log, its digests right, by COPY.

    python -m bench.log_of --events 5000000 --dsn postgresql://postgres@/email_engine?host=…

The DSN is a superuser's: COPY passes no row-level security.  The database is migrated and its log
is empty.  About 40,000 events a second.
"""

import argparse
import asyncio
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import cast
from uuid import UUID

import asyncpg

from bench.fleet import LARGEST, Happened, Size
from bench.history import history
from engine.ids import EventId, Position, Version
from engine.store import codec
from engine.store.digest import GENESIS, chained, frame, moment
from engine.store.entry import Entry

BATCH = 20_000  # rows of one COPY
HOLDER = "bench"


def entries(happened: Iterable[Happened]) -> Iterator[Entry]:
    """The rows of a log that begins with these."""
    versions: dict[str, int] = {}
    digest = GENESIS
    for position, (at, stream, tenant, event, actor) in enumerate(happened, start=1):
        version = versions[stream] = versions.get(stream, 0) + 1
        body, tag, id = codec.encode(event), codec.tag_of_event(event), _id(at, position)
        own = frame(stream, id.bytes, tag, tenant, actor, stream, body)
        digest = chained(digest, Position(position), Version(version), moment(at), own)
        yield Entry(
            position=Position(position),
            stream=stream,
            version=Version(version),
            # A UUID goes into COPY as it is.
            id=cast(EventId, id),
            tag=tag,
            at=at,
            tenant=tenant,
            actor=actor,
            cause=stream,
            body=body,
            digest=digest,
        )


async def fill(dsn: str, events: int, size: Size = LARGEST) -> None:
    """Events and fence; checkpoint and read models stay where they are."""
    connection = await asyncpg.connect(dsn)
    try:
        rows = entries(islice(history(size), events))
        last: Entry | None = None
        while batch := list(islice(rows, BATCH)):
            await connection.copy_records_to_table(
                "event", schema_name="engine", columns=Entry._fields, records=batch
            )
            last = batch[-1]
        if last is not None:
            await connection.execute(
                "UPDATE engine.fence SET position = $1, digest = $2, holder = $3",
                last.position,
                last.digest,
                HOLDER,
            )
        await connection.execute("ANALYZE engine.event")
    finally:
        await connection.close()


def _id(at: datetime, position: int) -> UUID:
    """Ordered by time, as the engine's own ids are."""
    milliseconds = int(at.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | position)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.log_of")
    parser.add_argument("--dsn", required=True)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--ips", type=int, default=LARGEST.ips)
    parser.add_argument("--tenants", type=int, default=LARGEST.tenants)
    parser.add_argument("--nodes", type=int, default=LARGEST.nodes)
    asked = parser.parse_args()
    size = Size(asked.ips, asked.tenants, asked.nodes)
    asyncio.run(fill(asked.dsn, asked.events, size))


if __name__ == "__main__":
    main()
