"""How fast, and how long one waits: loops of callers, and what a few rounds of them say."""

import asyncio
import gc
import random
import statistics
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Barrier, Thread
from time import perf_counter
from typing import NamedTuple

from engine.errors import LogUnavailable

WARM = 0.2  # share of a measurement that goes before it and is not counted

Append = Callable[[int], Awaitable[object]]  # the next event of this caller
AppendNow = Callable[[int], object]  # the same for threads


class Sample(NamedTuple):
    """One contender in one round."""

    events: int
    seconds: float
    waits: Sequence[float] = ()  # seconds, of each call

    @property
    def rate(self) -> float:
        return self.events / self.seconds

    def wait_ms(self, share: float) -> float:
        """0.5: the median; 0.99: only one call in a hundred waited longer."""
        ordered = sorted(self.waits)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Spread(NamedTuple):
    """What rounds gave."""

    median: float
    least: float
    most: float


def spread(values: Sequence[float]) -> Spread:
    return Spread(statistics.median(values), min(values), max(values))


def ratios(ours: Sequence[Sample], theirs: Sequence[Sample]) -> Spread:
    """Round by round, since both of one round met the same machine."""
    return spread([a.rate / b.rate for a, b in zip(ours, theirs, strict=True)])


@contextmanager
def alone() -> Iterator[None]:
    """What lies about from before is nobody's burden while it is measured."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


async def closed(append: Append, callers: int, seconds: float) -> Sample:
    """Each caller comes again as soon as he is answered."""
    begin = perf_counter() + WARM * seconds
    end = begin + seconds
    waits: list[float] = []

    async def caller(number: int) -> None:
        asked, counted = perf_counter(), False
        while asked < end or not counted:
            await append(number)
            answered = perf_counter()
            if asked >= begin:
                waits.append(answered - asked)
                counted = True
            asked = answered

    with alone():
        async with asyncio.TaskGroup() as group:
            for number in range(callers):
                group.create_task(caller(number))
        return Sample(len(waits), perf_counter() - begin, waits)


def closed_threads(append: AppendNow, callers: int, seconds: float) -> Sample:
    """The same, each caller a thread."""
    ready = Barrier(callers)
    waits: list[float] = []

    def caller(number: int) -> None:
        ready.wait()
        asked, counted = perf_counter(), False
        while asked < end or not counted:
            append(number)
            answered = perf_counter()
            if asked >= begin:
                waits.append(answered - asked)
                counted = True
            asked = answered

    threads = [Thread(target=caller, args=(number,)) for number in range(callers)]
    with alone():
        begin = perf_counter() + WARM * seconds
        end = begin + seconds
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return Sample(len(waits), perf_counter() - begin, waits)


async def opened(append: Append, per_second: float, seconds: float) -> Sample:
    """Callers come by chance, whether those before them were answered or not; each waits from the
    moment at which he should have come, so that a pause is felt by all who came in it.
    """
    chance = random.Random(1)
    waits: list[float] = []

    async def caller(number: int, due: float) -> None:
        with suppress(LogUnavailable):  # overrun: the wait until then counts
            await append(number)
        if due >= begin:
            waits.append(perf_counter() - due)

    with alone():
        begin = perf_counter() + WARM * seconds
        due, number = begin - WARM * seconds, 0
        async with asyncio.TaskGroup() as group:
            while due < begin + seconds:
                while due <= perf_counter():
                    group.create_task(caller(number, due))
                    due, number = due + chance.expovariate(per_second), number + 1
                await asyncio.sleep(max(0.0, min(0.001, due - perf_counter())))
        return Sample(len(waits), perf_counter() - begin, waits)
