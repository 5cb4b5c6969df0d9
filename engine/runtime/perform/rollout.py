"""A plan, the deed, and its outcome; and a look where the outcome is not known."""

import asyncio
from collections.abc import Callable, Mapping

from engine.commands.rollout import JudgeRollout, PlanRollout, ReportRollout, RolloutCommand
from engine.effects import Deploy, ReadBack, Restore
from engine.ids import IpAddr, TenantId
from engine.ports import Fence, NodeFile, NodeRefused, NodeSilent, PmtaNode
from engine.projections.nodes import NODES
from engine.projections.rollouts import ROLLOUTS
from engine.rules.pmta_config import tenant_file
from engine.rules.pmta_config.finding import Target
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
        """Raises Rejected, before anything is touched, if a plan is open or the file was edited.
        A file that our own validator refuses ends as ``invalid`` when it is planned."""
        node, tenant, target = effect.node, effect.tenant, self._target(effect)
        before = self._lies(effect)
        plan = PlanRollout(
            node=node, tenant=tenant, vmtas=effect.vmtas, overlay=effect.overlay, target=target
        )
        await ask(effect, plan, self._handler)
        if tenant_file.made(tenant, effect.vmtas, target).wrong:
            return
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
                    before=self._lies(effect),
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
        vmtas = [tenant_file.vmta(tenant, ip) for ip in effect.ips]
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

    def _lies(self, effect: Deploy | Restore) -> str:
        """The digest of the file that this log believes to lie there."""
        return self._views.get(ROLLOUTS, f"{effect.node}/{effect.tenant}").digest

    def _target(self, effect: Deploy) -> Target:
        """A node that was never looked at is judged as a new one."""
        old = self._views.get(NODES, effect.node).version.startswith("4.")
        return "4.5" if old else "5.0"


def _file(tenant: TenantId, vmtas: Mapping[IpAddr, Vmta]) -> NodeFile:
    return NodeFile(
        tenant=tenant,
        text=tenant_file.render(tenant, vmtas),
        expect=tenant_file.expected(tenant, vmtas),
    )


def _refused(effect: Deploy, refusal: NodeRefused) -> ReportRollout:
    node, tenant, said = effect.node, effect.tenant, why(refusal)
    if refusal.kind == "conflict":
        return ReportRollout(node=node, tenant=tenant, answer="conflict", why=said)
    return ReportRollout(node=node, tenant=tenant, answer="refused", kind=refusal.kind, why=said)
