"""Postgres on a disk that is full: the operator is told so in words, and nothing is lost."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest

from engine.adapters.embedded_postgres import (
    DATABASE,
    LOGIN,
    SUPERUSER,
    EmbeddedPostgres,
    migrating,
)
from engine.errors import LogUnavailable
from engine.events.effect import EFFECT
from engine.ports import New, Slice
from engine.store.fence import Limits
from engine.store.migrate import migrate
from engine.store.postgres_log import PostgresLog
from tests.support.entries import ACME, CountingClock, event, event_id, into, write
from tests.support.log_bench import entries, whole
from tests.support.postgres import Database, eventually, scratch

pytestmark = pytest.mark.real

HURRIED = Limits(watch=2, patience=0.5, idle=8, lock=0.3, host=1)
FULL = "No space left on device"


class SmallDisk:
    """A disk with a Postgres on it, and something large beside it."""

    def __init__(self, home: Path) -> None:
        self._ballast = home / "ballast"
        self.postgres = EmbeddedPostgres(home / "e", own=home)

    async def start(self) -> Database:
        await migrate(migrating(await self.postgres.start()))
        superuser = self.postgres.dsn_of(SUPERUSER)
        sockets = Path(superuser.partition("?host=")[2])
        return Database(DATABASE, self.postgres.dsn_of(LOGIN), superuser, sockets)

    def fill(self) -> None:
        file = os.open(self._ballast, os.O_CREAT | os.O_WRONLY)
        with suppress(OSError):
            while True:
                os.write(file, bytes(4096))
        os.close(file)

    def make_room(self) -> None:
        self._ballast.unlink()


@pytest.fixture
def home() -> Iterator[Path]:
    made = scratch()
    mount = ("mount", "-t", "tmpfs", "-o", "size=96m,mode=755", "tmpfs", str(made))
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        made.rmdir()
        pytest.skip("a disk that a test may fill needs the right to mount one: run it as root")
    yield made
    subprocess.run(("umount", str(made)), check=True)
    made.rmdir()


@pytest.fixture
async def disk(home: Path) -> AsyncIterator[SmallDisk]:
    made = SmallDisk(home)
    yield made
    await made.postgres.stop()


@pytest.fixture
async def database(disk: SmallDisk) -> Database:
    return await disk.start()


@pytest.fixture
async def log(database: Database) -> AsyncIterator[PostgresLog]:
    made = PostgresLog(database.dsn, CountingClock(), limits=HURRIED)
    await made.lead("main")
    yield made
    await made.close()


def large(number: int) -> Slice:
    """It needs a page of its own, and compresses badly."""
    text = "".join(chr(33 + (number * i * i) % 90) for i in range(6_000))
    return Slice(
        stream=EFFECT.stream("large"), tenant=ACME, events=[New(event_id(number), event(text))]
    )


async def told(append: Awaitable[int]) -> int | Exception:
    try:
        return await append
    except LogUnavailable as error:
        return error


async def test_where_the_events_find_no_room_the_caller_is_told_and_it_goes_on_when_there_is(
    log: PostgresLog, disk: SmallDisk, database: Database
) -> None:
    written: list[int] = [await write(log, into("a", 1))]
    disk.fill()
    number = 2
    while isinstance(answer := await told(write(log, large(number))), int):
        written.append(answer)
        number += 1
    assert isinstance(answer, LogUnavailable)
    assert FULL in str(answer)
    disk.make_room()
    assert await write(log, large(number)) == len(written) + 1
    assert len(await entries(database)) == len(written) + 1
    assert await whole(database)


async def test_where_postgres_falls_over_a_full_disk_the_outcome_stays_open_until_it_is_back(
    log: PostgresLog, disk: SmallDisk, database: Database
) -> None:
    """Without room for its own log it gives up, and recovery finds no room either."""
    await write(log, into("a", 1))
    disk.fill()
    with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        await database.ask("SELECT pg_switch_wal()")
    open_one = asyncio.ensure_future(write(log, into("b", 2)))
    await eventually(lambda: open_one.done() or not Path(f"/proc/{disk.postgres.pid}").exists())
    with pytest.raises(LogUnavailable, match=FULL):
        await write(log, into("c", 3))
    disk.make_room()
    await disk.postgres.start()
    assert await open_one == 2
    assert [one.id for one in await entries(database)] == [event_id(1), event_id(2)]
    assert await whole(database)
