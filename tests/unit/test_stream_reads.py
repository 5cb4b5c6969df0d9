"""Reads of streams that share a question to Postgres."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from engine.errors import LogUnavailable
from engine.ids import Position
from engine.store.stream_reads import LANES, MOST, StreamReads

EVENTS = {"ip-1": 3, "ip-2": 1}


class Asked:
    """A Postgres that answers when it is let, and remembers what it was asked."""

    def __init__(self) -> None:
        self.questions: list[list[str]] = []
        self.ends: list[Position] = []
        self.end = Position(7)
        self.under_way = 0
        self.away = False
        self.lets = asyncio.Event()
        self.lets.set()
        self.reads = StreamReads(self._lent, lambda: self.end)

    @asynccontextmanager
    async def _lent(self) -> AsyncIterator[Any]:
        self.under_way += 1
        try:
            yield self
        finally:
            self.under_way -= 1

    async def fetch(self, _: str, streams: list[str], end: Position) -> list[dict[str, Any]]:
        self.questions.append(sorted(streams))
        self.ends.append(end)
        await self.lets.wait()
        if self.away:
            raise LogUnavailable("it is away")
        return [{"stream": s, "version": n} for s in streams for n in range(EVENTS.get(s, 0))]

    async def read(self, *streams: str) -> list[Sequence[Any]]:
        return await asyncio.gather(*map(self.reads.read, streams))


async def until(holds: Any) -> None:
    for _ in range(20):
        await asyncio.sleep(0)
    assert holds()


async def test_those_asked_for_at_once_are_one_question_and_each_gets_its_own() -> None:
    asked = Asked()
    three, none, one, again = await asked.read("ip-1", "ip-9", "ip-2", "ip-1")
    assert asked.questions == [["ip-1", "ip-2", "ip-9"]]
    assert [row["version"] for row in three] == [0, 1, 2]
    assert [row["stream"] for row in one] == ["ip-2"]
    assert (list(none), again) == ([], three)


async def test_what_is_asked_for_after_a_question_was_sent_is_asked_anew() -> None:
    """It may be there only since then."""
    asked = Asked()
    asked.lets.clear()
    async with asyncio.TaskGroup() as group:
        group.create_task(asked.read("ip-1"))
        await until(lambda: len(asked.questions) == 1)
        asked.end = Position(8)
        group.create_task(asked.read("ip-1"))
        await until(lambda: len(asked.questions) == 2)
        asked.lets.set()
    assert asked.ends == [7, 8]


async def test_no_more_are_under_way_than_there_are_lanes_and_the_rest_gathers() -> None:
    asked = Asked()
    asked.lets.clear()
    async with asyncio.TaskGroup() as group:
        for n in range(LANES + 3):
            group.create_task(asked.read(f"ip-{n}"))
            await until(lambda: asked.under_way <= LANES)
        assert len(asked.questions) == LANES
        asked.end = Position(8)
        asked.lets.set()
    assert [len(one) for one in asked.questions] == [*[1] * LANES, 3]
    assert asked.ends == [*[7] * LANES, 8], "all that may be read when it is sent"


async def test_a_question_holds_no_more_streams_than_it_may() -> None:
    asked = Asked()
    await asked.read(*(f"ip-{n}" for n in range(MOST + 1)))
    assert sorted(len(one) for one in asked.questions) == [1, MOST]


async def test_who_is_cancelled_takes_nothing_from_who_shares_the_question() -> None:
    asked = Asked()
    asked.lets.clear()
    async with asyncio.TaskGroup() as group:
        first = group.create_task(asked.read("ip-1"))
        other = group.create_task(asked.read("ip-2"))
        await until(lambda: asked.questions)
        first.cancel()
        await until(first.cancelled)
        asked.lets.set()
    assert len(other.result()[0]) == 1
    assert asked.questions == [["ip-1", "ip-2"]]


async def test_what_fails_fails_for_all_that_share_it_and_not_for_the_next() -> None:
    asked = Asked()
    asked.away = True
    both = (asked.reads.read("ip-1"), asked.reads.read("ip-2"))
    failed = await asyncio.gather(*both, return_exceptions=True)
    assert [type(one) for one in failed] == [LogUnavailable, LogUnavailable]
    asked.away = False
    assert len((await asked.read("ip-1"))[0]) == EVENTS["ip-1"]
    assert asked.under_way == 0
