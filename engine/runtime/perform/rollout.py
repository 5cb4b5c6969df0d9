"""A plan, the deed, and its outcome; and a look where the outcome is not known."""

import asyncio
from collections.abc import Callable, Mapping

from engine.commands.rollout import JudgeRollout, PlanRollout, ReportRollout, RolloutCommand
from engine.effects import Deploy, ReadBack, Restore
from engine.ids import IpAddr, TenantId
from engine.ports import Fence, NodeFile, NodeRefused, NodeSilent, PmtaNode
from engine.projections.rollouts import ROLLOUTS
from engine.rules import pmta_config
from engine.runtime.command_handler import CommandHandler
from engine.runtime.perform.command import ask
from engine.runtime.perform.node import why
from engine.runtime.views import Views
from engine.values.vmta import Vmta

DEPLOY_S = 600
READ_BACK_S = 30


class Rollouts:
    """The performer of everything about files on nodes."""

    def __init__(
        self,
        *,
        pmta: PmtaNode,
        handler: CommandHandler,
        views: Views,
        fence: Callable[[], Fence],
    ) -> None:
        self._pmta = pmta
        self._handler = handler
        self._views = views
        self._fence = fence

    async def deploy(self, effect: Deploy) -> None:
        """Raises Rejected, before anything is touched, if a plan is open or the file was edited."""
        node, tenant = effect.node, effect.tenant
        before = self._told(effect)
        await ask(effect, PlanRollout(node=node, tenant=tenant, vmtas=effect.vmtas), self._handler)
        report = ReportRollout(node=node, tenant=tenant, answer="ran")
        try:
            async with asyncio.timeout(DEPLOY_S):
                await self._pmta.apply(
                    node, _file(tenant, effect.vmtas), before=before, fence=self._fence()
                )
        except NodeRefused as refusal:
            report = _refused(effect, refusal)
        except (NodeSilent, TimeoutError) as silence:
            report = ReportRollout(node=node, tenant=tenant, answer="silent", why=why(silence))
        await ask(effect, report, self._handler)

    async def restore(self, effect: Restore) -> None:
        """The old bytes go back, and the rollout ends as failed; silence is looked at again."""
        node, tenant, n = effect.node, effect.tenant, effect.attempt
        report = ReportRollout(
            node=node, tenant=tenant, answer="refused", kind="node", why="the old file was put back"
        )
        try:
            async with asyncio.timeout(DEPLOY_S):
                await self._pmta.restore(
                    node,
                    _file(tenant, effect.vmtas),
                    before=self._told(effect),
                    fence=self._fence(),
                )
        except NodeRefused as refusal:
            report = ReportRollout(
                node=node, tenant=tenant, answer="silent", attempt=n, why=why(refusal)
            )
        except (NodeSilent, TimeoutError) as silence:
            report = ReportRollout(
                node=node, tenant=tenant, answer="silent", attempt=n, why=why(silence)
            )
        await ask(effect, report, self._handler)

    async def read_back(self, effect: ReadBack) -> None:
        node, tenant, n = effect.node, effect.tenant, effect.attempt
        vmtas = [pmta_config.vmta(tenant, ip) for ip in effect.ips]
        outcome: RolloutCommand
        try:
            async with asyncio.timeout(READ_BACK_S):
                found = await self._pmta.read_back(node, tenant, vmtas)
            outcome = JudgeRollout(
                node=node, tenant=tenant, found=found.digest, running=found.running
            )
        except (NodeRefused, NodeSilent, TimeoutError) as silence:
            outcome = ReportRollout(
                node=node, tenant=tenant, answer="silent", attempt=n, why=why(silence)
            )
        await ask(effect, outcome, self._handler)

    def _told(self, effect: Deploy | Restore) -> str:
        """The digest of the file that this log believes to lie there."""
        told = self._views.get(ROLLOUTS, f"{effect.node}/{effect.tenant}").told
        return pmta_config.digest(pmta_config.render(effect.tenant, told))


def _file(tenant: TenantId, vmtas: Mapping[IpAddr, Vmta]) -> NodeFile:
    return NodeFile(
        tenant=tenant,
        text=pmta_config.render(tenant, vmtas),
        expect=pmta_config.expected(tenant, vmtas),
    )


def _refused(effect: Deploy, refusal: NodeRefused) -> ReportRollout:
    node, tenant, said = effect.node, effect.tenant, why(refusal)
    if refusal.kind == "conflict":
        return ReportRollout(node=node, tenant=tenant, answer="conflict", why=said)
    return ReportRollout(node=node, tenant=tenant, answer="refused", kind=refusal.kind, why=said)
