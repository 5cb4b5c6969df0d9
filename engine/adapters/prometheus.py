"""What Prometheus scrapes, computed from the views when it asks."""

from collections import Counter as Tally
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol, TypeVar

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from engine.effects import Effect
from engine.ids import Position
from engine.projections.alerts import ALERTS
from engine.projections.ips import IPS
from engine.projections.nodes import NODES
from engine.projections.projection import Projection
from engine.projections.zones import ZONES
from engine.values.phase import Phase

V = TypeVar("V")


class Views(Protocol):
    def of(self, projection: Projection[V]) -> Mapping[str, V]:
        """All views of a projection, by key."""


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
        self._total = Counter(
            "email_engine_api_requests",
            "API requests by method, route and status",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._duration = Histogram(
            "email_engine_api_request_duration_seconds",
            "How long the API took to answer",
            ["method", "route"],
            registry=self.registry,
        )

    def __call__(self, method: str, route: str, status: int, seconds: float) -> None:
        self._total.labels(method, route, str(status)).inc()
        self._duration.labels(method, route).observe(seconds)


class Metrics(Collector):
    """``email_engine_*``, by the names of DESIGN §11 as far as the engine knows them."""

    def __init__(
        self,
        views: Views,
        tally: EffectTally,
        requests: RequestTally,
        position: Callable[[], Position],
        version: str,
    ) -> None:
        self._views = views
        self._tally = tally
        self._requests = requests
        self._position = position
        self._version = version
        self._head: Position | None = None
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)

    def render(self, head: Position | None = None) -> bytes:
        """The text format; the page names its version itself.  ``head`` None: it is not known."""
        self._head = head
        return generate_latest(self._registry) + generate_latest(self._requests.registry)

    def collect(self) -> Iterator[Metric]:
        yield from self._fleet()
        yield from self._world()
        yield from self._engine()

    def _fleet(self) -> Iterator[Metric]:
        rows = self._views.of(IPS).values()
        total = GaugeMetricFamily(
            "email_engine_ips_total",
            "Sending IPs by tenant and status",
            labels=["tenant", "status"],
        )
        for (tenant, status), n in sorted(Tally((r.tenant, r.phase.value) for r in rows).items()):
            total.add_metric([tenant, status], n)
        yield total
        progress = GaugeMetricFamily(
            "email_engine_warmup_progress",
            "Warm-up stages completed, 0 to 100",
            labels=["tenant", "ip"],
        )
        for row in rows:
            if row.phase in (Phase.WARMING, Phase.ACTIVE):
                stages = row.plan.stages
                done = stages if row.phase is Phase.ACTIVE else row.stage - 1
                progress.add_metric([row.tenant, row.ip], 100 * done / stages)
        yield progress

    def _world(self) -> Iterator[Metric]:
        alive = GaugeMetricFamily(
            "email_engine_zone_alive", "1 while a block list proves itself", labels=["zone"]
        )
        for zone in self._views.of(ZONES).values():
            alive.add_metric([zone.zone], zone.health == "alive")
        yield alive
        answers = GaugeMetricFamily(
            "email_engine_node_answers", "1 while a PowerMTA host answers", labels=["node"]
        )
        for node in self._views.of(NODES).values():
            answers.add_metric([node.node], node.silent_since is None)
        yield answers
        firing = GaugeMetricFamily(
            "email_engine_alerts_firing", "Alerts that fire", labels=["tenant", "name", "severity"]
        )
        shown = [one for one in self._views.of(ALERTS).values() if one.firing]
        for labels, n in Tally((a.tenant or "", a.name, a.severity) for a in shown).items():
            firing.add_metric(list(labels), n)
        yield firing

    def _engine(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "email_engine_log_position", "How far the views have read the log", self._position()
        )
        if self._head is not None:
            yield GaugeMetricFamily(
                "email_engine_log_head_position", "The last event of the log", self._head
            )
        tasks = CounterMetricFamily(
            "email_engine_tasks",
            "Effects by kind and outcome, since this process began",
            labels=["kind", "outcome"],
        )
        for labels, n in sorted(self._tally.counts.items()):
            tasks.add_metric(list(labels), n)
        yield tasks
        build = GaugeMetricFamily("email_engine_build_info", "Always 1", labels=["version"])
        build.add_metric([self._version], 1)
        yield build
