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
from engine.adapters.dkim_keys import NewKeys
from engine.adapters.egress import Egress
from engine.adapters.git import GitHistory
from engine.adapters.mailwizz import MailwizzDb, MailwizzSql
from engine.adapters.mailwizz_api import MailwizzAccess, MailwizzApi
from engine.adapters.powermta import PmtaSsh
from engine.adapters.prometheus import PartTally
from engine.adapters.resolver import AiodnsResolver
from engine.adapters.resolver_check import resolver_check
from engine.adapters.secrets_dir import SecretsDir
from engine.adapters.smtp import SmtpGreeter
from engine.adapters.ssh import Ssh
from engine.adapters.system import SystemClock, TimeOrderedIds, token
from engine.adapters.systemd import Systemd
from engine.adapters.timed import MAIL, timed
from engine.api.deps import Deps
from engine.app import collector, mail
from engine.app.assemble import Engine, Parts
from engine.app.database import database
from engine.app.orders import Orders
from engine.app.people import talk
from engine.app.serve import Live, Settings, running
from engine.app.stores import open_stores
from engine.app.ways import mail_of
from engine.config import Config
from engine.errors import Deposed, StartRefused, ViewsBroken, ViewsDiffer, innermost
from engine.events.host import HostRegistered
from engine.ids import InstanceId, IpAddr, NodeId
from engine.ports import NoSecrets
from engine.projections.nodes import NODES
from engine.rules.dnsbl_health import unused_ip
from engine.runtime import clock_steps
from engine.runtime.views import Views

LOGS = logs.get("engine")


def main(path: Path) -> int:
    """0 after a clean stop, 1 when it could not start or leads no more."""
    hidden = logs.Hidden()
    logs.set_up(hidden=hidden)
    code = 0
    try:
        config = configuration.load(path)
        hidden.add(*configuration.secrets(config))
        asyncio.run(_run(config))
    except* StartRefused as refused:
        why = f"email-engine cannot start: {innermost(refused)}"
        print(hidden.out_of(None, "", why), file=sys.stderr)
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
    except* Exception as bug:  # as any line of the log: a library's words may hold a secret
        LOGS.critical("engine.bug", exc_info=bug, next="tell us, with this line")
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
        nodes.views = engine.views
        people.found(engine.views)

    def opened(deps: Deps) -> None:
        orders.deps = deps
        people.opened()

    async with AsyncExitStack() as stack:
        dsn = await stack.enter_async_context(database(config, make=True))
        stores = await stack.enter_async_context(open_stores(dsn, config, clock))
        if last := (await stores.log.tip()).at:
            clock.not_before(last)
        ids = TimeOrderedIds(clock.now)
        resolver = AiodnsResolver(config.dns.nameservers)
        stack.push_async_callback(resolver.close)
        egress = Egress(open=config.allow_reserved_addresses)
        ssh = Ssh(nodes, configuration.secret_path(config.ssh.key_file), egress)
        stack.push_async_callback(ssh.close)
        secret_files = SecretsDir(Path(config.secrets_dir)) if config.secrets_dir else NoSecrets()
        mailwizz = MailwizzSql(_databases(config))
        stack.push_async_callback(mailwizz.close)
        tally = PartTally()
        people = await stack.enter_async_context(
            talk(config, stores.models, orders, tally, clock, token)
        )
        postman = mail.Postman(mail.mailer(config.mail))
        parts = Parts(
            log=stores.log,
            models=stores.models,
            images=stores.images,
            clock=clock,
            ids=ids,
            resolver=resolver,
            pmta=PmtaSsh(ssh, config.engine_id, secret_files),
            mailwizz=mailwizz,
            campaigns=MailwizzApi(_apis(config)),
            messenger=people.messenger,
            chats=people.chats,
            mailer=postman,
            mail=mail_of(config.mail),
            fence=stores.fence,
            unused_ip=_unused,
            greeter=SmtpGreeter(egress=egress),
            history=GitHistory(Path(config.data_dir) / "config.git"),
            accounting=NodeAccounting(config.tuning().accounting, ssh),
            catalogue=lists,
            bulk=resolver.many,
            secrets=secret_files,
            keys=NewKeys(),
            checks=partial(resolver_check, resolver),
            stepped=clock.stepped,
            engine_id=config.engine_id,
            allow_reserved=config.allow_reserved_addresses,
        )
        greeted = partial(mail.greeted, timed(postman, MAIL, tally))
        steps = partial(clock_steps.watch, clock.stepped, stores.log, ids, config.engine_id)
        settings = Settings(
            config,
            token,
            systemd,
            jobs=(stores.keep, *people.jobs, *([greeted] if config.mail else []), steps),
            watchdog_s=configuration.watchdog_s(),
            found=found,
            opened=opened,
            part_tally=tally,
            connections=stores.connections,
            seal_key=stores.seal_key,
            key_uses=stores.key_uses,
            telegram=people.trouble,
            configured_chats=people.configured,
            mail=postman.trouble,
        )
        async with running(parts, settings) as live:
            await mail.refuse_watched(config.mail, live.engine.views)
            collector.settle()
            _show_key(config, live)
            await _signalled()


async def _signalled() -> None:
    ended = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, ended.set)
    await ended.wait()


def _apis(config: Config) -> dict[InstanceId, MailwizzAccess]:
    return {
        instance: MailwizzAccess(
            base=api.base,
            key=configuration.secret(api.key_file),
            private=configuration.secret(api.private_key_file) if api.private_key_file else "",
        )
        for instance, table in config.mailwizz.items()
        if (api := table.api)
    }


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
