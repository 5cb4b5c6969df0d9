"""The world as somebody sees it who is not the engine: what the story is checked against."""

from collections.abc import Sequence
from typing import Protocol

from engine.demo import fleet
from engine.demo.world import DemoWorld
from engine.ids import IpAddr, TenantId, Zone
from engine.values.server import ServerRow


class Outside(Protocol):
    async def list(self, ip: IpAddr, zone: Zone) -> None:
        """Put an address on a block list."""

    async def clear(self, ip: IpAddr, zone: Zone) -> None:
        """Take it off again."""

    async def spf(self, domain: str, record: str) -> None:
        """Publish another SPF record."""

    async def file(self, tenant: TenantId) -> str:
        """The tenant's configuration file on the node; "" if there is none."""

    async def paused(self, vmta: str) -> bool:
        """Do the queues of this VMTA stand still?"""

    async def server(self, hostname: str) -> ServerRow:
        """MailWizz's row with this hostname."""

    async def messages(self) -> Sequence[str]:
        """What people read on their phones, as it reads now."""


class DemoOutside:
    """Of the demo world."""

    def __init__(self, world: DemoWorld) -> None:
        self._world = world

    async def list(self, ip: IpAddr, zone: Zone) -> None:
        self._world.dns.list(ip, zone)

    async def clear(self, ip: IpAddr, zone: Zone) -> None:
        self._world.dns.clear(ip, zone)

    async def spf(self, domain: str, record: str) -> None:
        self._world.dns.txt(domain, record)

    async def file(self, tenant: TenantId) -> str:
        path = self._world.node.config.parent / f"ee-{fleet.ENGINE}" / f"{tenant}.conf"
        return path.read_text() if path.exists() else ""

    async def paused(self, vmta: str) -> bool:
        return f"*/{vmta}" in self._world.node.pmta.peek()["patterns"]

    async def server(self, hostname: str) -> ServerRow:
        rows = self._world.mailwizz.rows_of[fleet.INSTANCE].values()
        return next(row for row in rows if row.hostname == hostname)

    async def messages(self) -> Sequence[str]:
        return [message.text for message in self._world.telegram.transcript]
