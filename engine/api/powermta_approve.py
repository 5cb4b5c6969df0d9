"""Letting choices go that wait: for a canary, or because they take much away."""

from typing import Annotated

from msgspec import Meta

from engine.api import auth, powermta_files, reading, writing
from engine.api.call import Answer, Call, OfTenant, Text
from engine.api.decode import words
from engine.api.problems import Problem
from engine.commands.rollout import ApproveRollout
from engine.ids import NodeId
from engine.projections.rollouts import ROLLOUTS
from engine.runtime.command_handler import Asked


class Approval(OfTenant, frozen=True, kw_only=True):
    version: Annotated[int, Meta(ge=0)]  # of the choices, as GET …/nodes has it in ``waiting``
    reason: Text


async def approve(call: Call, body: Approval) -> Answer:
    """Only for what waits there now, so that nobody approves what he has not seen."""
    tenant = auth.whose(call.deps.views, call.caller, body.tenant)
    node, reason = NodeId(call.path["node"]), words("$.reason", body.reason)
    view = call.deps.views.get(ROLLOUTS, f"{node}/{tenant}")
    if not view.node:
        raise Problem("not-found", f"{tenant} has no file on {node}")
    waits = view.waiting.choices.overlay if view.waiting else None
    command = ApproveRollout(
        node=node, tenant=tenant, overlay=body.version, waits=waits, reason=reason
    )
    position = await writing.ask(call, [Asked(command, tenant)], tenant)
    await writing.seen(call, position)
    stands = reading.token(call.deps, call.caller, position)
    shown = powermta_files.stood(call.deps.views.get(ROLLOUTS, f"{node}/{tenant}"))
    return Answer(shown, 202, position, f"/api/v2/rollouts?tenant={tenant}&at_least={stands}")
