"""What Prometheus scrapes, computed from the views when it asks."""

import time
from collections import Counter as Tally
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.metrics import disable_created_metrics

from engine.adapters import prometheus_fleet
from engine.adapters import prometheus_names as names
from engine.adapters.host import Host, Room
from engine.adapters.prometheus_fleet import Views
from engine.adapters.prometheus_names import Named
from engine.adapters.prometheus_text import Family, Turns, heading, joined, line, rendered
from engine.effects import Effect
from engine.errors import LogUnavailable
from engine.ids import Position
from engine.ports import Tip

disable_created_metrics()  # type: ignore[no-untyped-call]

ANSWERS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class EffectTally:
    """Counts what the performer did, by kind and outcome, since this process began."""

    def __init__(self) -> None:
        self.counts: Tally[tuple[str, str]] = Tally()

    def __call__(self, what: str, effect: Effect) -> None:
        if what != "started":
            self.counts[effect.kind, what] += 1


class RequestTally:
    """Counts and times the API's answers, by route and never by address."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._total = _counter(names.REQUESTS, self.registry)
        self._duration = _histogram(names.DURATION, self.registry)
        self._of: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def __call__(self, method: str, route: str, status: int, seconds: float) -> None:
        total, duration = self._of.get((method, route, status)) or self._made(method, route, status)
        total.inc()
        duration.observe(seconds)

    def _made(self, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
        """Looking them up by their labels takes longer than counting does."""
        found = self._total.labels(method, route, str(status)), self._duration.labels(method, route)
        self._of[method, route, status] = found
        return found


class PartTally:
    """How long the engine's parts take to answer, and whether the last call was answered.  ``now``
    is real time, in seconds since 1970.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self.registry = CollectorRegistry()
        self.up: dict[tuple[str, str], bool] = {}
        self.answered_at: dict[tuple[str, str], float] = {}
        self.calls: Tally[tuple[str, str, bool]] = Tally()  # part, name, answered
        self._seconds = _histogram(names.PART_SECONDS, self.registry)

    def __call__(self, part: str, name: str, seconds: float | None, *, answered: bool) -> None:
        self.up[part, name] = answered
        self.calls[part, name, answered] += 1
        if answered:
            self.answered_at[part, name] = self._now()
        if seconds is not None:
            self._seconds.labels(part, name).observe(seconds)


class Agenda(NamedTuple):
    wanted: int
    running: int
    stuck: int
    next_wake: datetime | None


class Vitals(NamedTuple):
    well: bool
    late_s: float  # of the loop


class Sources(NamedTuple):
    """Where the engine's own figures come from, asked at each scrape."""

    version: str
    tip: Callable[[], Awaitable[Tip]]
    position: Callable[[], Position]
    available: Callable[[], bool]  # the log
    leads: Callable[[], bool]
    epoch: Callable[[], int]
    agenda: Callable[[], Agenda]
    vitals: Callable[[], Vitals]
    connections: Callable[[], Mapping[str, int]]
    host: Host


class Metrics:
    """``email_engine_*``: the fleet's from the views, if this process leads, and its own."""

    def __init__(
        self,
        views: Views,
        sources: Sources,
        *,
        effects: EffectTally,
        requests: RequestTally,
        parts: PartTally,
    ) -> None:
        self._views = views
        self._sources = sources
        self._effects = effects
        self._parts = parts
        process = CollectorRegistry()
        ProcessCollector(namespace="email_engine", registry=process)
        self._registries = (requests.registry, parts.registry, process)

    async def render(self, *, ready: bool) -> bytes:
        """The text format; the page names its version itself."""
        pieces = [await rendered(self._own(await self._tip(), ready=ready))]
        if self._sources.leads():
            pieces.append(await rendered(prometheus_fleet.families(self._views)))
        turns = Turns()
        pieces += [await joined(_library(registry), turns) for registry in self._registries]
        return b"".join(pieces)

    async def _tip(self) -> Tip | None:
        """A log that is away has no head to show, and the rest is wanted all the more."""
        try:
            return await self._sources.tip()
        except LogUnavailable:
            return None

    def _own(self, tip: Tip | None, *, ready: bool) -> Iterator[Family]:
        sources = self._sources
        yield _one(names.BUILD, 1, sources.version)
        yield _one(names.READY, ready)
        yield _one(names.LEADER, sources.leads())
        yield _one(names.EPOCH, sources.epoch())
        well, late_s = sources.vitals()
        yield _one(names.ALIVE, well)
        yield _one(names.LOOP_LATE, late_s)
        yield from self._log(tip)
        yield from self._agenda()
        yield from self._outside()
        yield from _machine(sources.host)

    def _log(self, tip: Tip | None) -> Iterator[Family]:
        position = self._sources.position()
        yield _one(names.POSITION, position)
        yield _one(names.AVAILABLE, tip is not None and self._sources.available())
        if tip is not None:
            yield _one(names.HEAD, tip.position)
            yield _one(names.LAG, max(0, tip.position - position))
            yield _moment(names.HEAD_AT, tip.at)
        calls = self._parts.calls
        written, failed = (calls["postgres", "append", answered] for answered in (True, False))
        yield Family(names.APPENDS, [(("answered",), written), (("unanswered",), failed)])

    def _agenda(self) -> Iterator[Family]:
        agenda = self._sources.agenda()
        counts = [(("wanted",), agenda.wanted), (("running",), agenda.running)]
        yield Family(names.AGENDA, counts)
        yield _one(names.STUCK, agenda.stuck)
        yield _moment(names.NEXT_WAKE, agenda.next_wake)
        tasks = sorted(self._effects.counts.items())
        yield Family(names.TASKS, tasks)
        yield Family(names.CELERY, tasks)

    def _outside(self) -> Iterator[Family]:
        connections = sorted(self._sources.connections().items())
        yield Family(names.CONNECTIONS, (((pool,), n) for pool, n in connections))
        calls = {(part, name) for part, name, _ in self._parts.calls}
        failures = [(one, self._parts.calls[*one, False]) for one in sorted(calls)]
        yield Family(names.PART_FAILURES, failures)
        yield Family(names.PART_ANSWERED, sorted(self._parts.answered_at.items()))
        up = sorted(self._parts.up.items())
        answers = [((name,), there) for (part, name), there in up if part == "mailwizz"]
        yield Family(names.MAILWIZZ_UP, answers)
        for of, which in ((names.TELEGRAM_UP, "telegram"), (names.MAIL_UP, "mail")):
            yield Family(of, [((), there) for (part, _), there in up if part == which])


def _library(registry: CollectorRegistry) -> Iterator[str]:
    """What prometheus-client counts; its own writer would not stop on the way."""
    for metric in registry.collect():
        counts = metric.type == "counter"
        name = f"{metric.name}_total" if counts else metric.name
        yield heading(name, metric.type, metric.documentation)
        for one in metric.samples:
            yield line(one.name, one.labels, one.labels.values(), one.value)


def _machine(host: Host) -> Iterator[Family]:
    cpu = host.cpu_percent()
    yield Family(names.CPU, [] if cpu is None else [((), cpu)])
    yield from _room(host.memory(), names.MEMORY, names.MEMORY_FREE)
    yield from _room(host.disk(), names.DISK, names.DISK_FREE)


def _room(room: Room | None, size: Named, free: Named) -> Iterator[Family]:
    if room is not None:
        yield _one(size, room.size)
        yield _one(free, room.free)


def _one(of: Named, value: float, *labels: str) -> Family:
    return Family(of, [(labels, value)])


def _moment(of: Named, at: datetime | None) -> Family:
    return Family(of, [] if at is None else [((), at.timestamp())])


def _counter(of: Named, registry: CollectorRegistry) -> Counter:
    return Counter(of.name.removesuffix("_total"), of.help, of.labels, registry=registry)


def _histogram(of: Named, registry: CollectorRegistry) -> Histogram:
    return Histogram(of.name, of.help, of.labels, registry=registry, buckets=ANSWERS)
