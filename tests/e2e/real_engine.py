"""An engine among real parts, with its bot; only the clock is the demo's."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import aiohttp
from msgspec.structs import replace

from engine.adapters.git import GitHistory
from engine.adapters.powermta import PmtaSsh
from engine.adapters.prometheus import PartTally
from engine.adapters.ssh import Ssh
from engine.adapters.system import TimeOrderedIds, token
from engine.adapters.systemd import Systemd
from engine.api.deps import Deps
from engine.app.orders import Orders
from engine.app.parts import Parts
from engine.app.people import talk
from engine.app.serve import Live, running
from engine.app.settings import Settings
from engine.app.stores import open_stores
from engine.config import Chat, Config, Rollouts, Telegram
from engine.demo import fleet
from engine.demo.clock import DemoClock
from engine.demo.run import asker
from engine.demo.settings import HOUR_S, settings
from engine.demo.story import Ask
from engine.demo.telegram import DemoTelegram
from engine.ports import Log, Mailwizz, Resolver
from engine.rules.dnsbl_health import unused_ip
from tests.support.postgres import Database
from tests.support.sshd import RealNode

PERSON = 4242  # an operator


class Around(NamedTuple):
    """What the engine meets."""

    database: Database
    node: RealNode
    resolver: Resolver
    mailwizz: Mailwizz
    telegram: DemoTelegram


class Running(NamedTuple):
    live: Live
    clock: DemoClock
    log: Log
    ask: Ask


@asynccontextmanager
async def running_among(
    around: Around, directory: Path, *, watch_minutes: int = 10
) -> AsyncIterator[Running]:
    """``directory`` is its own; ``watch_minutes`` of each rollout, 0: what is done is believed."""
    config = replace(_config(around, directory), rollouts=Rollouts(watch_minutes=watch_minutes))
    clock, orders, tally = DemoClock(fleet.START, days_per_s=1000.0), Orders(), PartTally()

    def opened(deps: Deps) -> None:
        orders.deps = deps
        people.opened()

    async with AsyncExitStack() as stack:
        stores = await stack.enter_async_context(open_stores(around.database.dsn, config, clock))
        ssh = Ssh(around.node.registered, around.node.client_key)
        stack.push_async_callback(ssh.close)
        people = await stack.enter_async_context(
            talk(config, stores.models, orders, tally, clock, token)
        )
        parts = Parts(
            log=stores.log,
            models=stores.models,
            images=stores.images,
            clock=clock,
            ids=TimeOrderedIds(clock.now),
            resolver=around.resolver,
            pmta=PmtaSsh(ssh, fleet.ENGINE),
            mailwizz=around.mailwizz,
            messenger=people.messenger,
            chats=people.chats,
            fence=stores.fence,
            unused_ip=lambda: unused_ip(7),
            allow_reserved=True,
            history=GitHistory(directory / "config.git"),
        )
        how = Settings(
            config,
            token,
            Systemd(""),
            jobs=(stores.keep, *people.jobs),
            nap_max=timedelta(days=1),
            found=lambda engine: people.found(engine.views),
            opened=opened,
            part_tally=tally,
            configured_chats=people.configured,
        )
        live = await stack.enter_async_context(running(parts, how))
        clock.stand_until(live.at_rest)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        ask = asker(session, f"http://127.0.0.1:{live.port}", live.admin_key or "")
        yield Running(live, clock, stores.log, ask)


def _config(around: Around, directory: Path) -> Config:
    """One chat hears of everything, and one person may give orders there."""
    token_file = directory / "telegram-token"
    token_file.write_text(fleet.TOKEN)
    token_file.chmod(0o600)
    telegram = Telegram(
        token_file=str(token_file),
        api_base=around.telegram.url,
        chats=(Chat(chat=fleet.CHAT, platform=True),),
        users=(PERSON,),
    )
    host = around.node.registered(fleet.NODE)
    made = settings(host, port=0, node_look_s=24 * HOUR_S)
    return replace(made, telegram=telegram)
