"""The API over a small log in memory, and clients that hold keys."""

import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from engine.api.app import build
from engine.api.deps import Deps, UnderWay
from engine.api.exports import Exports
from engine.api.key_uses import ForgetsUses, KeyUses
from engine.api.keys import BITS, NewKey, make_key
from engine.api.open_requests import OpenRequests
from engine.api.rates import Rates
from engine.api.refusals import Refusals
from engine.api.seals import Seal
from engine.api.shown_ips import ShownIps
from engine.api.turns import Turns
from engine.api.validations import Validations
from engine.commands import By, Command
from engine.commands.host import RegisterHost
from engine.commands.key import IssueKey
from engine.events import Event, Recorded
from engine.events.ip import IpEvent
from engine.ids import Actor, EngineId, EventId, InstanceId, NodeId, Position, TenantId
from engine.ports import New, Slice
from engine.projections import PROJECTIONS
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.runtime.command_handler import Asked, CommandHandler
from engine.runtime.past import Past
from engine.runtime.rebuild import Rebuilds
from engine.store.memory_images import MemoryImages
from engine.store.memory_models import MemoryReadModels
from engine.values.scope import Scope
from engine.values.traffic import Source
from engine.values.tuning import Tuning
from tests.support import api_contract
from tests.support.fake_node import FakeNode
from tests.support.fake_resolver import FakeResolver
from tests.support.small_pump import AwayLog, SmallPump
from tests.support.spec import DAY_1, NODE

ALL: tuple[Scope, ...] = ("read", "operate", "deploy", "admin")
TENANTS = [
    {
        "slug": slug,
        "name": name,
        "brand_domain": f"{slug}.com",
        "sending_domain_base": f"{slug}-mail.com",
    }
    for slug, name in (("sos-expat", "SOS Expat"), ("ulixai", "Ulixai"))
]
COUNTED = {NODE: Source(directory="/var/log/pmta/moved")}
SOS, ULIXAI = TenantId("sos-expat"), TenantId("ulixai")


class StandingClock:
    at = DAY_1

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    async def wait_until(self, instant: datetime) -> None:
        raise AssertionError("the API waits for no clock")


class Said(NamedTuple):
    """An answer, read."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def problem(self) -> tuple[int, str, str | None]:
        assert self.headers["Content-Type"] == "application/problem+json", self.body
        kind = self.body["type"].removeprefix("urn:email-engine:problem:")
        return self.status, kind, self.body.get("field")


class Client:
    """Somebody with a key, or without."""

    def __init__(self, http: TestClient[web.Request, web.Application], key: str | None) -> None:
        self._http, self.key = http, key

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Said:
        sent = dict(headers or {})
        if self.key:
            sent.setdefault("Authorization", f"Bearer {self.key}")
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        async with self._http.request(method, path, json=body, data=data, headers=sent) as response:
            text = await response.read()
            kind = response.headers.get("Content-Type", "")
            api_contract.check(method, path, response.status, text, kind)
            whole = text[:1] in b"{[" and text and "ndjson" not in kind
            read = await response.json(content_type=None) if whole else text
            return Said(response.status, read, response.headers)

    async def get(self, path: str, **more: Any) -> Said:
        return await self.ask("GET", path, **more)

    async def post(self, path: str, body: object = None, **more: Any) -> Said:
        return await self.ask("POST", path, body, **more)


class ApiWorld:
    def __init__(
        self,
        http_of: "Http",
        accounting: Mapping[NodeId, Source],
        rates: Rates,
        refusals: Refusals,
    ) -> None:
        self.rates = rates
        self.refusals = refusals
        self._numbers = count(1)
        self.clock = StandingClock()
        self.log = AwayLog(self.clock)
        self.models = MemoryReadModels(self.log)
        self.images = MemoryImages(self.log)
        self.pump = SmallPump(self.log, self.models)
        self.handler = CommandHandler(log=self.log, clock=self.clock, ids=self.new_id)
        self.rebuilds = Rebuilds(
            log=self.log,
            models=self.models,
            clock=self.clock,
            pump=self.pump,
            views=self.pump.views,
            projections=PROJECTIONS,
        )
        self.requests = OpenRequests()
        self.exports = Exports()
        self.resolver = FakeResolver(takes_s=0)
        self.pmta = FakeNode(takes_s=0, answers_s=0)
        keys: dict[NodeId, tuple[str, ...]] = {NODE: ("/path/to", "/etc/pmta/keys")}
        self.tuning = Tuning(key_dirs=keys, accounting=dict(accounting))
        self.leads = True
        self.key_uses = KeyUses(ForgetsUses())
        self.unwell: tuple[str, ...] = ()  # why it should be started again
        self.telegram = ""  # why nobody is heard there
        self.configured_chats: frozenset[str] | None = frozenset()  # None: there is no bot
        self.mail = ""  # why the last alert by mail was not taken
        self.under_way = UnderWay((), (), None)
        self.instances: dict[TenantId, tuple[InstanceId, ...]] = {SOS: (InstanceId("main"),)}
        self.shared: set[InstanceId] = set()  # that more than one tenant may name
        self.seen: list[tuple[str, str, int]] = []
        self.http = http_of(build(self.deps()))

    def deps(self) -> Deps:
        return Deps(
            handler=self.handler,
            log=self.log,
            models=self.models,
            views=self.pump.views,
            pump=self.pump,
            rebuilds=self.rebuilds,
            past=Past(self.log, self.images, PROJECTIONS),
            clock=self.clock,
            ids=self.new_id,
            token=self.token,
            leads=lambda: self.leads,
            mailwizz_for=lambda tenant: self.instances.get(tenant, ()),
            mailwizz_shared=lambda instance: instance in self.shared,
            allow_reserved=False,
            metrics=self.metrics,
            unwell=lambda: self.unwell,
            telegram=lambda: self.telegram,
            configured_chats=lambda: self.configured_chats,
            mail=lambda: self.mail,
            agenda=lambda: self.under_way,
            version="0.1.0",
            engine_id=EngineId("main"),
            requests=self.requests,
            epoch=lambda: self.log.fence().epoch,
            resolver=self.resolver,
            pmta=self.pmta,
            tuning=self.tuning,
            validations=Validations(),
            exports=self.exports,
            turns=Turns(),
            seal=Seal(bytes(32)),
            key_uses=self.key_uses,
            shown_ips=ShownIps(DEFAULT),
            rates=self.rates,
            refusals=self.refusals,
            seen=lambda method, route, status, seconds: self.seen.append((method, route, status)),
        )

    async def metrics(self, *, ready: bool) -> bytes:
        return b"email_engine_ready %d\n" % ready

    def new_id(self) -> EventId:
        return EventId(f"00000000-0000-7000-8000-{next(self._numbers):012x}")

    def token(self, bits: int) -> bytes:
        return hashlib.sha512(b"%d" % next(self._numbers)).digest()[: bits // 8]

    def client(self, key: str | None = None) -> Client:
        return Client(self.http, key)

    async def issue(self, owner: TenantId | None, *scopes: Scope, random: bytes = b"") -> NewKey:
        key = make_key(random or self.token(BITS))
        issue = IssueKey(key=key.id, digest=key.digest, scopes=scopes, owner=owner)
        await self.order(issue, owner)
        return key

    async def key(self, owner: TenantId | None, *scopes: Scope) -> Client:
        return self.client((await self.issue(owner, *scopes)).text)

    async def admin(self) -> Client:
        return await self.key(None, *ALL)

    async def order(self, command: Command, tenant: TenantId | None = None) -> None:
        by = By(tenant=tenant, actor=Actor("engine"), cause="a test")
        await self.handler.handle([Asked(command, tenant)], by)
        await self.pump.reached(await self.log.head())

    async def node(self, name: str = NODE) -> None:
        host = RegisterHost(
            node=NodeId(name),
            host="192.0.2.1",
            port=22,
            user="u",
            host_key="ssh-ed25519 AAAA",
            config_dir="/etc/pmta",
            pmta="/usr/sbin/pmta",
        )
        await self.order(host)

    async def happens(
        self, tenant: TenantId | None, key: str, *events: Event, cause: str = "a test"
    ) -> None:
        """To an address, whoever decided it."""
        slices = [
            Slice(
                stream=f"{'ip' if isinstance(event, IpEvent) else 'dnsbl'}-{key}",
                tenant=tenant,
                events=[New(self.new_id(), event)],
            )
            for event in events
        ]
        await self.log.append(slices, actor=Actor("engine"), cause=cause)
        await self.pump.reached(await self.log.head())

    async def two_tenants(self) -> tuple[Client, Client, Client]:
        """An admin's client, and one of each tenant; there is one node."""
        await self.node()
        admin = await self.admin()
        made = await admin.post("/api/v2/tenants", TENANTS)
        assert made.status == 201, made.body
        return admin, *(self.client(one["key"]) for one in made.body)  # type: ignore[return-value]

    @property
    def length(self) -> int:
        """Of the log: what changes nothing leaves it as it was."""
        return len(self.log.database.entries)

    def tags(self) -> list[str]:
        return [entry.tag for entry in self.log.database.entries]

    async def events(self) -> list[Recorded[Event]]:
        return await self.log.read_from(Position(0), self.length)


Http = Any


@asynccontextmanager
async def api_world(
    *, counted: bool = False, rates: Rates | None = None, refused: int = 0
) -> AsyncIterator[ApiWorld]:
    """``counted``: there is a source of traffic.  ``refused``: times a minute that an address may
    come without a good key; 0: any number.
    """
    accounting = COUNTED if counted else {}
    world = ApiWorld(
        lambda app: TestClient(TestServer(app)), accounting, rates or Rates(), Refusals(refused)
    )
    async with world.http:
        yield world
