"""A real engine on a real Postgres, with a small fleet of which everything has been seen once."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import aiohttp
from msgspec.structs import replace

from engine.adapters.prometheus import PartTally
from engine.adapters.system import SystemClock, TimeOrderedIds, token
from engine.adapters.systemd import Systemd
from engine.adapters.timed import MAIL, timed
from engine.app import mail
from engine.app.parts import Parts
from engine.app.serve import Live, running
from engine.app.settings import Settings
from engine.app.stores import Stores, open_stores
from engine.config import Api, Config
from engine.demo.mailwizz import DemoMailwizz
from engine.events import Event
from engine.events.host import HostRegistered
from engine.events.tenant import TenantCreated
from engine.events.traffic import TrafficCounted
from engine.events.zone import ZoneAsked, ZoneHealthChanged
from engine.ids import Actor, InstanceId, IpAddr, TenantId, Zone
from engine.ports import New, Slice
from engine.rules import ladder
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.rules.dnsbl_health import unused_ip
from engine.values.alert import Route
from engine.values.node import Measures
from engine.values.traffic import Counts
from engine.values.verdict import Health
from tests.support import samples
from tests.support.domain_looks import looked as validated
from tests.support.fake_messenger import FakeMessenger
from tests.support.fake_node import FakeNode, Host
from tests.support.fake_resolver import FakeResolver
from tests.support.spec import ACME, IP, NODE, OTHER, PSBL, ZEN
from tests.support.telling import FakeMailer

MAIN = InstanceId("main")
TENANT = TenantCreated(
    slug=ACME,
    name="Acme",
    brand_domain="acme.example",
    sending_domain_base="acme.example",
    day_tz="UTC",
    mailwizz=MAIN,
)
HOST = HostRegistered(
    node=NODE,
    host="h",
    port=22,
    user="u",
    host_key="k",
    config_dir="/etc/pmta",
    pmta="pmta",
)


@asynccontextmanager
async def watched_engine(dsn: str, home: Path) -> AsyncIterator[Live]:
    """It listens on ``Live.port``, and has answered some requests and refused one."""
    clock, config = SystemClock(), Config(api=Api(port=0), data_dir=str(home))
    tally = PartTally()
    async with AsyncExitStack() as stack:
        stores = await stack.enter_async_context(open_stores(dsn, config, clock))
        ids = TimeOrderedIds(clock.now)
        parts = Parts(
            log=stores.log,
            models=stores.models,
            images=stores.images,
            clock=clock,
            ids=ids,
            resolver=FakeResolver(*DEFAULT, takes_s=0),
            pmta=_node(),
            mailwizz=DemoMailwizz(MAIN),
            messenger=FakeMessenger(),
            chats=lambda _: (Route("-100"),),
            fence=stores.fence,
            unused_ip=lambda: unused_ip(7),
            allow_reserved=True,
        )
        settings = Settings(
            config,
            token,
            Systemd(""),
            jobs=(stores.keep, partial(mail.greeted, timed(FakeMailer(), MAIL, tally))),
            part_tally=tally,
            connections=stores.connections,
        )
        live = await stack.enter_async_context(running(parts, settings))
        await _happens(stores, ids)
        await live.engine.pump.reached(await stores.log.head())
        await _asked(live.port)
        yield live


async def _happens(stores: Stores, ids: TimeOrderedIds) -> None:
    now = datetime.now(UTC)
    await _append(stores, ids, None, f"host-{NODE}", HOST)
    healths: tuple[tuple[Zone, Health], ...] = ((ZEN, "alive"), (PSBL, "dead"))
    for zone, health in healths:
        changed = ZoneHealthChanged(zone=zone, health=health, why="a test")
        asked = ZoneAsked(zone=zone, round="r", questions=3, clean=1)
        await _append(stores, ids, None, f"zone-{zone}", changed, asked)
    await _append(stores, ids, ACME, f"tenant-{ACME}", TENANT)
    for ip in (IP, OTHER):
        made = (replace(samples.registered(ip=ip), instance=MAIN), samples.stage(2, ip=ip))
        await _append(stores, ids, ACME, f"ip-{ip}", *made)
        await _append(stores, ids, ACME, f"dnsbl-{ip}", samples.looked(ip=ip))
    told = samples.told(ladder.levers(2))
    await _append(stores, ids, ACME, f"rollout-{NODE}/{ACME}", told)
    await _append(stores, ids, ACME, f"ip-{OTHER}", samples.stopped(ZEN, ip=OTHER, at=now))
    await _append(stores, ids, ACME, "dns-acme.example", validated())
    await _append(stores, ids, ACME, f"traffic-{NODE}", _mail(now))


def _node() -> FakeNode:
    disks = {"/var/spool/pmta": 41}
    measures = Measures(waiting=12, connections_in=3, connections_out=4, load=0.5, disks=disks)
    node = FakeNode(takes_s=0, answers_s=0)
    node.hosts[NODE] = Host(measures=measures)
    return node


def _mail(now: datetime) -> TrafficCounted:
    counts = Counts(delivered=90, hard=2, block=1, deferred=4, complaints=1)
    of_hour: dict[IpAddr, dict[str, Counts]] = {IP: {"yahoo": counts, "gmail": counts}}
    hours = {now.replace(minute=0, second=0, microsecond=0): of_hour}
    return TrafficCounted(node=NODE, file="a.csv", end=1, day_tz="UTC", hours=hours)


async def _append(
    stores: Stores, ids: TimeOrderedIds, tenant: TenantId | None, stream: str, *events: Event
) -> None:
    news = [New(ids(), event) for event in events]
    one = Slice(stream=stream, tenant=tenant, events=news)
    await stores.log.append([one], actor=Actor("engine"), cause="a test")


async def _asked(port: int) -> None:
    async with aiohttp.ClientSession() as http:
        for path in ("/healthz", "/readyz", "/api/v2/nowhere"):
            async with http.get(f"http://127.0.0.1:{port}{path}") as answer:
                await answer.read()
