"""The production start: real clock, real addresses, Postgres by DSN or embedded."""

import asyncio
import secrets
import signal
import sys
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

from engine import config as configuration
from engine import logs
from engine.adapters.accounting import NodeAccounting
from engine.adapters.git import GitHistory
from engine.adapters.mailwizz import MailwizzDb, MailwizzSql
from engine.adapters.powermta import PmtaSsh
from engine.adapters.resolver import AiodnsResolver
from engine.adapters.resolver_check import resolver_check
from engine.adapters.smtp import SmtpGreeter
from engine.adapters.ssh import Ssh
from engine.adapters.system import SystemClock, TimeOrderedIds, token
from engine.adapters.systemd import Systemd
from engine.app import collector
from engine.app.assemble import Engine, Parts
from engine.app.database import database
from engine.app.orders import Orders
from engine.app.people import talk
from engine.app.serve import Live, Settings, running
from engine.app.stores import open_stores
from engine.config import Config
from engine.errors import Deposed, StartRefused, ViewsBroken, ViewsDiffer, innermost
from engine.events.host import HostRegistered
from engine.ids import InstanceId, IpAddr, NodeId
from engine.projections.nodes import NODES
from engine.rules.dnsbl_health import unused_ip
from engine.runtime.views import Views

LOGS = logs.get("engine")


def main(path: Path) -> int:
    """0 after a clean stop, 1 when it could not start or leads no more."""
    logs.set_up()
    code = 0
    try:
        asyncio.run(_run(configuration.load(path)))
    except* StartRefused as refused:
        print(f"email-engine cannot start: {innermost(refused)}", file=sys.stderr)
        code = 1
    except* Deposed as deposed:
        LOGS.critical("engine.deposed", why=str(innermost(deposed)))
        code = 1
    except* ViewsBroken as broken:
        LOGS.critical("views.broken", why=str(innermost(broken)))
        code = 1
    except* ViewsDiffer as differ:
        LOGS.critical("engine.wrong", why=str(innermost(differ)), next="start it again")
        code = 1
    return code


class _Nodes:
    """How to reach a node, once the views are there to say it."""

    views: Views | None = None

    def __call__(self, node: NodeId) -> HostRegistered | None:
        return None if self.views is None else self.views.get(NODES, node).registered


async def _run(config: Config) -> None:
    clock, nodes = SystemClock(), _Nodes()
    systemd = Systemd(configuration.notify_socket())
    lists = configuration.block_lists(config)
    orders = Orders()

    def found(engine: Engine) -> None:
        nodes.views, orders.handler = engine.views, engine.handler

    async with AsyncExitStack() as stack:
        dsn = await stack.enter_async_context(database(config, make=True))
        stores = await stack.enter_async_context(open_stores(dsn, config, clock))
        resolver = AiodnsResolver(config.dns.nameservers)
        stack.push_async_callback(resolver.close)
        ssh = Ssh(nodes, Path(config.ssh.key_file))
        stack.push_async_callback(ssh.close)
        mailwizz = MailwizzSql(_databases(config))
        stack.push_async_callback(mailwizz.close)
        people = await stack.enter_async_context(talk(config, stores.models, orders))
        parts = Parts(
            log=stores.log,
            models=stores.models,
            images=stores.images,
            clock=clock,
            ids=TimeOrderedIds(clock.now),
            resolver=resolver,
            pmta=PmtaSsh(ssh, config.engine_id),
            mailwizz=mailwizz,
            messenger=people.messenger,
            chats=people.chats,
            fence=stores.fence,
            unused_ip=_unused,
            greeter=SmtpGreeter(),
            history=GitHistory(Path(config.data_dir) / "config.git"),
            accounting=NodeAccounting(config.tuning().accounting, ssh),
            catalogue=lists,
            bulk=resolver.many,
            checks=partial(resolver_check, resolver),
            engine_id=config.engine_id,
            allow_reserved=config.allow_reserved_addresses,
        )
        settings = Settings(
            config,
            token,
            systemd,
            jobs=(stores.keep, *people.jobs),
            watchdog_s=configuration.watchdog_s(),
            found=found,
        )
        async with running(parts, settings) as live:
            collector.settle()
            _show_key(config, live)
            await _signalled()


async def _signalled() -> None:
    ended = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, ended.set)
    await ended.wait()


def _databases(config: Config) -> dict[InstanceId, MailwizzDb]:
    return {
        instance: MailwizzDb(
            host=table.host,
            port=table.port,
            user=table.user,
            password=configuration.secret(table.password_file),
            database=table.database,
            prefix=table.prefix,
            socket=table.socket,
        )
        for instance, table in config.mailwizz.items()
    }


def _unused() -> IpAddr:
    """A public address that nobody sends from, another one each time."""
    return unused_ip(secrets.randbits(32))


def _show_key(config: Config, live: Live) -> None:
    """Once: to a person at a terminal, else into a file that only its owner reads."""
    if live.admin_key is None:
        return
    if sys.stderr.isatty():
        print(f"\nAdmin key, shown this once:\n\n    {live.admin_key}\n", file=sys.stderr)
        return
    path = Path(config.data_dir) / "admin.key"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(f"{live.admin_key}\n")
    LOGS.info("key.written", path=str(path))
