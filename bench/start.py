"""Starts an engine on a log of five million events, and asks it about the past.

    python -m bench.start --dsn DSN          of a database that `python -m bench.log_of` filled
    python -m bench.start --events 5000000   fills one first, and removes it afterwards

The first start folds all of it and leaves images behind; the second begins with the last one.  The
world that the engine looks at is silent, and its clock goes on where the log ends.
"""

import argparse
import asyncio
import gc
import random
import resource
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from bench.log_of import fill
from bench.server import running as server
from engine.adapters.systemd import Systemd
from engine.app.collector import settle
from engine.app.parts import Parts
from engine.app.serve import running
from engine.app.settings import Settings
from engine.app.stores import open_stores
from engine.config import Config, read
from engine.ids import EventId, IpAddr, Position
from engine.ports import Log
from engine.projections import PROJECTIONS
from engine.runtime.past import Past

MOMENTS = 20


class Clock:
    """From where the log ends, as fast as the wall's."""

    def __init__(self) -> None:
        self._from, self._began = datetime.fromisoformat("2026-01-01T00:00:00Z"), time.monotonic()

    def stand_at(self, moment: datetime) -> None:
        self._from, self._began = moment, time.monotonic()

    def now(self) -> datetime:
        return self._from + timedelta(seconds=time.monotonic() - self._began)

    async def wait_until(self, instant: datetime) -> None:
        await asyncio.sleep(max(0.0, (instant - self.now()).total_seconds()))


class Silent:
    """A world that answers nothing."""

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def never(*_: object, **__: object) -> None:
            await asyncio.Event().wait()

        return never


class Held:
    """For how long at once nobody else got the loop."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def watch(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            self.longest = max(self.longest, time.perf_counter() - before - 0.001)


class Started(NamedTuple):
    ready_s: float
    rss_mb: float  # once it is ready
    peak_mb: float


async def start(dsn: str, *, ask: bool) -> Started:
    """As ``email-engine run`` does it, with the API, to READY, and a clean stop."""
    config: Config = read({"database": {"dsn": dsn}, "api": {"port": 0}})
    began = time.perf_counter()
    clock = Clock()
    silent: Any = Silent()
    async with AsyncExitStack() as stack:
        stores = await stack.enter_async_context(open_stores(dsn, config, clock))
        clock.stand_at((await stores.log.tip()).at or clock.now())
        numbers = random.Random(time.time_ns())
        parts = Parts(
            log=stores.log,
            models=stores.models,
            images=stores.images,
            clock=clock,
            ids=lambda: EventId(_id(clock.now(), numbers)),
            resolver=silent,
            pmta=silent,
            mailwizz=silent,
            messenger=silent,
            chats=lambda _: (),
            fence=stores.fence,
            unused_ip=lambda: IpAddr("192.0.2.1"),
        )
        how = Settings(config, _token, Systemd(""), jobs=(stores.keep,))
        async with running(parts, how):
            settle()
            found = Started(time.perf_counter() - began, rss_mb(), peak_mb())
            _say(f"ready in {found.ready_s:.1f} s, {found.rss_mb:.0f} MB")
            if ask:
                await asyncio.sleep(2)
                _say(f"after two seconds {rss_mb():.0f} MB")
                await _past(stores.log, Past(stores.log, stores.images, PROJECTIONS))
                gc.collect()
                _say(f"then {rss_mb():.0f} MB, at most {peak_mb():.0f} MB")
    return found


async def _past(log: Log, past: Past) -> None:
    held = Held()
    watching = asyncio.create_task(held.watch())
    head, chance = await log.head(), random.Random(3)
    positions = [Position(chance.randrange(1, head)) for _ in range(MOMENTS)]
    for name in ("ips", "listings", "servers", "alerts", "audit", "zones", "nodes"):
        for tenant in (None, "tenant-7"):
            took = []
            for position in positions:
                began = time.perf_counter()
                reader = await past.at(position, [name], tenant)  # type: ignore[arg-type]
                await reader.some(name, tenant=tenant, where={})  # type: ignore[arg-type]
                took.append(time.perf_counter() - began)
            _say(f"{name} of {tenant or 'all'}: {_range(took)}")
    watching.cancel()
    _say(f"the loop was held for {held.longest * 1000:.1f} ms at most")


def _range(took: Sequence[float]) -> str:
    some = sorted(took)
    return f"median {some[len(some) // 2]:.2f} s, longest {some[-1]:.2f} s"


def _id(at: datetime, numbers: random.Random) -> str:
    milliseconds = f"{int(at.timestamp() * 1000):012x}"
    rest = f"7{numbers.getrandbits(12):03x}8{numbers.getrandbits(60):015x}"
    text = milliseconds + rest
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _token(bits: int) -> bytes:
    return random.randbytes(bits // 8)


def rss_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


async def _once(asked: argparse.Namespace) -> None:
    await start(asked.dsn, ask=asked.ask)


async def _all(asked: argparse.Namespace) -> None:
    async with AsyncExitStack() as stack:
        dsn = asked.dsn
        if not dsn:
            running_one = await stack.enter_async_context(server(asked.dir))
            database = await stack.enter_async_context(running_one.database(migrated=True))
            dsn = database.dsn
            _say(f"writing {asked.events:,} events")
            await fill(database.superuser, asked.events)
        for n in range(asked.starts):
            # A process of its own: what a start needs must not be found in this one's memory.
            how = [sys.executable, "-m", "bench.start", "--once", "--dsn", dsn]
            process = await asyncio.create_subprocess_exec(*how, *(["--ask"] if n else []))
            await process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.start")
    parser.add_argument("--dsn", default="", help="the engine's login")
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--starts", type=int, default=2)
    parser.add_argument("--dir", type=Path, default=Path("/var/tmp"), help="on a real disk")
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--ask", action="store_true", help="about the past too")
    asked = parser.parse_args()
    with suppress(KeyboardInterrupt):
        asyncio.run(_once(asked) if asked.once else _all(asked))


if __name__ == "__main__":
    main()
