"""The demo's fleet on real parts: OpenSSH, rbldnsd, MariaDB, and a Bot API over HTTP.

The clock alone is the demo's.  Only reverse and forward records come from the demo's name server,
for rbldnsd serves block lists and nothing else.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from engine.adapters.resolver import AiodnsResolver
from engine.demo import fleet
from engine.demo.dns import DemoDns
from engine.demo.telegram import DemoTelegram
from engine.demo.world import furnish
from engine.ids import IpAddr, ServerId, TenantId, Zone
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.values.dns import DnsAnswer, Question
from engine.values.server import ServerRow
from tests.support.mailwizz_schema import Installation
from tests.support.rbldnsd import Rbldnsd, serving
from tests.support.sshd import RealNode


class SplitResolver:
    """Block lists are asked at rbldnsd, everything else at the demo's name server."""

    def __init__(self, lists: Rbldnsd, names: DemoDns) -> None:
        self._lists = AiodnsResolver((lists.address,))
        self._names = AiodnsResolver((names.address,))

    def _of(self, name: str) -> AiodnsResolver:
        return self._lists if any(name.endswith(zone) for zone in DEFAULT) else self._names

    async def a(self, name: str) -> tuple[str, ...]:
        return await self._of(name).a(name)

    async def aaaa(self, name: str) -> tuple[str, ...]:
        return await self._of(name).aaaa(name)

    async def ptr(self, ip: IpAddr) -> tuple[str, ...]:
        return await self._names.ptr(ip)

    @property
    def name(self) -> str:
        return self._names.name

    async def lookup(self, question: Question) -> DnsAnswer:
        return await self._of(question.name).lookup(question)

    async def close(self) -> None:
        await self._lists.close()
        await self._names.close()


class Servers(NamedTuple):
    lists: Rbldnsd
    names: DemoDns
    telegram: DemoTelegram
    resolver: SplitResolver


@asynccontextmanager
async def serving_the_fleet() -> AsyncIterator[Servers]:
    """Skips the test where rbldnsd is missing."""
    async with AsyncExitStack() as stack:
        lists = stack.enter_context(serving(*DEFAULT))
        names, telegram = DemoDns(), DemoTelegram(fleet.TOKEN)
        for server in (names, telegram):
            await server.start()
            stack.push_async_callback(server.stop)
        furnish(names)
        resolver = SplitResolver(lists, names)
        stack.push_async_callback(resolver.close)
        yield Servers(lists, names, telegram, resolver)


class RealOutside:
    """``engine.demo.outside.Outside`` of real parts."""

    def __init__(
        self,
        lists: Rbldnsd,
        names: DemoDns,
        node: RealNode,
        mailwizz: Installation,
        telegram: DemoTelegram,
    ) -> None:
        self._lists = lists
        self._names = names
        self._node = node
        self._mailwizz = mailwizz
        self._telegram = telegram
        lists.behave(fleet.SORBS, "dead")
        for one in fleet.IPS:
            mailwizz.add(one.hostname)

    async def list(self, ip: IpAddr, zone: Zone) -> None:
        self._lists.list(ip, zone)

    async def clear(self, ip: IpAddr, zone: Zone) -> None:
        self._lists.clear(ip, zone)

    async def spf(self, domain: str, record: str) -> None:
        self._names.txt(domain, record)

    async def file(self, tenant: TenantId) -> str:
        path = Path(self._node.config_dir) / f"ee-{fleet.ENGINE}" / f"{tenant}.conf"
        return path.read_text() if path.exists() else ""

    async def paused(self, vmta: str) -> bool:
        return f"*/{vmta}" in self._node.pmta.peek()["patterns"]

    async def server(self, hostname: str) -> ServerRow:
        table = self._mailwizz.table
        (row,) = self._mailwizz.server.sql(
            "SELECT server_id, hostname, status, daily_quota, hourly_quota"
            f" FROM {table} WHERE hostname = '{hostname}'"
        )
        return ServerRow(ServerId(int(row[0])), row[1], row[2], int(row[3]), int(row[4]))

    async def messages(self) -> Sequence[str]:
        return [message.text for message in self._telegram.transcript]


__all__ = ["RealOutside", "SplitResolver", "furnish"]
