"""The versions of a file on a node, and the way back to one of a tenant's."""

from collections.abc import Mapping, Sequence
from typing import Annotated, NamedTuple

from msgspec import Meta

from engine.api import auth, powermta, powermta_choices, present_powermta, reading
from engine.api.call import LIMIT_MAX, TEXT_MAX, Answer, Call, OfTenant, Reading
from engine.api.decode import words
from engine.api.powermta_plan import changes
from engine.api.present_powermta import VersionShown, Watched
from engine.api.problems import Problem
from engine.commands.tenant import RestoreOverlay
from engine.deciders.tenant import DECIDER as TENANTS_DECIDER
from engine.events import Recorded
from engine.events.rollout import (
    ROLLOUT,
    RolloutBreached,
    RolloutEnded,
    RolloutEvent,
    RolloutPlanned,
    RolloutWatched,
    VersionCommitted,
)
from engine.events.tenant import TENANT, OverlaySet
from engine.ids import Actor, NodeId, TenantId
from engine.projections.nodes import NODES
from engine.projections.rollouts import ROLLOUTS
from engine.rules.pmta_config import planned_file
from engine.runtime.notes import ENGINE

NOBODY = TenantId("")


class VersionPage(Reading, frozen=True, kw_only=True):
    """Of a list that only grows, so it needs no ``as_of``."""

    after: str = ""  # ``next`` of the page before
    limit: Annotated[int, Meta(ge=1, le=LIMIT_MAX)] = 100
    tenant: TenantId | None = None
    node: NodeId | None = None  # may be left out where the tenant has a file on one only
    own: bool = False  # of the engine's own file there, which is no tenant's; the platform's affair


class Back(OfTenant, frozen=True, kw_only=True):
    version: Annotated[int, Meta(ge=1)]
    node: NodeId | None = None
    reason: Annotated[str, Meta(max_length=TEXT_MAX)] = ""
    confirm: bool = False  # however much of a file it takes away


class Version(NamedTuple):
    number: int
    planned: RolloutPlanned
    done: Recorded[RolloutEvent]
    commit: str = ""
    watch: Watched = "none"


async def listed(call: Call, query: VersionPage) -> Answer:
    """Newest first; they count from the file's own first."""
    node, tenant = _file(call, query)
    found = await versions(call, node, tenant)
    last = _below(call, query.after, len(found) + 1)
    page = [one for one in reversed(found) if one.number < last][: query.limit]
    actors = await _actors(call, tenant) if tenant else {}
    items = [_shown(node, tenant, one, found, actors) for one in page]
    more = bool(page) and page[-1].number > 1
    after = reading.closed(call, str(page[-1].number)) if more else None
    return Answer(reading.Items(items, after))


def _file(call: Call, query: VersionPage) -> tuple[NodeId, TenantId]:
    if not query.own:
        tenant = auth.whose(call.deps.views, call.caller, query.tenant)
        return _node(call, tenant, query.node), tenant
    auth.permit(call.caller, "admin")
    if query.tenant is not None:
        why = "the engine's own file is no tenant's; leave one of both out"
        raise Problem("invalid", why, field="$.tenant")
    nodes = call.deps.views.of(NODES)
    if query.node is None or query.node not in nodes:
        which = f"there is no node {query.node!r}" if query.node else "say on which node"
        why = f"{which}; there are {', '.join(sorted(nodes)) or 'none yet'}"
        raise Problem("invalid", why, field="$.node")
    return query.node, NOBODY


def _below(call: Call, after: str, end: int) -> int:
    number = reading.opened(call, after) if after else str(end)
    if not (number.isascii() and number.isdigit()):
        raise Problem("invalid", f"{after!r} is not a cursor of this list", field="$.after")
    return int(number)


async def rollback(call: Call, body: Back) -> Answer:
    """A new rollout: the names, host names and keys of then, with today's caps, quotas, intake and
    pauses."""
    tenant = auth.whose(call.deps.views, call.caller, body.tenant)
    node = _node(call, tenant, body.node)
    reason = words("$.reason", body.reason) if body.reason else ""
    async with call.deps.turns.of(tenant):
        found = await versions(call, node, tenant)
        if body.version > len(found):
            why = f"the file on {node} has {len(found)} versions; GET {powermta.PATH}/versions"
            raise Problem("invalid", why, field="$.version")
        overlay = found[body.version - 1].planned.overlay
        history = await call.deps.log.read(TENANT, tenant)
        overlays = TENANTS_DECIDER.fold(history).overlays
        back = overlays.of(overlay)
        await powermta_choices.keys_exist(call, tenant, back, overlays.nodes)
        command = RestoreOverlay(
            slug=tenant, version=overlay, reason=reason, confirmed=body.confirm
        )
        return await powermta.carried_out(call, command)


async def versions(call: Call, node: NodeId, tenant: TenantId) -> list[Version]:
    """Oldest first: what the node ran, one after another."""
    found: list[Version] = []
    planned: RolloutPlanned | None = None
    commits: dict[int, str] = {}
    watches: dict[int, Watched] = {}
    history = await call.deps.log.read(ROLLOUT, f"{node}/{tenant}")
    for one in history:
        match one.event:
            case RolloutPlanned() as plan:
                planned = plan
            case RolloutEnded(ending="done") if planned:
                found.append(Version(len(found) + 1, planned, one))
                watches[len(found)] = "watched" if planned.watch_s else "none"
            case RolloutWatched(version=version, over=True) if watches.get(version) == "watched":
                watches[version] = "stood"
            case RolloutBreached(version=version):
                watches[version] = "breached"
            case VersionCommitted(version=version, commit=commit):
                commits[version] = commit
            case _:
                pass
    return [
        one._replace(commit=commits.get(one.number, ""), watch=_watch(watches, one.number, found))
        for one in found
    ]


def _watch(watches: Mapping[int, Watched], number: int, found: Sequence[Version]) -> Watched:
    """Of one that was replaced before its time was over, nobody knows."""
    watch = watches.get(number, "none")
    return "replaced" if watch == "watched" and number < len(found) else watch


def _shown(
    node: NodeId,
    tenant: TenantId,
    one: Version,
    found: Sequence[Version],
    actors: Mapping[int, Actor],
) -> VersionShown:
    before = found[one.number - 2].planned if one.number > 1 else None
    earlier, chosen = before.overlay if before else 0, one.planned.overlay
    old = planned_file.made(tenant, before.vmtas, before.own).text if before else ""
    new = planned_file.made(tenant, one.planned.vmtas, one.planned.own).text
    return VersionShown(
        node=node,
        tenant=tenant or None,
        version=one.number,
        at=one.done.at,
        actor=actors.get(chosen, ENGINE) if chosen != earlier else ENGINE,
        digest=one.planned.digest,
        overlay=chosen,
        commit=one.commit,
        watch=one.watch,
        canary_for=one.planned.followers,
        changes=present_powermta.changes(changes(old, new)),
    )


async def _actors(call: Call, tenant: TenantId) -> dict[int, Actor]:
    """Who made each version of what is chosen."""
    history = await call.deps.log.read(TENANT, tenant)
    return {one.event.version: one.actor for one in history if isinstance(one.event, OverlaySet)}


def _node(call: Call, tenant: TenantId, named: NodeId | None) -> NodeId:
    """One on which the tenant has a file; others are as if they were not there."""
    views = call.deps.views.of(ROLLOUTS).values()
    nodes = sorted(one.node for one in views if one.tenant == tenant and one.node)
    if named is None and len(nodes) == 1:
        return nodes[0]
    if named is not None and named in nodes:
        return named
    if not nodes:
        why = f"{tenant} has no file on any node yet; register an address with POST /api/v2/ips"
    else:
        which = "there are several nodes; say which" if named is None else f"there is no {named}"
        why = f"{which}: {', '.join(nodes)}"
    raise Problem("invalid", why, field="$.node")
