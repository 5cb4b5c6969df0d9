"""A commit whose wait for the standby is ended by somebody: it stands on this server alone."""

import asyncio

import pytest

from engine.store.fence import Limits
from tests.support.entries import into, numbers, write
from tests.support.log_bench import NewLog, entries, whole
from tests.support.postgres import Database, PostgresServer, eventually

pytestmark = pytest.mark.real

TOGETHER = 64
UNWATCHED = Limits(watch=60, patience=60, idle=60, lock=0.3, host=5)


async def end_the_wait(database: Database, how: str, batch: list[asyncio.Future[int]]) -> None:
    """Of whoever waits for the ghost; returns when somebody else does, or a caller was told."""
    waits = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    (row,) = await database.ask(waits)
    await database.ask(f"SELECT {how}($1)", row["pid"])

    async def gone_on() -> bool:
        others = {other["pid"] for other in await database.ask(waits)} - {row["pid"]}
        return bool(others) or any(one.done() for one in batch)

    await eventually(gone_on)


@pytest.mark.parametrize("how", ["pg_cancel_backend", "pg_terminate_backend"])
async def test_no_row_is_proof_before_the_bump_behind_it_is_acknowledged(
    new_log: NewLog, postgres: PostgresServer, database: Database, how: str
) -> None:
    log = new_log(limits=UNWATCHED)
    await log.lead("main")
    async with postgres.waiting_for_a_ghost():
        batch: list[asyncio.Future[int]] = [
            asyncio.ensure_future(write(log, into(f"s{number}", number)))
            for number in range(1, TOGETHER + 1)
        ]
        await postgres.until_somebody_waits_for_the_ghost()
        for _ in range(3):  # first the commit's, then twice the bump's
            await end_the_wait(database, how, batch)
            assert await entries(database), "they stand here, for all to see"
            assert not any(one.done() for one in batch)
            assert await numbers(log) == []
    assert await asyncio.gather(*batch) == list(range(1, TOGETHER + 1))
    assert await numbers(log) == list(range(1, TOGETHER + 1))
    assert await whole(database)
