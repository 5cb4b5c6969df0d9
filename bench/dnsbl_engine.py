"""The whole engine over a database and a name server; the rest of its outside is a stand-in."""

import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple

from engine.adapters.resolver import AiodnsResolver
from engine.adapters.system import SystemClock, TimeOrderedIds, token
from engine.adapters.systemd import Systemd
from engine.app.parts import Parts
from engine.app.serve import Live, running
from engine.app.settings import Settings
from engine.app.stores import open_stores
from engine.config import Api, Config
from engine.demo.mailwizz import DemoMailwizz
from engine.effects.dnsbl import LookUp
from engine.ids import InstanceId, IpAddr, Position, TenantId
from engine.rules.dnsbl_catalogue import DEFAULT, Catalogue
from engine.rules.dnsbl_health import unused_ip
from engine.runtime.perform.dnsbl import Rounds
from engine.runtime.perform.dnsbl_plan import Known
from tests.support.fake_messenger import FakeMessenger
from tests.support.fake_node import FakeNode

TENANT = TenantId("bench")
PLAIN = Config(api=Api(port=0))


class Engine(NamedTuple):
    live: Live
    parts: Parts

    def rounds(self) -> Rounds:
        """Into this engine's log and by its views."""
        return Rounds(
            resolver=self.parts.resolver,
            log=self.parts.log,
            ids=self.parts.ids,
            known=Known(self.live.engine.views, self.parts.catalogue),
            clock=self.parts.clock,
            random_ip=self.parts.unused_ip,
            bulk=self.parts.bulk,
        )

    def look(self, ip: IpAddr) -> LookUp:
        return LookUp(tenant=TENANT, cycle=Position(0), ip=ip, urgent=True)

    async def folded(self) -> None:
        """Views stand, and their rows are written."""
        await self.live.engine.pump.reached(await self.parts.log.head())


@asynccontextmanager
async def engine(
    dsn: str, nameserver: str, catalogue: Catalogue = DEFAULT, config: Config = PLAIN
) -> AsyncIterator[Engine]:
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        stores = await stack.enter_async_context(open_stores(dsn, config, clock))
        resolver = AiodnsResolver([nameserver])
        stack.push_async_callback(resolver.close)
        parts = Parts(
            log=stores.log,
            models=stores.models,
            images=stores.images,
            clock=clock,
            ids=TimeOrderedIds(clock.now),
            resolver=resolver,
            pmta=FakeNode(),
            mailwizz=DemoMailwizz(InstanceId("main")),
            messenger=FakeMessenger(),
            chats=lambda _: (),
            fence=stores.fence,
            unused_ip=lambda: unused_ip(secrets.randbits(32)),
            catalogue=catalogue,
            bulk=resolver.many,
            allow_reserved=config.allow_reserved_addresses,
        )
        settings = Settings(config, token, Systemd(""), jobs=(stores.keep,))
        live = await stack.enter_async_context(running(parts, settings))
        yield Engine(live, parts)
