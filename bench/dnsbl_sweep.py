"""A large fleet looked at while people read: an engine in a process of its own, so that its memory
is the engine's alone.  ``python -m bench.dnsbl_sweep DSN PORT IPS SECONDS`` prints one JSON object.
"""

import asyncio
import json
import resource
import sys
from time import perf_counter

import aiohttp

from bench.dnsbl_engine import TENANT, Engine, engine
from bench.dnsbl_lists import CODE, ZONES, Fleet, fleet
from engine.ids import Zone
from engine.projections.listings import LISTINGS
from engine.rules import dnsbl
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.values.verdict import Verdict

READS_EVERY_S = 0.02
PAGE = "/api/v2/events?limit=20"


async def swept(run: Engine, of: Fleet, seconds: float) -> None:
    """Spread evenly over that time."""
    rounds = run.rounds()
    began = perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for start in range(0, len(of.ips), dnsbl.ROUND_MAX):
            due = began + seconds * start / len(of.ips)
            await asyncio.sleep(max(0.0, due - perf_counter()))
            for ip in of.ips[start : start + dnsbl.ROUND_MAX]:
                tasks.create_task(rounds.look_up(run.look(ip)))
    await run.folded()


async def reading(port: int, key: str, waits: list[float]) -> None:
    """One reader who comes again after a moment, until he is told to go."""
    headers = {"Authorization": f"Bearer {key}"}
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", headers=headers) as session:
        while True:
            began = perf_counter()
            async with session.get(PAGE) as answer:
                await answer.read()
                assert answer.status == 200, await answer.text()
            waits.append(perf_counter() - began)
            await asyncio.sleep(READS_EVERY_S)


def missed(run: Engine, of: Fleet) -> int:
    """Answers that are not as the lists hold them: missed, invented, or none."""
    views, wrong = run.live.engine.views, 0
    for ip in of.ips:
        answers = views.get(LISTINGS, f"{TENANT}/{ip}").answers
        said = {zone: answer.verdict for zone, answer in answers.items()}
        wrong += sum(said.get(zone) != verdict(zone, ip in of.listed) for zone in ZONES)
    return wrong


def verdict(zone: Zone, listed: bool) -> Verdict:
    """All lists give the one code, which is none of some parts of ZEN."""
    return "listed" if listed and CODE in DEFAULT[zone].codes else "clean"


async def run(dsn: str, port: int, ips: int, seconds: float) -> dict[str, float]:
    of, waits = fleet(ips), list[float]()
    async with engine(dsn, f"127.0.0.1:{port}") as made:
        key = made.live.admin_key
        assert key is not None
        reader = asyncio.create_task(reading(made.live.port, key, waits))
        began = perf_counter()
        await swept(made, of, seconds)
        took = perf_counter() - began
        reader.cancel()
        wrong = missed(made, of)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    waits.sort()
    return {
        "seconds": took,
        "megabytes": megabytes,
        "reads": len(waits),
        "p50_ms": 1000 * waits[len(waits) // 2],
        "p99_ms": 1000 * waits[int(0.99 * len(waits))],
        "wrong": wrong,
    }


if __name__ == "__main__":
    dsn, port, ips, seconds = sys.argv[1:]
    print(json.dumps(asyncio.run(run(dsn, int(port), int(ips), float(seconds)))))
