"""What a start records before the engine acts (DESIGN §10, §12)."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from engine import logs
from engine.api.keys import BITS, make_key
from engine.commands import By
from engine.commands.authority import SetAuthority
from engine.commands.host import RegisterHost, WantNodeFile
from engine.commands.key import IssueKey
from engine.config import Node, node_file
from engine.events.engine import ENGINE as ENGINES
from engine.events.engine import EngineLed
from engine.ids import EngineId, NodeId
from engine.ports import Fence, Ids, Log, New, Slice
from engine.projections.authorities import AUTHORITIES
from engine.projections.keys import KEYS
from engine.projections.nodes import NODES
from engine.rules import host_key
from engine.runtime.command_handler import Asked, CommandHandler
from engine.runtime.notes import ENGINE
from engine.runtime.views import Views
from engine.values import authority
from engine.values.version import VERSION

LOGS = logs.get("engine")
BY = By(tenant=None, actor=ENGINE, cause="start")


class Starter(NamedTuple):
    """Reads views that were folded to the head, and asks for what is missing."""

    handler: CommandHandler
    views: Views
    log: Log
    ids: Ids

    async def led(self, engine: EngineId, fence: Fence) -> None:
        """The process's first event."""
        event = EngineLed(engine=engine, epoch=fence.epoch, version=VERSION)
        new = New(self.ids(), event)
        led = Slice(stream=ENGINES.stream(engine), tenant=None, events=[new])
        await self.log.append([led], actor=ENGINE, cause="start")

    async def authority(self) -> None:
        """A first start lets the engine act; what people decided later is left alone."""
        if authority.ENGINE not in self.views.of(AUTHORITIES):
            act = SetAuthority(over=authority.ENGINE, mode="act", why="first start")
            await self.handler.handle([Asked(act, None)], BY)

    async def nodes(self, tables: Mapping[NodeId, Node], engine: EngineId) -> None:
        """The first start that meets a node's table records node and authority; a later one only
        what changed of the node.
        """
        for node, table in tables.items():
            known = self.views.get(NODES, node).registered is not None
            register = RegisterHost(
                node=node,
                host=table.host,
                port=table.port,
                user=table.user,
                host_key=host_key.bare(table.host_key),
                config_dir=table.config_dir,
                pmta=table.pmta,
            )
            own = WantNodeFile(node=node, own=node_file(table, engine))
            asked = [Asked(register, None), Asked(own, None)]
            over, why = authority.over_node(node), "from the configuration"
            if table.authority == "observe":
                self._say_if_it_acts(node, over)
            if not known:
                asked.append(Asked(SetAuthority(over=over, mode=table.authority, why=why), None))
            await self.handler.handle(asked, BY)

    def _say_if_it_acts(self, node: NodeId, over: str) -> None:
        """Whoever wrote `observe` into the table of a known node believes that it holds."""
        if self.views.get(AUTHORITIES, over).mode == "act":
            LOGS.warning("node.acts", node=node, next=f"PUT /api/v2/authority/{over} to observe it")

    async def admin_key(self, token: Callable[[int], bytes]) -> str | None:
        """The text of a new admin key when there is none yet; it is shown once and kept nowhere."""
        keys = self.views.of(KEYS).values()
        if any("admin" in one.scopes and not one.revoked for one in keys):
            return None
        key = make_key(token(BITS))
        issue = IssueKey(
            key=key.id, digest=key.digest, scopes=("read", "operate", "deploy", "admin"), owner=None
        )
        await self.handler.handle([Asked(issue, None)], BY)
        return key.text
