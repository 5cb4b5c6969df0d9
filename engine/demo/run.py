"""The demo from its first line to its last."""

import asyncio
import json
import signal
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp

from engine.adapters.embedded_postgres import EmbeddedPostgres
from engine.adapters.git import GitHistory
from engine.adapters.powermta import PmtaSsh
from engine.adapters.resolver import AiodnsResolver
from engine.adapters.ssh import Ssh
from engine.adapters.system import TimeOrderedIds, token
from engine.adapters.systemd import Systemd
from engine.adapters.telegram import TelegramMessenger
from engine.app.parts import Parts
from engine.app.serve import Live, running
from engine.app.settings import Settings
from engine.app.stores import Stores, open_stores
from engine.demo import fleet
from engine.demo.clock import DemoClock
from engine.demo.outside import DemoOutside
from engine.demo.screen import Screen
from engine.demo.settings import settings
from engine.demo.story import Ask, StepFailed, Story
from engine.demo.world import DemoWorld, world
from engine.errors import StartRefused, innermost
from engine.ids import IpAddr
from engine.projections.ips import IPS
from engine.rules.dnsbl_health import unused_ip
from engine.values.alert import Route
from engine.values.levers import PerDay

DAYS_PER_S = 1.3  # so that a person can follow
UNUSED = 7  # which of the addresses that nobody sends from is asked about

INTRO = """\
email-engine demo: six weeks of a small fleet.
Real: the engine, its log in a Postgres of its own, SSH, DNS and HTTP on loopback.
Simulated: PowerMTA, MailWizz, Telegram, the name server with its block lists, and the clock, which
stands still while anything is under way and then jumps. No mail is sent; without a traffic source
the days of a warm-up count by the calendar, from when the node was told.
"""


async def run(port: int, *, exit_at_end: bool) -> int:
    """0 when the whole story came true, 1 otherwise."""
    screen = Screen()
    screen.say(INTRO)
    began = time.monotonic()
    try:
        async with _stage(port) as (live, story, key):
            ended = asyncio.Event()
            for sign in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(sign, ended.set)
            if not await _unless(ended, story):
                return 130
            await _summary(screen, story, live, time.monotonic() - began)
            if not exit_at_end:
                _look_around(screen, live, key)
                await ended.wait()
    except* StepFailed as failures:
        screen.end()
        screen.say(f"The story did not come true. {innermost(failures)}")
    except* StartRefused as refusals:
        screen.say(f"The demo cannot start: {innermost(refusals)}")
    else:
        return 0
    return 1


async def _unless(ended: asyncio.Event, story: Story) -> bool:
    """The story to its end; False when somebody ended it before."""
    async with asyncio.TaskGroup() as group:
        telling = group.create_task(story.tell())
        waiting = group.create_task(ended.wait())
        await asyncio.wait({telling, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if not telling.done():
            telling.cancel()
            return False
    return True


@asynccontextmanager
async def _stage(port: int) -> AsyncIterator[tuple[Live, Story, str]]:
    """Everything the demo needs, on loopback and in a directory that goes with it."""
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ee-demo-")))
        around = await stack.enter_async_context(world(directory))
        postgres = EmbeddedPostgres(directory / "postgres")
        await postgres.start()
        stack.push_async_callback(postgres.remove)
        clock = DemoClock(fleet.START, days_per_s=DAYS_PER_S)
        config = settings(around.node.registered(fleet.NODE), port=port)
        stores = await stack.enter_async_context(open_stores(postgres.dsn, config, clock))
        parts = await _parts(around, stores, clock, stack)
        parts = parts._replace(history=GitHistory(directory / "config.git"))
        how = Settings(config, token, Systemd(""), jobs=(stores.keep,), nap_max=timedelta(days=1))
        how = how._replace(connections=stores.connections)
        live = await stack.enter_async_context(running(parts, how))
        clock.stand_until(live.at_rest)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        key = live.admin_key or ""
        ask = asker(session, f"http://127.0.0.1:{live.port}", key)
        story = Story(
            outside=DemoOutside(around), clock=clock, log=stores.log, ask=ask, screen=Screen()
        )
        yield live, story, key


async def _parts(
    around: DemoWorld, stores: Stores, clock: DemoClock, stack: AsyncExitStack
) -> Parts:
    resolver = AiodnsResolver((around.dns.address,))
    stack.push_async_callback(resolver.close)
    ssh = Ssh(
        lambda node: around.node.registered(node) if node == fleet.NODE else None,
        around.node.client_key,
    )
    stack.push_async_callback(ssh.close)
    messenger = TelegramMessenger(fleet.TOKEN, api_base=around.telegram.url)
    stack.push_async_callback(messenger.close)
    return Parts(
        log=stores.log,
        models=stores.models,
        images=stores.images,
        clock=clock,
        ids=TimeOrderedIds(clock.now),
        resolver=resolver,
        pmta=PmtaSsh(ssh, fleet.ENGINE),
        mailwizz=around.mailwizz,
        messenger=messenger,
        chats=lambda _tenant: (Route(fleet.CHAT),),
        fence=stores.fence,
        unused_ip=_unused,
        allow_reserved=True,
    )


def _unused() -> IpAddr:
    return unused_ip(UNUSED)


def asker(session: aiohttp.ClientSession, url: str, key: str) -> Ask:
    headers = {"Authorization": f"Bearer {key}"}

    async def ask(method: str, path: str, body: object) -> tuple[int, Any]:
        async with session.request(
            method, url + path, json=body if body is not None else None, headers=headers
        ) as answer:
            return answer.status, json.loads(await answer.read())

    return ask


async def _summary(screen: Screen, story: Story, live: Live, took_s: float) -> None:
    views = live.engine.views
    screen.say()
    screen.say(f"The whole story came true, in {took_s:.0f} s: {len(story.steps)} steps checked")
    screen.say("from outside, on the node, in MailWizz, on the phone and through the API.")
    screen.say()
    for row in sorted((row for row in views.of(IPS).values() if row.ip), key=lambda row: row.ip):
        cap = row.told.output if row.told else None
        told = f"{cap.cap:,} a day" if isinstance(cap, PerDay) else "paused"
        screen.say(f"  {row.ip:<15} {row.tenant:<10} {row.phase.value:<8} {told}")
    seen = story.seen
    screen.say(
        f"  {live.engine.pump.position:,} events: {seen['dnsbl.looked']:,} looks at the lists,"
        f" {seen['rollout.ended']} rollouts, {seen['server.told']} changes in MailWizz,"
        f" {seen['alert.told']} messages sent or edited"
    )


def _look_around(screen: Screen, live: Live, key: str) -> None:
    url = f"http://127.0.0.1:{live.port}"
    screen.say(
        f"""
The engine stays up on {url} until Ctrl-C; its clock stands still. To look around:

  export EMAIL_ENGINE_URL={url} EMAIL_ENGINE_KEY={key}
  .venv/bin/email-engine ip list
  .venv/bin/email-engine ip show {fleet.UNLUCKY.ip}
  .venv/bin/email-engine domain show {fleet.TENANTS[0].sending_domain_base}
  .venv/bin/email-engine events --after 0
  curl -s -H "Authorization: Bearer $EMAIL_ENGINE_KEY" {url}/api/v2/blacklists/zones
  curl -s {url}/metrics
"""
    )
