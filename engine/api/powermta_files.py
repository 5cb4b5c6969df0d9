"""How each file of a tenant stands on its node: told, watched, or waiting for something."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from engine.api.call import Call
from engine.ids import NodeId, TenantId
from engine.projections.authorities import AUTHORITIES
from engine.projections.nodes import NODES
from engine.projections.rollouts import ROLLOUTS, Rollout
from engine.rules import rollout_watch
from engine.values.authority import ENGINE, over_node, over_tenant
from engine.values.rollout import Ending, Kind, WhyWaiting
from engine.values.vmta import Vmta


class WatchShown(Struct, frozen=True, kw_only=True):
    """Looks at what runs since the last rollout was done."""

    version: int
    since: datetime
    until: datetime
    looks: int  # that found what was planned
    next_look: datetime


class WaitingShown(Struct, frozen=True, kw_only=True):
    """Choices that do not hold on this node yet."""

    choices: int  # their version, as ``approve`` takes it
    why: WhyWaiting
    canary: NodeId | None  # the node that goes, or went, first
    said: str
    next: str


class FileStood(Struct, frozen=True, kw_only=True):
    tenant: TenantId
    state: str
    version: int
    ending: Ending | None  # of the last rollout
    kind: Kind
    why: str
    ended_at: datetime | None
    watch: WatchShown | None
    breach: str  # what speaks against what runs; "" = nothing was seen
    waiting: WaitingShown | None
    canary_for: tuple[NodeId, ...]  # nodes that wait for this one


def stood(view: Rollout) -> FileStood:
    return FileStood(
        tenant=view.tenant,
        state=view.state,
        version=view.version,
        ending=view.ending,
        kind=view.kind,
        why=view.why,
        ended_at=view.ended_at,
        watch=_watch(view),
        breach=view.breach,
        waiting=_waiting(view),
        canary_for=view.followers,
    )


def _watch(view: Rollout) -> WatchShown | None:
    watch = view.watch
    if watch is None:
        return None
    return WatchShown(
        version=watch.version,
        since=watch.since,
        until=watch.since + watch.over,
        looks=watch.looks,
        next_look=rollout_watch.next_look(watch),
    )


def _waiting(view: Rollout) -> WaitingShown | None:
    waiting = view.waiting
    if waiting is None:
        return None
    next_ = _NEXT[waiting.why].format(node=view.node, canary=waiting.canary)
    return WaitingShown(
        choices=waiting.choices.overlay,
        why=waiting.why,
        canary=waiting.canary or None,
        said=waiting.said,
        next=next_,
    )


_APPROVE = "POST /api/v2/powermta/nodes/{node}/approve lets them go"
_NEXT = {
    "canary": f"they go once {{canary}} has stood its watch; {_APPROVE} at once",
    "breached": f"{{canary}} failed its watch with them; choose anew, or {_APPROVE} all the same",
    "too_large": f"choose anew, or {_APPROVE}",
}


def ready(
    call: Call, tenant: TenantId, nodes: Iterable[NodeId], hostnames: Iterable[NodeId]
) -> tuple[NodeId, ...]:
    """Nodes whose file could go first and be looked at: they answer, the engine acts there, and
    there is a file.  ``hostnames``: nodes on which a host name is given.  () where nothing is
    watched, so nothing is to be waited for."""
    if not call.deps.tuning.watch:
        return ()
    named = set(hostnames)
    return tuple(node for node in sorted(set(nodes)) if _goes(call, tenant, node, node in named))


def _goes(call: Call, tenant: TenantId, node: NodeId, named: bool) -> bool:
    views = call.deps.views
    file, host = views.get(ROLLOUTS, f"{node}/{tenant}"), views.get(NODES, node)
    over = (ENGINE, over_node(node), over_tenant(tenant))
    return (
        host.registered is not None
        and host.silent_since is None
        and all(views.get(AUTHORITIES, one).mode == "act" for one in over)
        and not file.conflict
        and (named or any(_has_name(one) for one in file.wanted.values()))
    )


def _has_name(one: Vmta) -> bool:
    return bool(one.hostname)
