"""The engine's own file on a node: the same sequence as a tenant's, and nobody's mail in it.

No question to PowerMTA proves what it runs of this file.  So bytes that lie there after an answer
was lost are never taken for done: the old ones go back, and it is planned anew.
"""

import asyncio
from collections.abc import Callable

from engine.commands.rollout import JudgeRollout, PlanRollout, ReportRollout, RolloutCommand
from engine.effects import DeployOwn, ReadOwn, RestoreOwn
from engine.ids import TenantId
from engine.ports import Fence, NodeFile, NodeRefused, NodeSilent, PmtaNode
from engine.projections.node_files import NODE_FILES
from engine.projections.nodes import NODES
from engine.rules.pmta_config import node_file
from engine.rules.pmta_config.finding import Target
from engine.runtime.command_handler import CommandHandler
from engine.runtime.perform.command import ask
from engine.runtime.perform.node import why
from engine.runtime.perform.rollout import DEPLOY_S, READ_BACK_S
from engine.runtime.views import Views
from engine.values.node_file import NodeOwn

NOBODY = TenantId("")


class OwnFiles:
    def __init__(
        self,
        *,
        pmta: PmtaNode,
        handler: CommandHandler,
        views: Views,
        fence: Callable[[], Fence],
    ) -> None:
        self._pmta, self._handler, self._views, self._fence = pmta, handler, views, fence

    async def deploy(self, effect: DeployOwn) -> None:
        """Raises Rejected, before anything is touched, if a plan is open."""
        node, target = effect.node, self._target(effect)
        before = self._views.get(NODE_FILES, node).digest
        plan = PlanRollout(node=node, tenant=NOBODY, vmtas={}, own=effect.own, target=target)
        await ask(effect, plan, self._handler)
        if node_file.made(effect.own, target).wrong:
            return
        report = ReportRollout(node=node, tenant=NOBODY, answer="ran")
        try:
            async with asyncio.timeout(DEPLOY_S):
                await self._pmta.apply(node, _file(effect.own), before=before, fence=self._fence())
        except NodeRefused as no:
            report = _refused(effect, no)
        except (NodeSilent, TimeoutError) as silence:
            report = ReportRollout(node=node, tenant=NOBODY, answer="silent", why=why(silence))
        await ask(effect, report, self._handler)

    async def restore(self, effect: RestoreOwn) -> None:
        view = self._views.get(NODE_FILES, effect.node)
        report = ReportRollout(
            node=effect.node,
            tenant=NOBODY,
            answer="refused",
            kind="node",
            why="the old file was put back",
        )
        try:
            async with asyncio.timeout(DEPLOY_S):
                await self._pmta.restore(
                    effect.node, _file(view.told), before=view.digest, fence=self._fence()
                )
        except (NodeRefused, NodeSilent, TimeoutError) as failure:
            report = _unknown(effect, failure)
        await ask(effect, report, self._handler)

    async def read_back(self, effect: ReadOwn) -> None:
        outcome: RolloutCommand
        try:
            async with asyncio.timeout(READ_BACK_S):
                found = await self._pmta.read_back(effect.node, NOBODY, [])
            outcome = JudgeRollout(node=effect.node, tenant=NOBODY, found=found.digest, running=())
        except (NodeRefused, NodeSilent, TimeoutError) as silence:
            outcome = _unknown(effect, silence)
        await ask(effect, outcome, self._handler)

    def _target(self, effect: DeployOwn) -> Target:
        old = self._views.get(NODES, effect.node).version.startswith("4.")
        return "4.5" if old else "5.0"


def _file(own: NodeOwn) -> NodeFile:
    return NodeFile(tenant=NOBODY, text=node_file.made(own).text, expect=())


def _refused(effect: DeployOwn, no: NodeRefused) -> ReportRollout:
    node, said = effect.node, why(no)
    if no.kind == "conflict":
        return ReportRollout(node=node, tenant=NOBODY, answer="conflict", why=said)
    return ReportRollout(node=node, tenant=NOBODY, answer="refused", kind=no.ends, why=said)


def _unknown(effect: ReadOwn | RestoreOwn, silence: Exception) -> ReportRollout:
    n, said = effect.attempt, why(silence)
    return ReportRollout(node=effect.node, tenant=NOBODY, answer="silent", attempt=n, why=said)
