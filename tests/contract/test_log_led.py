"""What every log must keep of events of a later version, and when another process leads."""

import asyncio
from typing import cast
from uuid import UUID

import pytest

from engine.errors import Deposed, UnknownEvent
from engine.events import Event, Fact
from engine.events.effect import EFFECT
from engine.ids import Position
from engine.ports import Log, New, Slice
from engine.store.memory import MemoryLog
from engine.store.postgres_log import PostgresLog
from tests.support.entries import ACME, event_id, into, numbers, write
from tests.support.log_processes import Processes


class FromTheFuture(Fact, frozen=True, kw_only=True, tag="effect.from_the_future"):
    speed: int


def unknown(*ids: int) -> Slice:
    events = [New(event_id(one), cast(Event, FromTheFuture(speed=88))) for one in ids]
    return Slice(stream=EFFECT.stream("later"), tenant=ACME, events=events)  # not in the union: so


async def test_reading_the_log_passes_over_what_it_does_not_know(log: Log) -> None:
    await write(log, into("a", 1), unknown(2, 3), into("a", 4))
    assert await numbers(log) == [1, 4]
    assert [one.position for one in await log.read_from(Position(1), 9)] == [4]


async def test_a_page_of_unknown_events_is_not_the_end(log: Log) -> None:
    await write(log, unknown(1, 2, 3, 4, 5), into("a", 6))
    assert await numbers(log, 0, limit=2) == [6]


async def test_nobody_spins_on_unknown_events_at_the_end(log: Log) -> None:
    await write(log, into("a", 1), unknown(2, 3))
    assert await numbers(log, 1) == []
    waiting = asyncio.ensure_future(log.wait_beyond(Position(1)))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    await write(log, into("a", 4))
    await waiting
    assert await numbers(log, 1) == [4]


async def test_nothing_is_decided_on_a_stream_that_holds_one(log: Log) -> None:
    await write(log, unknown(1))
    with pytest.raises(UnknownEvent, match=r"effect-later holds .*effect\.from_the_future"):
        await log.read(EFFECT, "later")


async def test_a_stop_reads_such_a_stream_without_it(log: Log) -> None:
    await write(log, unknown(1), into("later", 2), unknown(3))
    found = await log.read(EFFECT, "later", known_only=True)
    assert [(UUID(one.id).int, one.version) for one in found] == [(2, 2)]


# --- one leads -----------------------------------------------------------------------------------


async def test_a_leader_has_an_epoch_above_all_before(processes: Processes) -> None:
    first = await processes()
    fence = await first.lead("first")
    assert fence.holder == "first"
    assert first.fence() == fence
    if isinstance(first, PostgresLog):
        await first.close()  # else its lock refuses the second
    second = await (await processes()).lead("second")
    assert second.epoch > fence.epoch


async def test_a_log_outlives_the_process_that_wrote_it(processes: Processes) -> None:
    first = await processes()
    await first.lead("first")
    await write(first, into("a", 1))
    if isinstance(first, PostgresLog):
        await first.close()  # else its lock refuses the second
    second = await processes()
    await second.lead("second")
    assert await second.head() == 1
    assert await write(second, into("a", 2, expected=1)) == 2
    if isinstance(first, MemoryLog):
        with pytest.raises(Deposed):
            await write(first, into("a", 3))
