"""The ``eventsourcing`` library with its Postgres recorder, in threads, as it is used.

Only imported where the library is installed.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import ApplicationRecorder, StoredEvent

from bench import workload
from bench.contender import Contender, Drive
from bench.measure import AppendNow, Sample, closed_threads
from bench.server import Database

POOL = 16
ANSWERS: dict[str, Any] = {
    zone: {"verdict": answer.verdict} for zone, answer in workload.ANSWERS.items()
}


class Address(Aggregate):
    @event("Registered")
    def __init__(self, ip: str) -> None:
        self.ip = ip
        self.round = ""

    @event("Looked")
    def looked(  # the library makes an event of the arguments
        self,
        ip: str,  # noqa: ARG002
        round: str,
        answers: dict[str, Any],  # noqa: ARG002
        catalogue: int,  # noqa: ARG002
    ) -> None:
        self.round = round


class Looks(Application[UUID]):
    pass


def environment(database: Database, *, function: bool = False) -> dict[str, str]:
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": database.name,
        "POSTGRES_HOST": str(database.sockets),
        "POSTGRES_USER": "postgres",
        "POSTGRES_PASSWORD": "",
        "POSTGRES_POOL_SIZE": str(POOL),
        "POSTGRES_MAX_OVERFLOW": "0",
        "POSTGRES_CONNECT_TIMEOUT": "60",
        "POSTGRES_ENABLE_DB_FUNCTIONS": "yes" if function else "no",
    }


@contextmanager
def looks(database: Database, *, function: bool = False) -> Iterator[Looks]:
    app = Looks(environment(database, function=function))
    try:
        yield app
    finally:
        app.close()


def by_application(app: Looks, callers: int) -> AppendNow:
    """Each caller keeps his aggregate and saves it after each event."""
    addresses = [Address(ip=workload.address(caller)) for caller in range(callers)]
    app.save(*addresses)
    turns = workload.Turns(callers)

    def append(caller: int) -> object:
        address = addresses[caller]
        turn = f"2026-03-01/{turns.next(caller):08}"
        address.looked(ip=address.ip, round=turn, answers=ANSWERS, catalogue=1)
        return app.save(address)

    return append


def by_recorder(app: Looks, callers: int) -> AppendNow:
    """The recorder alone, with a body that is made already."""
    recorder: ApplicationRecorder = app.recorder
    streams = [uuid4() for _ in range(callers)]
    versions = [count(1) for _ in range(callers)]

    def append(caller: int) -> object:
        version = next(versions[caller])
        return recorder.insert_events(
            [StoredEvent(streams[caller], version, workload.TAG, workload.BODY)]
        )

    return append


def _contender(
    name: str, way: Callable[[Looks, int], AppendNow], *, function: bool = False
) -> Contender:
    @asynccontextmanager
    async def open(database: Database) -> AsyncIterator[Drive]:
        with looks(database, function=function) as app:

            async def drive(callers: int, seconds: float) -> Sample:
                append = way(app, callers)
                return await asyncio.to_thread(closed_threads, append, callers, seconds)

            yield drive

    return Contender(name, False, open)


APPLICATION: Contender = _contender("eventsourcing, application", by_application)
RECORDER: Contender = _contender("eventsourcing, recorder", by_recorder)
FUNCTION: Contender = _contender(
    "eventsourcing, recorder with its function", by_recorder, function=True
)
CONTENDERS: Sequence[Contender] = (APPLICATION, RECORDER, FUNCTION)
