"""The life of a large fleet: a tick that finds nothing due, a day change for all, and the memory.

    python -m bench.warmup               10,000 addresses of 100 tenants on 20 nodes
    python -m bench.warmup --ips 2000    fewer

It is the last evening of everybody's first week.  Measured are ticks at which nothing is due, and
then midnight, when every address enters its second stage: each is decided on its own stream and
appended (in memory, and in a Postgres of its own on a real disk), folded, and written for readers.
Twenty seconds later each tenant's file is deployed on a node that takes it at once.  There is no
MailWizz, no source of traffic and no DNS: looks that begin at midnight get no answer.
"""

import argparse
import asyncio
import statistics
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any

from bench import machine
from bench.first_week import EVENING, Clock, write
from bench.fleet import LARGEST, Size, fleet
from bench.history import START
from bench.server import running as server
from bench.start import Silent, peak_mb, rss_mb
from engine.app.assemble import Engine, assemble
from engine.app.collector import settle
from engine.app.parts import Parts
from engine.app.stores import Stores, open_stores
from engine.app.whatif.world import ModelledNode
from engine.config import read
from engine.ids import EventId, IpAddr
from engine.ports import Fence, Ids, Log
from engine.projections.ips import IPS
from engine.rules import ladder, timing
from engine.store.memory import MemoryLog
from engine.store.memory_images import MemoryImages
from engine.store.memory_models import MemoryReadModels
from engine.values.tuning import Tuning

TICKS = 300
AFTER_THE_PAST = 10**9  # ids: of none that was written before
MIDNIGHT = START + timedelta(days=7)
SECOND = timedelta(seconds=1)
LOOK_S = 0.1  # real seconds between two looks how far it is, which take a few milliseconds
WITHIN_S = 300  # real seconds; what takes longer is a bug


class Node(ModelledNode):
    """One that holds whatever the log says it holds."""

    async def apply(self, node: Any, file: Any, *, before: str, fence: Fence) -> None:
        await self.restore(node, file, before=before, fence=fence)


# --- an engine on it -----------------------------------------------------------------------------


def _ids(first: int = 1) -> Ids:
    numbers = count(first)
    return lambda: EventId(f"00000000-0000-7000-8000-{next(numbers):012x}")


@asynccontextmanager
async def in_memory(size: Size) -> AsyncIterator[tuple[Engine, Clock]]:
    clock, ids = Clock(START), _ids()
    log = MemoryLog(clock)
    await write(log, clock, fleet(size), ids)
    yield _engine(log, MemoryReadModels(log), MemoryImages(log), log.fence, clock, ids), clock


@asynccontextmanager
async def written(size: Size, folder: Path) -> AsyncIterator[str]:
    """The DSN of a database with the past in its log."""
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(server(folder))
        database = await stack.enter_async_context(running.database(migrated=True))
        async with stored(database.dsn) as (stores, clock):
            await write(stores.log, clock, fleet(size), _ids())
        yield database.dsn


@asynccontextmanager
async def stored(dsn: str) -> AsyncIterator[tuple[Stores, Clock]]:
    clock, config = Clock(START), read({"database": {"dsn": dsn}})
    async with open_stores(dsn, config, clock) as stores:
        keeping = asyncio.create_task(stores.keep())
        try:
            yield stores, clock
        finally:
            keeping.cancel()


@asynccontextmanager
async def in_postgres(dsn: str) -> AsyncIterator[tuple[Engine, Clock]]:
    async with stored(dsn) as (stores, clock):
        log, models, images = stores.log, stores.models, stores.images
        yield _engine(log, models, images, stores.fence, clock, _ids(AFTER_THE_PAST)), clock


def _engine(
    log: Log, models: Any, images: Any, fence: Callable[[], Fence], clock: Clock, ids: Ids
) -> Engine:
    silent: Any = Silent()
    parts = Parts(
        log=log,
        models=models,
        images=images,
        clock=clock,
        ids=ids,
        resolver=silent,
        pmta=Node(),
        mailwizz=silent,
        messenger=silent,
        chats=lambda _: (),
        fence=fence,
        unused_ip=lambda: IpAddr("192.0.2.1"),
    )
    hourly = Tuning(node_look_every=timedelta(hours=1), smtp_port=0, image_every=10**9)
    return assemble(parts, tuning=hourly, nap_max=SECOND)


# --- what is measured ----------------------------------------------------------------------------


async def measured(engine: Engine, clock: Clock, size: Size) -> None:
    pump = engine.pump
    running = asyncio.create_task(pump.run())
    try:
        clock.move(EVENING + SECOND)
        await _rest(engine, running)
        settle()
        _say(f"  folded: {pump.position:,} events; {rss_mb():.0f} MB")
        ticks = [await _tick(clock) for _ in range(TICKS)]
        _say(f"  a tick that finds nothing due: {_range(ticks)}")
        began, here = perf_counter(), pump.position
        clock.move(MIDNIGHT)
        entered, end = _at_stage(engine, 2), here + size.ips
        await _until(lambda: pump.position >= end and entered() == size.ips, running)
        took = perf_counter() - began
        _say(f"  all enter stage 2: {took:.1f} s, {size.ips / took:,.0f} addresses/s")
        began = perf_counter()
        clock.move(MIDNIGHT + timing.COMPANY + SECOND)
        told = _told(engine, 2)
        await _until(lambda: told() == size.ips, running)
        _say(f"  all files deployed: {perf_counter() - began:.1f} s more, for {size.tenants} files")
        _say(f"  memory: {rss_mb():.0f} MB, at most {peak_mb():.0f} MB")
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def _tick(clock: Clock) -> float:
    """From the moment the clock moves until the pump naps again, in ms."""
    await clock.asked.wait()
    began = perf_counter()
    clock.move(clock.now() + SECOND)
    await clock.asked.wait()
    return 1000 * (perf_counter() - began)


def _at_stage(engine: Engine, stage: int) -> Callable[[], int]:
    return lambda: sum(row.stage == stage for row in engine.views.of(IPS).values())


def _told(engine: Engine, stage: int) -> Callable[[], int]:
    levers = ladder.levers(stage)
    return lambda: sum(row.told == levers for row in engine.views.of(IPS).values())


async def _rest(engine: Engine, running: "asyncio.Task[None]") -> None:
    """At the head, and nothing under way: people were told of whatever there was to tell."""
    await _until(lambda: engine.pump.position > 0, running)
    async with asyncio.timeout(WITHIN_S):
        while not await engine.pump.at_rest():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(LOOK_S)


async def _until(there: Callable[[], bool], running: "asyncio.Task[None]") -> None:
    async with asyncio.timeout(WITHIN_S):
        while not there():
            if running.done():
                running.result()
            await asyncio.sleep(LOOK_S)


def _range(took: Sequence[float]) -> str:
    some = sorted(took)
    return f"median {statistics.median(some):.2f} ms, longest {some[-1]:.2f} ms"


def _say(text: str) -> None:
    print(text, flush=True)


async def _memory(size: Size) -> None:
    _say("log in memory (which counts as memory too)")
    async with in_memory(size) as (engine, clock):
        await measured(engine, clock, size)


async def _postgres(size: Size, folder: Path) -> None:
    """Measured in a process that has not written the past."""
    _say("log in Postgres")
    async with written(size, folder) as dsn:
        await _other("--ips", str(size.ips), "--dsn", dsn)


async def _on(dsn: str, size: Size) -> None:
    async with in_postgres(dsn) as (engine, clock):
        await measured(engine, clock, size)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.warmup")
    parser.add_argument("--ips", type=int, default=LARGEST.ips)
    parser.add_argument("--dir", type=Path, default=Path("/var/tmp"), help="on a real disk")
    parser.add_argument("--only", choices=("memory", "postgres"), help="of the two logs")
    parser.add_argument("--dsn", default="", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    size = LARGEST._replace(ips=asked.ips)
    if asked.dsn:
        asyncio.run(_on(asked.dsn, size))
    elif asked.only == "memory":
        asyncio.run(_memory(size))
    elif asked.only == "postgres":
        asyncio.run(_postgres(size, asked.dir))
    else:
        for name, text in machine.facts(asked.dir).items():
            _say(f"{name}: {text}")
        asyncio.run(_each(asked))
        _say(f"load: {machine.load():.1f}")


async def _each(asked: argparse.Namespace) -> None:
    """A process for each: what one needs must not be found in the other's memory."""
    for only in ("memory", "postgres"):
        await _other("--only", only, "--ips", str(asked.ips), "--dir", str(asked.dir))


async def _other(*words: str) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.warmup", *words)
    if await process.wait():
        raise SystemExit(f"this part failed: {' '.join(words[:2])}")


if __name__ == "__main__":
    main()
