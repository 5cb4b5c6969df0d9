"""Looking how a node stands, and how much waits there for whom.

A round is one append: an event for the node itself, and one for each tenant whose queues changed so
much that it is worth one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from engine.effects import LookAtNode
from engine.events.node import NODE, NodeLooked, QueuesSeen
from engine.ids import IpAddr, NodeId, TenantId
from engine.ports import NodeStatus, PmtaNode
from engine.projections.ips import IPS
from engine.projections.rollouts import ROLLOUTS
from engine.rules import queue_depth
from engine.rules.pmta_config import tenant_file
from engine.runtime.notes import Notes
from engine.runtime.perform.node import FAILURES, why
from engine.runtime.views import Views
from engine.values.node import Depth

LOOK_S = 30

Heed = Callable[[LookAtNode, NodeStatus], Awaitable[None]]


async def unheeded(effect: LookAtNode, seen: NodeStatus) -> None:
    """Where no node ever had another leader."""


async def look(
    effect: LookAtNode, *, pmta: PmtaNode, notes: Notes, views: Views, heed: Heed = unheeded
) -> None:
    """``heed`` hears of what was seen before it is written down."""
    node = effect.node
    seen = None
    try:
        async with asyncio.timeout(LOOK_S):
            seen = await pmta.look(node)
            await heed(effect, seen)
        looked = NodeLooked(
            node=node,
            paused=seen.paused,
            started=seen.started,
            version=seen.version,
            measures=seen.measures,
            clock=seen.clock,
        )
    except FAILURES as failure:
        looked = NodeLooked(node=node, paused=None, why=why(failure))
    changed = {} if seen is None or seen.depths is None else _changed(views, node, seen.depths)
    queues = [
        (tenant, QueuesSeen(node=node, depths=depths)) for tenant, depths in sorted(changed.items())
    ]
    await notes.add_each(effect, NODE.stream(node), [(effect.tenant, looked), *queues])


def _changed(
    views: Views, node: NodeId, depths: Mapping[str, Depth]
) -> dict[TenantId, dict[IpAddr, Depth]]:
    """What is worth an event, of the addresses that a file on the node defines."""
    found: dict[TenantId, dict[IpAddr, Depth]] = {}
    for file in views.of(ROLLOUTS).values():
        if file.node == node:
            for ip in file.told:
                now = depths.get(tenant_file.vmta(file.tenant, ip), Depth())
                mail = views.get(IPS, f"{file.tenant}/{ip}").mail
                before = mail.queue or Depth()
                worth = (
                    queue_depth.settles(before, now, mail.seen_at, mail.closed_at)
                    if mail.closed
                    else queue_depth.differs(before, now)
                )
                if worth:
                    found.setdefault(file.tenant, {})[ip] = now
    return found
