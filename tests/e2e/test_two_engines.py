"""Two engines in two processes on one log: one leads, hangs or dies, and the other takes over."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import UUID

import pytest

from engine.errors import StartRefused
from engine.store.fence import Limits
from engine.store.postgres_log import PostgresLog
from tests.e2e import leader
from tests.support.entries import into, write
from tests.support.log_bench import NewLog, entries, whole
from tests.support.postgres import Database

pytestmark = [pytest.mark.e2e, pytest.mark.real]

PATIENCE_S = 30.0
OTHERS = 1_000_000  # numbers of the second engine's events


class Leader:
    """The first engine, and what it has said so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.said: list[str] = []

    async def until(self, lines: int) -> None:
        assert self.process.stdout is not None
        while len(self.said) < lines:
            line = await asyncio.wait_for(self.process.stdout.readline(), PATIENCE_S)
            assert line, f"it has ended: {self.said[-1:]}"
            self.said.append(line.decode().strip())

    async def end(self) -> None:
        """Listen until it ends by itself, or did."""
        assert self.process.stdout is not None
        rest = await asyncio.wait_for(self.process.stdout.read(), PATIENCE_S)
        self.said += rest.decode().split("\n")[:-1]
        await self.process.wait()

    @property
    def written(self) -> list[int]:
        return [int(line) for line in self.said if line.isdigit()]


Start = Callable[[float], Awaitable[Leader]]


@pytest.fixture
async def first(database: Database) -> AsyncIterator[Start]:
    async with AsyncExitStack() as ending:

        async def start(idle_s: float) -> Leader:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.e2e.leader", database.dsn, str(idle_s)),
                stdout=asyncio.subprocess.PIPE,
                cwd=Path(__file__).parents[2],
            )

            async def stop() -> None:
                if process.returncode is None:
                    process.kill()
                await process.communicate()

            ending.push_async_callback(stop)
            return Leader(process)

        yield start


async def takes_over(log: PostgresLog) -> None:
    """As an operator's restarts do it; the test's patience ends what never succeeds."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                await log.lead("the second engine")
                break
            except StartRefused as refused:
                assert leader.HOLDER in str(refused)


async def in_order(database: Database) -> list[int]:
    return [UUID(one.id).int for one in await entries(database)]


async def test_a_leader_that_hung_finds_itself_deposed_and_writes_nothing_more(
    first: Start, new_log: NewLog, database: Database
) -> None:
    """It hangs in the middle of its work for longer than its idle limit."""
    hung = await first(1.0)
    await hung.until(50)
    hung.process.send_signal(signal.SIGSTOP)
    second = new_log(limits=Limits(watch=5, patience=5, idle=60, lock=0.2, host=2))
    await takes_over(second)
    for number in range(20):
        await write(second, into("second", OTHERS + number))
    hung.process.send_signal(signal.SIGCONT)
    await hung.end()
    await write(second, into("second", OTHERS + 20))
    assert "unknown: " in hung.said[-1]
    there = await in_order(database)
    firsts = len(there) - 21
    assert there[firsts:] == list(range(OTHERS, OTHERS + 21))
    assert there[: len(hung.written)] == hung.written, "what it acknowledged"
    assert firsts - len(hung.written) <= 1, "and at most what was unknown"
    assert await whole(database)


async def test_where_the_leader_was_killed_the_next_one_leads_at_once(
    first: Start, new_log: NewLog, database: Database
) -> None:
    """Its idle limit is far longer than the test's patience: the kernel says goodbye for it."""
    killed = await first(10 * PATIENCE_S)
    await killed.until(50)
    killed.process.send_signal(signal.SIGKILL)
    second = new_log(limits=Limits(watch=5, patience=5, idle=60, lock=0.2, host=2))
    await takes_over(second)
    assert await write(second, into("second", OTHERS)) == len(await entries(database))
    await killed.end()
    there = await in_order(database)
    assert there.pop() == OTHERS
    assert there[: len(killed.written)] == killed.written
    assert len(there) - len(killed.written) <= 1
    assert await whole(database)
