"""PowerMTA hosts with what they run, and files on them that somebody edited."""

import asyncio
from datetime import datetime

from msgspec import Struct

from engine.api import auth, powermta, powermta_files, present_powermta, reading, writing
from engine.api.call import Answer, Call, OfTenant, Reading, Text
from engine.api.decode import words
from engine.api.powermta_files import FileStood
from engine.api.powermta_plan import changes, target_of
from engine.api.present_powermta import ChangeShown, FindingShown
from engine.api.problems import Problem
from engine.commands.rollout import EndConflict
from engine.ids import NodeId, TenantId
from engine.ports import NodeRefused, NodeSilent
from engine.projections.nodes import NODES, Node
from engine.projections.rollouts import ROLLOUTS, Rollout
from engine.rules.pmta_config import tenant_file
from engine.rules.pmta_config.load import of_text
from engine.rules.pmta_config.tree import Section
from engine.rules.pmta_config.validate import validate
from engine.runtime.command_handler import Asked
from engine.values.node import Measures
from engine.values.rollout import ConflictEnd

LOOK_S = 15  # real seconds


class Whose(Reading, frozen=True, kw_only=True):
    tenant: TenantId | None = None


class Settlement(OfTenant, frozen=True, kw_only=True):
    end: ConflictEnd
    reason: Text


class NodeStatus(Struct, frozen=True, kw_only=True):
    """What of the host is the platform's alone is null for a tenant."""

    name: NodeId
    host: str | None
    version: str | None  # of PowerMTA
    started: str | None
    looked_at: datetime | None
    silent_since: datetime | None
    why: str | None
    paused: tuple[str, ...] | None  # VMTAs that stand still
    measures: Measures | None  # waiting mail, connections, load and disks
    files: list[FileStood]


class ConflictShown(Struct, frozen=True, kw_only=True):
    node: NodeId
    tenant: TenantId
    found: str  # digest of what lies there; "" = no file.  Its text may hold secrets
    understood: list[str]  # the sections that were read
    edits: list[ChangeShown]  # against what the engine left there
    next: list[ChangeShown]  # what the engine's file would change of it
    findings: list[FindingShown]


async def listed(call: Call, query: Whose) -> Answer:
    """A tenant sees the nodes on which it has a file, and that file."""
    tenant = auth.reads_as(call.deps.views, call.caller, query.tenant)
    files: dict[NodeId, list[FileStood]] = {}
    for _, view in sorted(call.deps.views.of(ROLLOUTS).items()):
        if view.node and tenant in (None, view.tenant):
            files.setdefault(view.node, []).append(powermta_files.stood(view))
    nodes = call.deps.views.of(NODES)
    platform = call.caller.tenant is None
    names = sorted({*nodes, *files} if platform and tenant is None else files)
    items = [
        _status(
            NodeId(name), call.deps.views.get(NODES, name), platform, files.get(NodeId(name), [])
        )
        for name in names
    ]
    return Answer(reading.Items(items, None))


def _status(name: NodeId, node: Node, platform: bool, files: list[FileStood]) -> NodeStatus:
    host = node.registered if platform else None
    return NodeStatus(
        name=name,
        host=host.host if host else None,
        version=node.version if platform else None,
        started=node.started if platform else None,
        looked_at=node.looked_at if platform else None,
        silent_since=node.silent_since if platform else None,
        why=node.why if platform else None,
        paused=node.paused if platform else None,
        measures=node.measures if platform else None,
        files=files,
    )


async def conflict(call: Call, query: Whose) -> Answer:
    return Answer(await _look(call, auth.whose(call.deps.views, call.caller, query.tenant)))


async def settle(call: Call, body: Settlement) -> Answer:
    """``adopt``: the edit stays until something else is wanted of the file.  ``overwrite``: the
    engine's file goes there at once.  Both are about what lies there now."""
    tenant = auth.whose(call.deps.views, call.caller, body.tenant)
    reason = words("$.reason", body.reason)
    seen = await _look(call, tenant)
    command = EndConflict(
        node=seen.node, tenant=tenant, end=body.end, found=seen.found, reason=reason
    )
    position = await writing.ask(call, [Asked(command, tenant)], tenant)
    await writing.seen(call, position)
    stands = reading.token(call.deps, call.caller, position)
    follow = f"/api/v2/rollouts?tenant={tenant}&at_least={stands}"
    return Answer(seen, 202 if body.end == "overwrite" else 200, position, follow)


async def _look(call: Call, tenant: TenantId) -> ConflictShown:
    """What lies there now.  Raises Problem where nothing is in conflict, or the node is silent."""
    node = NodeId(call.path["node"])
    view = call.deps.views.get(ROLLOUTS, f"{node}/{tenant}")
    if not view.conflict:
        why = f"no file of {tenant} on {node} is in conflict; GET {powermta.PATH}/nodes"
        raise Problem("not-found" if not view.node else "refused", why)
    data = await _lies(call, node, tenant)
    return _shown(call, view, data)


async def _lies(call: Call, node: NodeId, tenant: TenantId) -> bytes | None:
    try:
        async with asyncio.timeout(LOOK_S):
            return await call.deps.pmta.lies(node, tenant)
    except (NodeRefused, NodeSilent, TimeoutError) as silence:
        why = f"{node} did not show the file of {tenant}; nothing was changed"
        raise Problem("node-silent", why, headers={"Retry-After": "60"}) from silence


def _shown(call: Call, view: Rollout, data: bytes | None) -> ConflictShown:
    text = (data or b"").decode(errors="replace")
    config = of_text(text, f"{view.tenant}.conf", tolerant=True)
    told = tenant_file.made(view.tenant, view.told).text
    wanted = tenant_file.made(view.tenant, view.wanted).text
    target = target_of(call, view.node)
    return ConflictShown(
        node=view.node,
        tenant=view.tenant,
        found=tenant_file.digest_of(data),
        understood=[f"{one.key} {one.name}" for one in config.nodes if isinstance(one, Section)],
        edits=present_powermta.changes(changes(told, text)),
        next=present_powermta.changes(changes(text, wanted)),
        findings=present_powermta.findings(validate(config, target=target, mode="imported")),
    )
