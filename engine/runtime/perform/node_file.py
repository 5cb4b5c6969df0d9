"""The engine's own file on a node: the same sequence as a tenant's, and nobody's mail in it.

No question to PowerMTA proves what it runs of this file.  So bytes that lie there after an answer
was lost are never taken for done: the old ones go back, and it is planned anew.
"""

from collections.abc import Callable

from engine.commands.rollout import PlanRollout
from engine.effects import DeployOwn, ReadOwn, RestoreOwn
from engine.events.rollout import RolloutPlanned
from engine.ids import TenantId
from engine.ports import Fence, NodeFile, PmtaNode
from engine.projections.node_files import NODE_FILES
from engine.rules.pmta_config import node_file
from engine.runtime.command_handler import CommandHandler
from engine.runtime.perform import file_steps
from engine.runtime.perform.command import ask
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
        node = effect.node
        target = file_steps.target(self._views, node)
        before = self._views.get(NODE_FILES, node).digest
        plan = PlanRollout(node=node, tenant=NOBODY, vmtas={}, own=effect.own, target=target)
        decided = await ask(effect, plan, self._handler)
        if not any(isinstance(one, RolloutPlanned) for one in decided):
            return
        file, views = _file(effect.own), self._views
        report = await file_steps.applied(
            self._pmta, node, file, before=before, fence=self._fence(), views=views
        )
        await ask(effect, report, self._handler)

    async def restore(self, effect: RestoreOwn) -> None:
        view = self._views.get(NODE_FILES, effect.node)
        report = await file_steps.put_back(
            self._pmta,
            effect.node,
            _file(view.told),
            before=view.digest,
            fence=self._fence(),
            attempt=effect.attempt,
        )
        await ask(effect, report, self._handler)

    async def read_back(self, effect: ReadOwn) -> None:
        node, n = effect.node, effect.attempt
        outcome = await file_steps.looked(self._pmta, node, NOBODY, [], n)
        await ask(effect, outcome, self._handler)


def _file(own: NodeOwn) -> NodeFile:
    return NodeFile(tenant=NOBODY, text=node_file.made(own).text, expect=())
