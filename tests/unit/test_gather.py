"""Effects that begin at one moment are done together."""

import asyncio
from collections.abc import Sequence

import pytest

from engine.runtime.gather import Gathering
from tests.support.world import virtually


class Work:
    def __init__(self, fault: Exception | None = None) -> None:
        self.done: list[list[int]] = []
        self._fault = fault

    async def __call__(self, effects: Sequence[int]) -> None:
        await asyncio.sleep(1)
        self.done.append(sorted(effects))
        if self._fault:
            raise self._fault


def test_those_of_one_moment_share_the_work_and_later_ones_have_their_own() -> None:
    async def done() -> list[list[int]]:
        work = Work()
        gathering = Gathering(work)
        async with asyncio.TaskGroup() as tasks:
            for n in (1, 2, 3):
                tasks.create_task(gathering.join(n))
            await asyncio.sleep(0.5)
            tasks.create_task(gathering.join(4))
        return work.done

    for seed in range(3):
        assert virtually(done, seed) == [[1, 2, 3], [4]]


def test_each_of_them_hears_of_a_failure() -> None:
    async def heard() -> list[object]:
        gathering = Gathering(Work(OSError("away")))
        return await asyncio.gather(*(gathering.join(n) for n in range(3)), return_exceptions=True)

    assert [str(one) for one in virtually(heard)] == ["away"] * 3


def test_when_the_leader_is_cancelled_nobody_waits_for_ever() -> None:
    async def cancelled() -> None:
        gathering = Gathering(Work())
        async with asyncio.TaskGroup() as tasks:
            leader = tasks.create_task(gathering.join(1))
            await asyncio.sleep(0.001)
            follower = tasks.create_task(gathering.join(2))
            await asyncio.sleep(0.1)
            leader.cancel()
            with pytest.raises(asyncio.CancelledError):
                await follower

    virtually(cancelled)
