"""The ``eventsourcing`` library's log: filled by COPY, and read as its projections read it."""

from collections.abc import Iterator
from uuid import UUID

import asyncpg
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import ApplicationRecorder, StoredEvent

from bench import workload
from bench.library import ANSWERS, Address, Looks, looks
from bench.server import Database

PAGE = 1_000
ADDRESSES = 1_000
_COLUMNS = ("originator_id", "originator_version", "topic", "state")


async def fill(database: Database, events: int) -> None:
    """Looks at some addresses, as the application's own mapper writes them."""
    with looks(database) as app:
        table = "looks_events"  # the library names it by the application
        stored = [
            (one.originator_id, one.originator_version, one.topic, one.state)
            for one in _stored(app, events)
        ]
    connection = await asyncpg.connect(database.superuser)
    try:
        await connection.copy_records_to_table(table, columns=_COLUMNS, records=stored)
        await connection.execute(f"ANALYZE {table}")
    finally:
        await connection.close()


def _stored(app: Looks, events: int) -> Iterator[StoredEvent]:
    addresses = [Address(ip=workload.address(n)) for n in range(min(ADDRESSES, events))]
    done = 0
    for turn in range(-(-events // len(addresses))):
        for address in addresses:
            if turn > 0:
                name = f"2026-03-01/{turn:08}"
                address.looked(ip=address.ip, round=name, answers=ANSWERS, catalogue=1)
            for own in address.collect_events():
                yield app.mapper.to_stored_event(own)
            done += 1
            if done == events:
                return


def replayed(database: Database) -> int:
    """Each aggregate's version and time, folded from the mapped events."""
    state: dict[UUID | str, tuple[int, object]] = {}
    with looks(database) as app:
        recorder: ApplicationRecorder = app.recorder
        at, count = 0, 0
        while page := recorder.select_notifications(start=at, limit=PAGE, inclusive_of_start=False):
            for one in page:
                own: DomainEventProtocol[UUID] = app.mapper.to_domain_event(one)
                state[own.originator_id] = (own.originator_version, getattr(own, "timestamp", None))
            at, count = page[-1].id, count + len(page)
    return count
