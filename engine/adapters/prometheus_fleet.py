"""The fleet in numbers, from the views as they stand when each family is begun."""

from collections import Counter as Tally
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar, get_args

from engine.adapters import prometheus_names as names
from engine.adapters.prometheus_names import Named
from engine.adapters.prometheus_text import Family, Sample
from engine.ids import Zone
from engine.projections.accounting import ACCOUNTING
from engine.projections.alerts import ALERTS
from engine.projections.counters import COUNTERS, HEARD, Counters
from engine.projections.counters_ip import COUNTED_IPS, CountedIp
from engine.projections.ip_row import IpRow
from engine.projections.ips import IPS
from engine.projections.nodes import NODES, Node
from engine.projections.projection import Projection
from engine.projections.resolvers import RESOLVERS
from engine.projections.tenants import TENANTS
from engine.projections.zones import ZONES, ZoneView
from engine.values.levers import PerDay
from engine.values.phase import Phase
from engine.values.rollout import Ending
from engine.values.traffic import Outcome
from engine.values.verdict import Health, Verdict

V = TypeVar("V")


class Views(Protocol):
    def of(self, projection: Projection[V]) -> Mapping[str, V]:
        """All views of a projection, by key."""


def families(views: Views) -> Iterator[Family]:
    """Each takes its list of views at once: they go on changing while it is written."""
    rows = [row for row in [*views.of(IPS).values()] if row.ip]  # a removed one is blank
    yield from _ips(rows, [*views.of(TENANTS)])
    yield from _mail(list(views.of(COUNTED_IPS).values()))
    yield from _counted(list(views.of(COUNTERS).values()))
    yield from _zones(list(views.of(ZONES).values()))
    yield from _world(views)


def _ips(rows: list[IpRow], tenants: list[str]) -> Iterator[Family]:
    """Every tenant has every status, so that one that falls to 0 is seen to."""
    found: Tally[tuple[str, str]] = Tally((row.tenant, row.phase.value) for row in rows)
    for tenant in tenants:
        found.update({(tenant, phase.value): 0 for phase in Phase})
    yield Family(names.IPS, sorted(found.items()))
    yield Family(names.PROGRESS, (one for row in rows for one in _progress(row)))
    stages = Tally((r.tenant, str(r.stage)) for r in rows if r.phase is Phase.WARMING)
    yield Family(names.STAGES, sorted(stages.items()))
    yield Family(names.PAUSED, _paused(rows, tenants))
    caps: Tally[tuple[str]] = Tally()
    for row in rows:
        if row.told is not None and isinstance(row.told.output, PerDay):
            caps[(row.tenant,)] += row.told.output.cap
    yield Family(names.CAP, sorted(caps.items()))
    waiting: Tally[tuple[str]] = Tally()
    for row in rows:
        if row.mail.queue is not None:
            waiting[(row.tenant,)] += row.mail.queue.waiting
    yield Family(names.QUEUE, sorted(waiting.items()))


def _paused(rows: Sequence[IpRow], tenants: Iterable[str]) -> Iterator[Sample]:
    """From 0 on, as with the statuses."""
    held: Tally[tuple[str, str]] = Tally((row.tenant, by) for row in rows for by in _held(row))
    for tenant in sorted({*tenants, *(row.tenant for row in rows)}):
        for by in ("operator", "suspension", "results", "limiter", "review"):
            yield (tenant, by), held[tenant, by]


def _held(row: IpRow) -> Iterator[str]:
    """By whom; of ten thousand addresses hardly one is."""
    if row.paused is not None:
        yield "operator"
    if row.suspended:
        yield "suspension"
    if row.holds and any(one.paused for one in row.holds):
        yield "results"
    if row.limiter is not None:
        yield "limiter"
    if row.review:
        yield "review"


def _progress(row: IpRow) -> Iterator[Sample]:
    if row.phase in (Phase.WARMING, Phase.ACTIVE):
        stages = row.plan.stages
        done = stages if row.phase is Phase.ACTIVE else row.stage - 1
        yield (row.tenant, row.ip), 100 * done / stages


def _mail(rows: list[CountedIp]) -> Iterator[Family]:
    yield Family(names.SENT, (((row.tenant, row.ip), row.sent) for row in rows))
    bounced = (((row.tenant, row.ip), row.bounce_rate) for row in rows)
    yield Family(names.BOUNCES, ((who, rate) for who, rate in bounced if rate is not None))
    complained = (((row.tenant, row.ip), row.complaint_rate) for row in rows)
    yield Family(names.COMPLAINTS, ((who, rate) for who, rate in complained if rate is not None))


def _counted(rows: list[Counters]) -> Iterator[Family]:
    yield Family(names.CHECKS, (one for row in rows for one in _checks(row)))
    yield Family(names.LISTINGS, (one for row in rows for one in _listings(row)))
    yield Family(
        names.VALIDATIONS,
        (
            ((row.tenant or "", kind, outcome), n)
            for row in rows
            for kind, outcomes in row.validations.items()
            for outcome, n in outcomes.items()
        ),
    )
    yield Family(
        names.MESSAGES,
        (
            ((row.tenant or "", provider, outcome), getattr(counts, outcome))
            for row in rows
            for provider, counts in row.messages.items()
            for outcome in get_args(Outcome)
        ),
    )
    tenants = [row for row in rows if row.tenant is not None]
    yield Family(
        names.ROLLOUTS,
        (
            ((row.tenant or "", ending), row.rollouts.get(ending, 0))
            for row in tenants
            for ending in get_args(Ending)
        ),
    )
    yield Family(names.FINISHED, (((row.tenant or "",), row.finished) for row in tenants))


def _checks(row: Counters) -> Iterator[Sample]:
    """From 0 on, so that a rate sees the first of its kind."""
    for zone in _asked(row):
        for word in HEARD:
            yield (row.tenant or "", zone, word), row.checks.get(word, {}).get(zone, 0)


def _listings(row: Counters) -> Iterator[Sample]:
    for zone in sorted({*_asked(row), *row.listings}):
        yield (row.tenant or "", zone), row.listings.get(zone, 0)


def _asked(row: Counters) -> list[Zone]:
    return sorted({zone for zones in row.checks.values() for zone in zones})


def _zones(rows: list[ZoneView]) -> Iterator[Family]:
    yield Family(names.ZONE_ALIVE, (((row.zone,), row.health == "alive") for row in rows))
    yield Family(
        names.ZONE_HEALTH,
        (((row.zone, one), row.health == one) for row in rows for one in get_args(Health)),
    )
    asked = ((row.zone, row.asked_at) for row in rows)
    yield Family(names.ZONE_LOOKED, (((zone,), at.timestamp()) for zone, at in asked if at))
    yield Family(
        names.ZONE_ANSWERS,
        (
            ((row.zone, word), getattr(row.counts, word))
            for row in rows
            for word in get_args(Verdict)
        ),
    )


def _measured(nodes: list[Node]) -> Iterator[Family]:
    """What a node does not tell is left out."""
    seen = [(one.node, one.measures) for one in nodes]
    yield _known(names.NODE_QUEUE, (((node,), it.waiting) for node, it in seen))
    sizes = (((node,), None if it.kb is None else 1024 * it.kb) for node, it in seen)
    yield _known(names.NODE_QUEUE_BYTES, sizes)
    connections = (
        one
        for node, it in seen
        for one in (((node, "in"), it.connections_in), ((node, "out"), it.connections_out))
    )
    yield _known(names.NODE_CONNECTIONS, connections)
    yield _known(names.NODE_LOAD, (((node,), it.load) for node, it in seen))
    disks = ((node, mount, used) for node, it in seen for mount, used in it.disks.items())
    yield Family(names.NODE_DISK, (((node, mount), used / 100) for node, mount, used in disks))


def _known(of: Named, samples: Iterable[tuple[tuple[str, ...], float | None]]) -> Family:
    return Family(of, ((labels, value) for labels, value in samples if value is not None))


def _world(views: Views) -> Iterator[Family]:
    nodes = [one for one in views.of(NODES).values() if one.node]
    yield Family(names.NODE_ANSWERS, (((one.node,), one.silent_since is None) for one in nodes))
    looked = ((one.node, one.looked_at) for one in nodes)
    yield Family(names.NODE_LOOKED, (((node,), at.timestamp()) for node, at in looked if at))
    yield from _measured(nodes)
    behind = [one for one in views.of(ACCOUNTING).values() if one.looked_at]
    yield Family(names.ACCOUNTING_BEHIND, (((one.node,), one.behind) for one in behind))
    firing = [one for one in views.of(ALERTS).values() if one.firing]
    tally = Tally((one.tenant or "", one.name, one.severity) for one in firing)
    yield Family(names.FIRING, sorted(tally.items()))
    checked = [one.faults for one in views.of(RESOLVERS).values()]
    yield Family(
        names.RESOLVER_FAULTS,
        (((server,), len(faults)) for one in checked for server, faults in one.items()),
    )
