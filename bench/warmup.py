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
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime, timedelta
from itertools import count, groupby
from pathlib import Path
from time import perf_counter
from typing import Any

from msgspec.structs import replace

from bench import machine
from bench.fleet import LARGEST, Fleet, Happened, Size, first_day, fleet
from bench.history import CLEAN, GUARDS, START, STARTED
from bench.server import running as server
from bench.start import Silent, peak_mb, rss_mb
from engine.app.assemble import Engine, Parts, assemble
from engine.app.collector import settle
from engine.app.stores import open_stores
from engine.app.whatif.world import ModelledNode
from engine.config import read
from engine.events.dns import FcrdnsLooked
from engine.events.dnsbl import DnsblLooked
from engine.events.ip import IpRegistered, StageEntered
from engine.events.node import NodeLooked
from engine.events.rollout import RolloutEnded, RolloutPlanned
from engine.events.server import ServerClaimed
from engine.ids import EventId, IpAddr
from engine.ports import Fence, Log, New, Slice
from engine.projections.ips import IPS
from engine.rules import ladder, timing
from engine.rules.pmta_config import tenant_file
from engine.store.memory import MemoryLog
from engine.store.memory_images import MemoryImages
from engine.store.memory_models import MemoryReadModels
from engine.values.tuning import Tuning

TOGETHER = 500  # events of one append, while the past is written
TICKS = 300
EVENING = START + timedelta(days=6, hours=23, minutes=50)
MIDNIGHT = START + timedelta(days=7)
SECOND = timedelta(seconds=1)
LOOK_S = 0.1  # real seconds between two looks how far it is, which take a few milliseconds
WITHIN_S = 300  # real seconds; what takes longer is a bug

# --- a clock that is moved by hand ----------------------------------------------------------------


class Clock:
    def __init__(self, start: datetime) -> None:
        self._now = start
        self._moved = asyncio.Event()
        self.asked = asyncio.Event()  # somebody waits: the pump naps

    def now(self) -> datetime:
        return self._now

    def move(self, instant: datetime) -> None:
        self._now = instant
        self.asked.clear()
        self._moved.set()
        self._moved = asyncio.Event()

    async def wait_until(self, instant: datetime) -> None:
        self.asked.set()
        while self._now < instant:
            await self._moved.wait()


# --- the past ------------------------------------------------------------------------------------


def past(known: Fleet) -> Iterator[Happened]:
    """A first week in which all went well."""
    for one in first_day(known, START):
        if isinstance(one.event, IpRegistered):
            yield one._replace(event=replace(one.event, instance=None))
        elif not isinstance(one.event, ServerClaimed):
            yield one
    stage = ladder.levers(1)
    for own in known.ips:
        entered = StageEntered(
            ip=own.ip, node=own.node, stage=1, vmta=own.vmta(stage), evidence=GUARDS
        )
        yield Happened(START, f"ip-{own.ip}", own.tenant, entered)
    for tenant, theirs in known.tenants.items():
        node, vmtas = theirs[0].node, {own.ip: own.vmta(stage) for own in theirs}
        digest = tenant_file.digest(tenant_file.render(tenant, vmtas))
        planned = RolloutPlanned(node=node, vmtas=vmtas, digest=digest, before="")
        ended = RolloutEnded(node=node, ending="done", changed=dict.fromkeys(vmtas, stage))
        for event in (planned, ended):
            yield Happened(START, f"rollout-{node}/{tenant}", tenant, event)
    for node in known.nodes:
        looked = NodeLooked(node=node, paused=(), started=STARTED, version="5.0r1")
        yield Happened(EVENING, f"node-{node}", None, looked)
    for own in known.ips:
        seen = FcrdnsLooked(ip=own.ip, names=(own.hostname,), confirmed=(own.hostname,))
        yield Happened(EVENING, f"dns-{own.ip}", own.tenant, seen)
        clean = DnsblLooked(ip=own.ip, round="r", answers=CLEAN, catalogue=2, whole=True)
        yield Happened(EVENING, f"dnsbl-{own.ip}", own.tenant, clean)


async def write(log: Log, clock: Clock, known: Fleet, ids: Callable[[], EventId]) -> None:
    for at, together in groupby(past(known), key=lambda one: one.at):
        clock.move(at)
        left = list(together)
        while left:
            some, left = left[:TOGETHER], left[TOGETHER:]
            slices = [
                Slice(stream=one.stream, tenant=one.tenant, events=[New(ids(), one.event)])
                for one in some
            ]
            await log.append(slices, actor=some[0].actor, cause="bench")


class Node(ModelledNode):
    """One that holds whatever the log says it holds."""

    async def apply(self, node: Any, file: Any, *, before: str, fence: Fence) -> None:
        await self.restore(node, file, before=before, fence=fence)


# --- an engine on it -----------------------------------------------------------------------------


def _ids() -> Callable[[], EventId]:
    numbers = count(1)
    return lambda: EventId(f"00000000-0000-7000-8000-{next(numbers):012x}")


@asynccontextmanager
async def in_memory(size: Size) -> AsyncIterator[tuple[Engine, Clock]]:
    clock, ids = Clock(START), _ids()
    log = MemoryLog(clock)
    await write(log, clock, fleet(size), ids)
    yield _engine(log, MemoryReadModels(log), MemoryImages(log), log.fence, clock, ids), clock


@asynccontextmanager
async def in_postgres(size: Size, folder: Path) -> AsyncIterator[tuple[Engine, Clock]]:
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(server(folder))
        database = await stack.enter_async_context(running.database(migrated=True))
        clock, ids = Clock(START), _ids()
        config = read({"database": {"dsn": database.dsn}})
        stores = await stack.enter_async_context(open_stores(database.dsn, config, clock))
        keeping = asyncio.create_task(stores.keep())
        stack.callback(keeping.cancel)
        await write(stores.log, clock, fleet(size), ids)
        log, models, images = stores.log, stores.models, stores.images
        yield _engine(log, models, images, stores.fence, clock, ids), clock


def _engine(
    log: Log, models: Any, images: Any, fence: Callable[[], Fence], clock: Clock, ids: Any
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
        await _until(lambda: pump.position > 0 and engine.performer.idle, running)
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
    _say("log in Postgres")
    async with in_postgres(size, folder) as (engine, clock):
        await measured(engine, clock, size)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.warmup")
    parser.add_argument("--ips", type=int, default=LARGEST.ips)
    parser.add_argument("--dir", type=Path, default=Path("/var/tmp"), help="on a real disk")
    parser.add_argument("--only", choices=("memory", "postgres"), help="of the two logs")
    asked = parser.parse_args()
    size = LARGEST._replace(ips=asked.ips)
    if asked.only == "memory":
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
        how = [sys.executable, "-m", "bench.warmup", "--only", only]
        rest = ["--ips", str(asked.ips), "--dir", str(asked.dir)]
        process = await asyncio.create_subprocess_exec(*how, *rest)
        if await process.wait():
            raise SystemExit(f"the part {only} failed")


if __name__ == "__main__":
    main()
