"""What a change of a tenant's choices would make of its files, before anything is changed."""

from collections.abc import Mapping
from typing import NamedTuple

from msgspec.structs import replace

from engine.api.call import Call
from engine.commands.tenant import RestoreOverlay, SetOverlay
from engine.deciders.tenant import DECIDER
from engine.events import Recorded
from engine.events.tenant import TENANT, OverlaySet
from engine.ids import Actor, EventId, IpAddr, NodeId, TenantId, Version
from engine.projections import rollouts
from engine.projections.nodes import NODES
from engine.projections.rollouts import ROLLOUTS, Rollout
from engine.rules.pmta_config import change_limit, tenant_file
from engine.rules.pmta_config.change_limit import Limit
from engine.rules.pmta_config.diff import Change, diff
from engine.rules.pmta_config.finding import Finding, Target
from engine.rules.pmta_config.parse import parse
from engine.values.vmta import Vmta


class FilePlan(NamedTuple):
    """One file of the tenant, as it would be."""

    node: NodeId
    wanted: Mapping[IpAddr, Vmta]
    text: str
    wrong: str  # why it cannot be deployed; "" = it can
    findings: list[Finding]
    changes: list[Change]  # against what the node was told
    large: str  # what it takes away, and waits for; "" = little enough, or confirmed


class Plan(NamedTuple):
    event: OverlaySet | None  # None: it is so already
    files: list[FilePlan]


async def plan(call: Call, command: SetOverlay | RestoreOverlay) -> Plan:
    """Raises Rejected, as the command itself would."""
    tenant, now = command.slug, call.deps.clock.now()
    history = await call.deps.log.read(TENANT, tenant)
    events = DECIDER.decide(DECIDER.fold(history), command, now)
    event = next((one for one in events if isinstance(one, OverlaySet)), None)
    if event is None:
        return Plan(None, [])
    recorded = Recorded(
        position=call.deps.pump.position,
        stream=TENANT.stream(tenant),
        version=Version(len(history) + 1),
        id=EventId(""),
        at=now,
        tenant=tenant,
        actor=Actor(""),
        cause="",
        event=event,
    )
    told = replace(recorded, event=replace(event, canary=NodeId(""), waits=()))  # as in the end
    views = [call.deps.views.get(ROLLOUTS, key) for key in rollouts.keys(recorded)]
    return Plan(event, [_file(call, tenant, rollouts.evolve(one, told)) for one in views])


def _file(call: Call, tenant: TenantId, view: Rollout) -> FilePlan:
    target = target_of(call, view.node)
    made = tenant_file.made(tenant, view.wanted, target)
    findings = tenant_file.judged(tenant, made.text, target)
    return FilePlan(
        view.node,
        view.wanted,
        made.text,
        made.wrong,
        findings,
        changes(tenant_file.made(tenant, view.told).text, made.text),
        _large(call, view),
    )


def _large(call: Call, view: Rollout) -> str:
    if view.choices.confirmed:
        return ""
    drained = frozenset(view.drained) - frozenset(view.told_choices.drained)
    limit = Limit(call.deps.tuning.change_share)
    return change_limit.too_large(view.told, view.wanted, drained, limit)


def changes(before: str, after: str) -> list[Change]:
    return diff(parse(before).document.nodes, parse(after).document.nodes)


def target_of(call: Call, node: NodeId) -> Target:
    return "4.5" if call.deps.views.get(NODES, node).version.startswith("4.") else "5.0"
