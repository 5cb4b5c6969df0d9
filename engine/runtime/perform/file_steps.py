"""What is done with a file on a node, whoever's it is, and what became of it as a command."""

import asyncio
from collections.abc import Sequence

from msgspec.structs import replace

from engine.commands.rollout import JudgeRollout, ReportRollout
from engine.ids import NodeId, TenantId
from engine.ports import Fence, NodeFile, NodeRefused, NodeSilent, PmtaNode
from engine.projections.nodes import NODES
from engine.rules.pmta_config.finding import Target
from engine.runtime.held import awaits_its_end
from engine.runtime.perform.node import why as said
from engine.runtime.views import Views

DEPLOY_S = 600
READ_BACK_S = 30


async def applied(
    pmta: PmtaNode, node: NodeId, file: NodeFile, *, before: str, fence: Fence, views: Views
) -> ReportRollout:
    try:
        async with asyncio.timeout(DEPLOY_S):
            await pmta.apply(node, file, before=before, fence=fence)
    except NodeRefused as no:
        return _whose(_refused(node, file.tenant, no), views)
    except (NodeSilent, TimeoutError) as silence:
        return _silent(node, file.tenant, silence)
    return ReportRollout(node=node, tenant=file.tenant, answer="ran")


def _whose(report: ReportRollout, views: Views) -> ReportRollout:
    """What fails as things stand is nobody else's, as long as it may be ours."""
    if report.kind != "foreign" or not awaits_its_end(views, report.node, report.tenant):
        return report
    why = f"{report.why}; another file of the engine there awaits its end, and may be what fails"
    return replace(report, kind="node", why=why)


async def put_back(
    pmta: PmtaNode, node: NodeId, file: NodeFile, *, before: str, fence: Fence, attempt: int
) -> ReportRollout:
    """The old bytes go back, and the rollout ends as failed; silence is looked at again."""
    try:
        async with asyncio.timeout(DEPLOY_S):
            await pmta.restore(node, file, before=before, fence=fence)
    except (NodeRefused, NodeSilent, TimeoutError) as failure:
        return _silent(node, file.tenant, failure, attempt)
    back = "the old file was put back"
    return ReportRollout(node=node, tenant=file.tenant, answer="refused", kind="node", why=back)


async def looked(
    pmta: PmtaNode, node: NodeId, tenant: TenantId, vmtas: Sequence[str], attempt: int
) -> JudgeRollout | ReportRollout:
    try:
        async with asyncio.timeout(READ_BACK_S):
            found = await pmta.read_back(node, tenant, vmtas)
    except (NodeRefused, NodeSilent, TimeoutError) as silence:
        return _silent(node, tenant, silence, attempt)
    return JudgeRollout(node=node, tenant=tenant, found=found.digest, running=found.running)


def target(views: Views, node: NodeId) -> Target:
    """A node that was never looked at is judged as a new one."""
    return "4.5" if views.get(NODES, node).version.startswith("4.") else "5.0"


def _refused(node: NodeId, tenant: TenantId, no: NodeRefused) -> ReportRollout:
    if no.kind == "conflict":
        return ReportRollout(node=node, tenant=tenant, answer="conflict", why=said(no))
    return ReportRollout(node=node, tenant=tenant, answer="refused", kind=no.ends, why=said(no))


def _silent(node: NodeId, tenant: TenantId, failure: Exception, n: int = 1) -> ReportRollout:
    why = said(failure)
    return ReportRollout(node=node, tenant=tenant, answer="silent", attempt=n, why=why)
