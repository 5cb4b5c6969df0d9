"""kill -9 while accounting files are read, again and again: each message is counted once."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.events.traffic import FileRead, TrafficCounted
from engine.store import codec
from engine.values.traffic import Counts
from tests.support.accounting import HEADER, line
from tests.support.postgres import Database

pytestmark = [pytest.mark.e2e, pytest.mark.real]
ROWS = (6_000, 400, 1)
PATIENCE_S = 60.0
KILLS = 4


def started(database: Database, directory: Path) -> "subprocess.Popen[bytes]":
    words = [sys.executable, "-m", "tests.e2e.accounting_process", database.dsn, str(directory)]
    return subprocess.Popen(words, cwd=Path(__file__).parents[2])


async def counted(database: Database) -> tuple[int, list[FileRead]]:
    """Messages in all count events, and the pieces in the order of the log."""
    total, pieces = 0, list[FileRead]()
    for row in await database.ask("SELECT body FROM engine.event ORDER BY position"):
        event = codec.decode(row["body"])
        if isinstance(event, FileRead):
            pieces.append(event)
        if isinstance(event, TrafficCounted):
            for of_hour in event.hours.values():
                for providers in of_hour.values():
                    total += sum(providers.values(), Counts()).delivered
    return total, pieces


async def _reads(database: Database, before: int) -> bool:
    """Whether it has counted something since it was started."""
    there = await database.ask("SELECT to_regclass('engine.event') IS NOT NULL AS made")
    return bool(there[0]["made"]) and len((await counted(database))[1]) > before


@pytest.mark.parametrize("seed", range(2))
async def test_killed_again_and_again_each_message_is_counted_once(
    database: Database, tmp_path: Path, seed: int
) -> None:
    directory, chance, kills = tmp_path / "acct", random.Random(seed), 0
    directory.mkdir()
    for number, rows in enumerate(ROWS):
        row = line(vmta="x", at=f"2026-01-05 10:00:0{number}+0000")  # else one is the other's copy
        (directory / f"acct-{number}.csv").write_text(HEADER + row * rows)
    give_up = time.monotonic() + PATIENCE_S
    while not (tmp_path / "done").exists():
        assert time.monotonic() < give_up, "it never came to an end"
        before = len((await counted(database))[1]) if kills else 0
        process = started(database, directory)
        while process.poll() is None:
            if kills < KILLS and await _reads(database, before):
                await asyncio.sleep(chance.random() * 0.05)
                os.kill(process.pid, signal.SIGKILL)
                kills += 1
                break
            await asyncio.sleep(0.002)
        process.wait()
    total, pieces = await counted(database)
    assert total == sum(ROWS)
    ends: dict[str, int] = {}
    for piece in pieces:
        assert piece.start == ends.get(piece.file, 0), "pieces follow each other without a gap"
        ends[piece.file] = piece.end
    assert ends == {path.name: path.stat().st_size for path in directory.iterdir()}
    assert kills == KILLS
