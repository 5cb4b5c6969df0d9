"""A node that knows of another leader, or holds files that this log never wrote, is observed.

Both say that this log may not be the one the fleet was led by last: it was restored from a backup,
or another engine of the same id leads.  Whatever was recorded, nothing is touched there until a
person has looked (DESIGN §10).
"""

from collections.abc import Callable

from engine.commands.authority import SetAuthority
from engine.effects import LookAtNode
from engine.ids import NodeId, TenantId
from engine.ports import Fence, NodeStatus, PmtaNode
from engine.projections.authorities import AUTHORITIES
from engine.projections.node_files import NODE_FILES
from engine.projections.nodes import NODES
from engine.projections.rollouts import ROLLOUTS
from engine.rules.named import few
from engine.runtime.command_handler import CommandHandler
from engine.runtime.perform.command import ask
from engine.runtime.views import Views
from engine.values.authority import over_node

FILES_MAX = 5  # are named


class StandingDown:
    def __init__(
        self,
        *,
        pmta: PmtaNode,
        views: Views,
        fence: Callable[[], Fence],
        handler: CommandHandler,
    ) -> None:
        self._pmta, self._views = pmta, views
        self._fence, self._handler = fence, handler

    async def heed(self, effect: LookAtNode, seen: NodeStatus) -> None:
        """Raises NodeRefused and NodeSilent where the node does not show its files."""
        node, over = effect.node, over_node(effect.node)
        if self._views.get(AUTHORITIES, over).mode != "act":
            return
        if why := self._outrun(node, seen) or await self._unknown(node):
            observe = SetAuthority(over=over, mode="observe", why=why, unasked=True)
            await ask(effect, observe, self._handler)

    def _outrun(self, node: NodeId, seen: NodeStatus) -> str:
        there, ours = seen.fence, self._fence()
        if there is None or there.epoch <= ours.epoch:
            return ""
        return (
            f"{node} was led at epoch {there.epoch} by {there.holder}, and this log is at"
            f" {ours.epoch}: it is an older one that was restored, or another engine leads"
        )

    async def _unknown(self, node: NodeId) -> str:
        """Asked once: what comes to lie there later is a conflict of that one file."""
        if self._views.get(NODES, node).looked_at is not None:
            return ""
        strange = [
            f"{tenant or '_node'}.conf"
            for tenant, digest in sorted((await self._pmta.files(node)).items())
            if digest not in self._planned(node, tenant)
        ]
        if not strange:
            return ""
        named = few(strange, FILES_MAX)
        return f"{node} holds files of this engine that this log never wrote: {named}"

    def _planned(self, node: NodeId, tenant: TenantId) -> tuple[str, str]:
        if tenant:
            of_tenant = self._views.get(ROLLOUTS, f"{node}/{tenant}")
            return of_tenant.digest, of_tenant.planned_digest
        own = self._views.get(NODE_FILES, node)
        return own.digest, own.planned_digest
