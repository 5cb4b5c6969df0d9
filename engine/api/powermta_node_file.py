"""The engine's own file on a node, and what becomes of an edit that somebody made in it."""

import asyncio

from msgspec import Struct

from engine.api import present_powermta, writing
from engine.api.call import Answer, Body, Call, Reading, Text
from engine.api.decode import words
from engine.api.powermta_plan import changes
from engine.api.present_powermta import ChangeShown
from engine.api.problems import Problem
from engine.commands.rollout import EndConflict
from engine.ids import NodeId, TenantId
from engine.ports import NodeRefused, NodeSilent
from engine.projections.node_files import NODE_FILES, NodeFile
from engine.projections.nodes import NODES
from engine.rules.pmta_config import node_file, tenant_file
from engine.runtime.command_handler import Asked
from engine.values.rollout import ConflictEnd

LOOK_S = 15  # real seconds
NOBODY = TenantId("")


class OwnSettlement(Body, frozen=True, kw_only=True):
    end: ConflictEnd
    reason: Text


class OwnFile(Struct, frozen=True, kw_only=True):
    node: NodeId
    state: str
    text: str  # as the node was told
    changes: list[ChangeShown]  # that are wanted, and not told yet
    why: str  # of the last rollout that failed
    found: str | None  # digest of what lies there in place of it; None: nothing is in conflict
    edits: list[ChangeShown]  # against what the engine left there


async def show(call: Call, query: Reading) -> Answer:  # noqa: ARG001 - there is nothing to choose
    view = _view(call)
    return Answer(_shown(view, await _lies(call, view.node) if view.conflict else None))


async def settle(call: Call, body: OwnSettlement) -> Answer:
    """``adopt``: the edit stays until something else is wanted.  ``overwrite``: the engine's file
    goes there at once.  Both are about what lies there now."""
    view, reason = _view(call), words("$.reason", body.reason)
    if not view.conflict:
        raise Problem("refused", f"the engine's own file on {view.node} is in no conflict")
    data = await _lies(call, view.node)
    found = tenant_file.digest_of(data)
    command = EndConflict(node=view.node, tenant=NOBODY, end=body.end, found=found, reason=reason)
    position = await writing.ask(call, [Asked(command, None)], None)
    await writing.seen(call, position)
    return Answer(_shown(view, data), 202 if body.end == "overwrite" else 200, position)


def _view(call: Call) -> NodeFile:
    node = NodeId(call.path["node"])
    if node not in call.deps.views.of(NODES):
        raise Problem("not-found", f"there is no node {node}; GET /api/v2/nodes lists them")
    return call.deps.views.get(NODE_FILES, node)


async def _lies(call: Call, node: NodeId) -> bytes | None:
    try:
        async with asyncio.timeout(LOOK_S):
            return await call.deps.pmta.lies(node, NOBODY)
    except (NodeRefused, NodeSilent, TimeoutError) as silence:
        why = f"{node} did not show the engine's own file; nothing was changed"
        raise Problem("node-silent", why, headers={"Retry-After": "60"}) from silence


def _shown(view: NodeFile, data: bytes | None) -> OwnFile:
    told, wanted = node_file.made(view.told).text, node_file.made(view.wanted).text
    lies = (data or b"").decode(errors="replace")
    return OwnFile(
        node=view.node,
        state=view.state,
        text=told,
        changes=present_powermta.changes(changes(told, wanted)) if view.due else [],
        why=view.why,
        found=tenant_file.digest_of(data) if view.conflict else None,
        edits=present_powermta.changes(changes(told, lies)) if view.conflict else [],
    )
