"""``./dev bench metrics``: one scrape of a fleet of 10,000 addresses, against prometheus-client.

Both write the same samples.  What counts is the longest time for which nobody else could run.
"""

import asyncio
import gc
import statistics
from collections.abc import Awaitable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from bench import machine
from bench.fleet import LARGEST, Fleet, Ip, fleet
from engine.adapters import prometheus_fleet
from engine.adapters.prometheus_text import rendered
from engine.events import Event, Recorded
from engine.events.dnsbl import DnsblLooked
from engine.events.ip import IpRegistered, StageEntered
from engine.events.rollout import RolloutEnded
from engine.events.traffic import TrafficCounted
from engine.ids import Actor, EventId, IpAddr, Position, TenantId, Version
from engine.projections import PROJECTIONS
from engine.rules import ladder
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.runtime.views import Views
from engine.values.evidence import Days
from engine.values.levers import STOPPED
from engine.values.traffic import Counts
from engine.values.verdict import Answer
from engine.values.version import VERSION

ROUNDS = 7
AT = datetime(2026, 2, 8, 21, tzinfo=UTC)
PROVIDERS = ("gmail", "microsoft", "yahoo", "other")
STALL_MOST_MS = 20.0


class Seen(NamedTuple):
    """One scrape, in ms."""

    took: float
    stall: float


class Peer(Collector):
    """The same samples, by the library's own families."""

    def __init__(self, views: Views) -> None:
        self._views = views

    def collect(self) -> Iterator[Metric]:
        for of, samples in prometheus_fleet.families(self._views):
            kind = CounterMetricFamily if of.kind == "counter" else GaugeMetricFamily
            family = kind(of.name.removesuffix("_total"), of.help, labels=of.labels)
            for labels, value in samples:
                family.add_metric(list(labels), value)
            yield family


def main() -> None:
    views = Views(PROJECTIONS)
    for recorded in _story(fleet(LARGEST)):
        list(views.fold(recorded))
    gc.collect()
    gc.freeze()
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Peer(views))
    text = asyncio.run(rendered(prometheus_fleet.families(views)))
    samples = sum(not line.startswith(b"#") for line in text.splitlines())
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(asyncio.run(_ours(views)))
        theirs.append(asyncio.run(_theirs(registry)))
    for name, fact in machine.facts(Path.cwd()).items():
        print(f"{name}: {fact}")
    print(f"email-engine {VERSION}, {samples:,} samples, {len(text) / 1e6:.1f} MB a scrape")
    _print("email-engine, in steps", ours)
    _print("prometheus-client, at once", theirs)
    stall = max(one.stall for one in ours)
    reached = "reached" if stall <= STALL_MOST_MS else "MISSED"
    print(f"aim: no stall above {STALL_MOST_MS:g} ms: {reached} ({stall:.1f} ms)")


def _print(name: str, seen: list[Seen]) -> None:
    took = statistics.median(one.took for one in seen)
    stall = max(one.stall for one in seen)
    print(f"{name:<28} {took:7.0f} ms, longest stall {stall:7.1f} ms  ({len(seen)} scrapes)")


async def _ours(views: Views) -> Seen:
    return await _seen(rendered(prometheus_fleet.families(views)))


async def _theirs(registry: CollectorRegistry) -> Seen:
    async def at_once() -> bytes:
        return generate_latest(registry)

    return await _seen(at_once())


async def _seen(scrape: Awaitable[bytes]) -> Seen:
    """While another task notes when it could run."""
    longest, ended = 0.0, asyncio.Event()

    async def other() -> None:
        nonlocal longest
        last = perf_counter()
        while not ended.is_set():
            await asyncio.sleep(0)
            now = perf_counter()
            longest, last = max(longest, now - last), now

    async with asyncio.TaskGroup() as group:
        group.create_task(other())
        await asyncio.sleep(0)
        began = perf_counter()
        await scrape
        took = perf_counter() - began
        ended.set()
    return Seen(1000 * took, 1000 * longest)


def _story(known: Fleet) -> Iterator[Recorded[Event]]:
    """Every address warms up, was looked at and has mail."""
    number = 0
    for tenant, ips in known.tenants.items():
        for one in ips:
            for event in _of(one):
                number += 1
                yield _recorded(number, tenant, event)
        number += 1
        yield _recorded(number, tenant, _mail(ips))


def _of(one: Ip) -> Iterator[Event]:
    levers = ladder.levers(3)
    yield IpRegistered(
        ip=one.ip, node=one.node, vmta=one.vmta(STOPPED), warmup="auto", day_tz="UTC"
    )
    days = Days(first=AT.date(), counted=7, needed=4)
    vmta = one.vmta(levers)
    yield StageEntered(ip=one.ip, node=one.node, stage=3, vmta=vmta, evidence=days)
    yield RolloutEnded(node=one.node, ending="done", changed={one.ip: levers})
    answers = {zone: Answer("clean") for zone in DEFAULT}
    yield DnsblLooked(ip=one.ip, round="r", answers=answers, catalogue=1)


def _mail(ips: list[Ip]) -> TrafficCounted:
    counts = Counts(delivered=900, hard=9, block=3, deferred=40, complaints=1)
    of_hour: dict[IpAddr, dict[str, Counts]] = {
        one.ip: dict.fromkeys(PROVIDERS, counts) for one in ips
    }
    hours = {AT.replace(day=day): of_hour for day in range(1, 8)}
    return TrafficCounted(node=ips[0].node, file="a.csv", end=1, day_tz="UTC", hours=hours)


def _recorded(number: int, tenant: TenantId, event: Event) -> Recorded[Event]:
    return Recorded(
        position=Position(number),
        stream="bench",
        version=Version(number),
        id=EventId(str(number)),
        at=AT,
        tenant=tenant,
        actor=Actor("engine"),
        cause="bench",
        event=event,
    )


if __name__ == "__main__":
    main()
