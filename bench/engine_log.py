"""The engine's own log, through the door that the engine itself uses."""

import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

from bench import workload
from bench.contender import Contender, looped
from bench.measure import Append
from bench.server import Database
from engine.adapters.system import SystemClock, TimeOrderedIds
from engine.ids import Position, Version
from engine.ports import New, Slice
from engine.store.postgres_log import PostgresLog


@asynccontextmanager
async def leading(database: Database) -> AsyncIterator[PostgresLog]:
    log = PostgresLog(database.dsn, SystemClock(), name="bench")
    try:
        await log.lead("bench")
        yield log
    finally:
        await log.close()


@asynccontextmanager
async def opened(database: Database) -> AsyncIterator[Append]:
    """Each caller knows the version of his stream, and expects it."""
    async with leading(database) as log:
        ids = TimeOrderedIds(SystemClock().now)
        versions: Counter[int] = Counter()

        async def append(caller: int) -> Position:
            version = versions[caller]
            versions[caller] += 1
            one = Slice(
                stream=workload.stream(caller),
                tenant=workload.TENANT,
                events=[New(ids(), workload.look(caller, version))],
                expected=Version(version),
            )
            return await log.append([one], actor=workload.ACTOR, cause=workload.CAUSE)

        yield append


@asynccontextmanager
async def anywhere(database: Database, addresses: int) -> AsyncIterator[Append]:
    """Callers at any of so many addresses, who expect nothing of their streams."""
    async with leading(database) as log:
        ids, chance, turns = TimeOrderedIds(SystemClock().now), random.Random(1), count()

        async def append(_: int) -> Position:
            number = chance.randrange(addresses)
            one = Slice(
                stream=workload.stream(number),
                tenant=workload.TENANT,
                events=[New(ids(), workload.look(number, next(turns)))],
            )
            return await log.append([one], actor=workload.ACTOR, cause=workload.CAUSE)

        yield append


ENGINE: Contender = looped("email-engine", opened, migrated=True)
