"""The world in memory, in virtual time, and an engine in it that can be restarted."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from engine.app.assemble import Engine, assemble
from engine.app.parts import Parts
from engine.commands import By, Command
from engine.commands.authority import SetAuthority
from engine.commands.host import RegisterHost
from engine.commands.ip import RegisterIp
from engine.demo.mailwizz import DemoMailwizz
from engine.events import Category, Event, Recorded
from engine.events.command import CommandCompleted
from engine.ids import Actor, CommandId, EventId, InstanceId, IpAddr, NodeId, Position, TenantId
from engine.ports import ALL, ConfigHistory, Fence, Page, Wanted
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.rules.dnsbl_health import unused_ip
from engine.runtime.command_handler import Asked
from engine.runtime.pump import BATCH_MAX
from engine.store.memory import MemoryLog
from engine.store.memory_images import MemoryImages
from engine.store.memory_models import MemoryReadModels
from engine.values.alert import Route
from engine.values.authority import Mode
from engine.values.tuning import Tuning
from tests.support import simloop
from tests.support.accounting import MemoryFiles
from tests.support.fake_greeter import FakeGreeter
from tests.support.fake_keys import FakeKeys
from tests.support.fake_messenger import FakeMessenger
from tests.support.fake_node import FakeNode
from tests.support.fake_resolver import FakeResolver
from tests.support.fake_secrets import FakeSecrets
from tests.support.spec import ACME, DAY_1, HOSTNAME, IP, NODE, OTHER, PURPOSE, RIVAL

T = TypeVar("T")
E = TypeVar("E", bound=Event)
EVENTS_MAX = 60_000  # a story of sixty days has about ten thousand
OPERATOR = Actor("key:1")
MAIN = InstanceId("main")
NAMES = {IP: HOSTNAME, OTHER: "mail1.rival.example"}
HOURLY = Tuning(
    node_look_every=timedelta(hours=1),
    list_look_sooner=timedelta(hours=4),
    alert_repeat=timedelta(days=7),  # a story is told once; reminders have tests of their own
)


def virtually(main: Callable[[], Coroutine[Any, Any, T]], seed: int = 0) -> T:
    """The seed decides which of the ready tasks goes first."""
    return simloop.run(main, seed)


class VirtualClock:
    def now(self) -> datetime:
        return DAY_1 + timedelta(seconds=asyncio.get_running_loop().time())

    async def wait_until(self, instant: datetime) -> None:
        await asyncio.sleep((instant - self.now()).total_seconds())


class SlowLog(MemoryLog):
    """Between what one reads and what one does there is time for others."""

    async def read(
        self, category: Category[E], key: str, *, known_only: bool = False
    ) -> list[Recorded[E]]:
        found = await super().read(category, key, known_only=known_only)
        await asyncio.sleep(0.001)
        return found

    async def pages(
        self, after: Position, until: Position, wanted: Wanted = ALL, size: int = 1_000
    ) -> AsyncGenerator[Page, None]:
        async for page in super().pages(after, until, wanted, size):
            await asyncio.sleep(0.001)
            yield page


class World:
    history: ConfigHistory | None = None  # of configurations

    def __init__(self, *, batch_max: int = BATCH_MAX, tuning: Tuning = HOURLY) -> None:
        self.clock = VirtualClock()
        self._ids = count(1)
        self.log = SlowLog(self.clock)
        self.models = MemoryReadModels(self.log)
        self.images = MemoryImages(self.log)
        self.lists = FakeResolver(*DEFAULT)
        self.node = FakeNode()
        self.mailwizz = DemoMailwizz(MAIN)
        self.messenger = FakeMessenger()
        self.greeter = FakeGreeter()
        self.files = MemoryFiles()
        for ip, name in NAMES.items():
            self.lists.names[ip] = (name,)
            self.lists.v4[name] = (ip,)
            self.mailwizz.add(MAIN, name)
        self._batch_max, self._tuning = batch_max, tuning
        self.secrets, self.keys = FakeSecrets(), FakeKeys()
        self.engine = self._engine()
        self.last = self.engine  # as it stood when ``run`` came back
        self.log_story: list[Recorded[Event]] = []

    def _engine(self) -> Engine:
        parts = Parts(
            log=self.log,
            models=self.models,
            images=self.images,
            clock=self.clock,
            ids=self.new_id,
            resolver=self.lists,
            pmta=self.node,
            mailwizz=self.mailwizz,
            messenger=self.messenger,
            chats=lambda tenant: (Route("-100"),),
            fence=lambda: Fence(1, "test"),
            unused_ip=lambda: unused_ip(7),
            greeter=self.greeter,
            history=self.history,
            accounting=self.files,
            secrets=self.secrets,
            keys=self.keys,
            allow_reserved=True,
        )
        return assemble(
            parts, tuning=self._tuning, batch_max=self._batch_max, nap_max=timedelta(hours=6)
        )

    def new_id(self) -> EventId:
        n = next(self._ids)
        assert n < EVENTS_MAX, "the log grows without end"
        return EventId(f"00000000-0000-7000-8000-{n:012x}")

    async def run(self, until: datetime, *, restarts: Sequence[datetime] = ()) -> None:
        for stop_at in (*restarts, until):
            with suppress(TimeoutError):
                async with asyncio.timeout((stop_at - self.clock.now()).total_seconds()):
                    await self.engine.pump.run()
            self.last, self.log_story = self.engine, await self.story()
            self.restart()

    def restart(self) -> None:
        """Everything in memory is gone; log, rows and world stay."""
        self.engine = self._engine()

    async def ask(self, command: Command, tenant: TenantId | None = ACME) -> CommandCompleted:
        request = CommandId(str(next(self._ids)))
        by = By(tenant=tenant, actor=OPERATOR, cause=request, id=request)
        return (await self.engine.handler.handle([Asked(command, tenant)], by)).completed

    async def let(self, mode: Mode, *over: str) -> None:
        for one in over or ("engine", f"node-{NODE}", f"tenant-{ACME}", f"tenant-{RIVAL}"):
            await self.ask(SetAuthority(over=one, mode=mode, why="a test"), None)

    async def register_node(self, node: NodeId = NODE) -> None:
        host = RegisterHost(
            node=node,
            host="h",
            port=22,
            user="u",
            host_key="k",
            config_dir="/etc/pmta",
            pmta="pmta",
        )
        await self.ask(host, None)

    async def warm_up(
        self, ip: IpAddr = IP, tenant: TenantId = ACME, domains: tuple[str, ...] = ()
    ) -> None:
        register = RegisterIp(ip=ip, node=NODE, purpose=PURPOSE, instance=MAIN, domains=domains)
        await self.ask(register, tenant)

    async def story(self) -> list[Recorded[Event]]:
        return await self.log.read_from(Position(0), EVENTS_MAX)

    async def happened(self, kind: type[T]) -> list[T]:
        return [one.event for one in await self.story() if isinstance(one.event, kind)]
