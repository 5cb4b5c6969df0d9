"""From accounting rows to the events of one append, whichever way they came."""

from collections.abc import Collection, Sequence

from engine.events import Event
from engine.events.traffic import FileRead, StopLeaked, TrafficCounted
from engine.ids import IpAddr, NodeId, Position, TenantId
from engine.projections.clocks import CLOCKS, of_node
from engine.projections.owners import OWNERS
from engine.projections.pauses import PAUSES
from engine.projections.rollouts import ROLLOUTS
from engine.projections.tenants import TENANTS
from engine.rules.accounting import Owner, Owners, Since, Span, Tally
from engine.rules.replies import Replies
from engine.runtime.views import Views

Told = Collection[Position]  # stops whose leak is in the log already


class Counting:
    """``replies`` learns as it goes, and is worth keeping."""

    def __init__(self, views: Views) -> None:
        self._views, self._replies = views, Replies()

    def tally(self, node: NodeId, now: int, told: Told = ()) -> Tally:
        """``now``: seconds since 1970."""
        standing = self._views.get(PAUSES, node).standing()
        stops = {ip: one for ip, one in standing.items() if one.stop not in told}
        zone = self._views.get(CLOCKS, of_node(node)).zone
        since = self._watched(node)
        return Tally(self._owners(), self._replies, now=now, stops=stops, since=since, clock=zone)

    def _watched(self, node: NodeId) -> dict[TenantId, Since]:
        """Whose file there is new, and since when."""
        found: dict[TenantId, Since] = {}
        for slug in self._views.of(TENANTS):
            watch = self._views.get(ROLLOUTS, f"{node}/{slug}").watch
            if watch:
                found[TenantId(slug)] = Since(watch.version, watch.since)
        return found

    def _owners(self) -> Owners:
        views = self._views
        tenants = {
            TenantId(slug): Owner(TenantId(slug), one.day_tz)
            for slug, one in views.of(TENANTS).items()
        }

        def history(ip: IpAddr) -> Sequence[Span]:
            return [
                Span(int(one.since.timestamp()), Owner(one.tenant, one.day_tz))
                for one in views.get(OWNERS, ip).spans
            ]

        return Owners(tenants, history)


def counted(read: FileRead, tally: Tally) -> list[tuple[TenantId | None, Event]]:
    """What was read, then what it came to for each tenant: all of it, or nothing."""
    node, file, end, refused = read.node, read.file, read.end, tally.refused()
    counts = [
        (
            tenant,
            TrafficCounted(
                node=node,
                file=file,
                end=end,
                day_tz=one.day_tz,
                hours=one.hours,
                jobs=one.jobs,
                causes=one.causes,
                said=one.said,
                clock=tally.clock,
                refused=refused.get(tenant) if tenant else None,
            ),
        )
        for tenant, one in sorted(tally.counts().items(), key=lambda item: item[0] or "")
    ]
    leaks = [
        (
            tenant,
            StopLeaked(
                node=node,
                ip=ip,
                file=file,
                end=end,
                stopped=leak.stop,
                deliveries=leak.deliveries,
                first=leak.first,
                last=leak.last,
            ),
        )
        for tenant, of in sorted(tally.leaks().items())
        for ip, leak in of.items()
    ]
    return [(None, read), *counts, *leaks]
