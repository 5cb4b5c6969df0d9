"""A DKIM key is made, laid on its nodes, looked for in the DNS, and taken away again."""

import asyncio
from collections.abc import Callable

from engine.commands.domain_key import ReportKey, ReportKeyGone, ReportKeyLook, ReportKeyPlaced
from engine.effects import LayKey, LookAtKey, PlaceKey, TakeKeyAway
from engine.ids import NodeId
from engine.ports import Fence, KeyMaker, NodeRefused, NodeSilent, PmtaNode, Resolver
from engine.rules.dkim.publish import key_name, key_record
from engine.rules.dkim.standing import file_name, standing
from engine.runtime.command_handler import CommandHandler
from engine.runtime.perform.command import ask
from engine.runtime.perform.node import why
from engine.values.dns import Question

EACH_NODE_S = 60  # the node's lock may be held by a rollout


class DomainKeys:
    def __init__(
        self,
        *,
        maker: KeyMaker,
        pmta: PmtaNode,
        resolver: Resolver,
        handler: CommandHandler,
        fence: Callable[[], Fence],
    ) -> None:
        self._maker, self._pmta, self._resolver = maker, pmta, resolver
        self._handler, self._fence = handler, fence

    async def lay(self, effect: LayKey) -> None:
        """On all nodes or, as far as the log is concerned, on none: then another one is made, and
        takes its place."""
        domain, selector, n = effect.domain, effect.selector, effect.attempt
        pair = await self._maker.make(effect.algorithm)
        name, paths = file_name(effect.tenant, domain, selector), dict[NodeId, str]()
        failed = ""
        try:
            for node in effect.nodes:
                async with asyncio.timeout(EACH_NODE_S):
                    paths[node] = await self._pmta.lay_key(
                        node, name, pair.private, fence=self._fence()
                    )
        except (NodeRefused, NodeSilent, TimeoutError) as failure:
            failed = why(failure)
        report = ReportKey(domain=domain, selector=selector, attempt=n, why=failed)
        if not failed:
            record = key_record(effect.algorithm, pair.public)
            report = ReportKey(
                domain=domain, selector=selector, attempt=n, record=record, paths=paths
            )
        await ask(effect, report, self._handler)

    async def place(self, effect: PlaceKey) -> None:
        node, source, path, failed = effect.node, effect.source, "", ""
        name = file_name(effect.tenant, effect.domain, effect.selector)
        try:
            async with asyncio.timeout(EACH_NODE_S):
                await self._same(effect)
                path = await self._pmta.copy_key(node, name, source=source, fence=self._fence())
        except (NodeRefused, NodeSilent, TimeoutError, ValueError) as failure:
            failed = why(failure)
        report = ReportKeyPlaced(
            domain=effect.domain,
            selector=effect.selector,
            node=node,
            attempt=effect.attempt,
            path=path,
            why=failed,
        )
        await ask(effect, report, self._handler)

    async def _same(self, effect: PlaceKey) -> None:
        """What lies on a node, others may have changed.  Raises NodeRefused."""
        public = await self._pmta.dkim_public(effect.source, effect.path)
        if key_record(effect.algorithm, public) != effect.record:
            raise NodeRefused(f"{effect.source}: {effect.path} is not the key that was laid there")

    async def look(self, effect: LookAtKey) -> None:
        domain, selector = effect.domain, effect.selector
        answer = await self._resolver.lookup(Question(key_name(selector, domain), "TXT"))
        found = standing(effect.record, answer)
        report = ReportKeyLook(
            domain=domain,
            selector=selector,
            look=effect.attempt,
            standing=found.standing,
            why=found.why,
        )
        await ask(effect, report, self._handler)

    async def take_away(self, effect: TakeKeyAway) -> None:
        name, failed = file_name(effect.tenant, effect.domain, effect.selector), ""
        try:
            for node in effect.nodes:
                async with asyncio.timeout(EACH_NODE_S):
                    await self._pmta.remove_key(node, name, fence=self._fence())
        except (NodeRefused, NodeSilent, TimeoutError) as failure:
            failed = why(failure)
        report = ReportKeyGone(
            domain=effect.domain, selector=effect.selector, attempt=effect.attempt, why=failed
        )
        await ask(effect, report, self._handler)
