"""The production start: real clock, real addresses, Postgres by DSN or embedded."""

import asyncio
import secrets
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from engine import config as configuration
from engine import logs
from engine.adapters.accounting import NodeAccounting
from engine.adapters.dkim_keys import NewKeys
from engine.adapters.git import GitHistory
from engine.adapters.powermta import PmtaSsh
from engine.adapters.prometheus import PartTally
from engine.adapters.resolver_check import resolver_check
from engine.adapters.system import SystemClock, TimeOrderedIds, token
from engine.adapters.systemd import Systemd
from engine.adapters.timed import MAIL, timed
from engine.api.deps import Deps
from engine.app import collector, mail
from engine.app.assemble import Engine
from engine.app.database import database
from engine.app.orders import Orders
from engine.app.outside import Outside, outside
from engine.app.parts import Parts
from engine.app.people import Talk, talk
from engine.app.serve import Live, running
from engine.app.settings import Job, Settings
from engine.app.stores import Stores, open_stores
from engine.app.ways import mail_of
from engine.config import Config
from engine.errors import Deposed, StartRefused, ViewsBroken, ViewsDiffer, innermost
from engine.events.host import HostRegistered
from engine.ids import IpAddr, NodeId
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
    clock, nodes, orders, tally = SystemClock(), _Nodes(), Orders(), PartTally()
    lists = configuration.block_lists(config)
    postman = mail.Postman(mail.mailer(config.mail))

    def found(engine: Engine) -> None:
        nodes.views = engine.views
        people.found(engine.views)

    def opened(deps: Deps) -> None:
        orders.deps = deps
        people.opened()

    async with (
        _stores(config, clock) as stores,
        outside(config, nodes) as around,
        talk(config, stores.models, orders, tally, clock, token) as people,
    ):
        parts = _parts(config, clock, stores, around, people, postman)
        parts = parts._replace(catalogue=lists)
        settings = _settings(config, parts, stores, people, postman, tally)
        async with running(parts, settings._replace(found=found, opened=opened)) as live:
            await mail.refuse_watched(config.mail, live.engine.views)
            collector.settle()
            _show_key(config, live)
            await _signalled()


@asynccontextmanager
async def _stores(config: Config, clock: SystemClock) -> AsyncIterator[Stores]:
    """This process leads the log, and nothing in it is later than the clock."""
    async with database(config, make=True) as dsn, open_stores(dsn, config, clock) as stores:
        if last := (await stores.log.tip()).at:
            clock.not_before(last)
        yield stores


def _parts(
    config: Config,
    clock: SystemClock,
    stores: Stores,
    around: Outside,
    people: Talk,
    postman: mail.Postman,
) -> Parts:
    return Parts(
        log=stores.log,
        models=stores.models,
        images=stores.images,
        clock=clock,
        ids=TimeOrderedIds(clock.now),
        resolver=around.resolver,
        pmta=PmtaSsh(around.ssh, config.engine_id, around.secrets),
        mailwizz=around.mailwizz,
        campaigns=around.campaigns,
        messenger=people.messenger,
        chats=people.chats,
        mailer=postman,
        mail=mail_of(config.mail),
        fence=stores.fence,
        unused_ip=_unused,
        greeter=around.greeter,
        history=GitHistory(Path(config.data_dir) / "config.git"),
        accounting=NodeAccounting(config.tuning().accounting, around.ssh),
        bulk=around.resolver.many,
        secrets=around.secrets,
        keys=NewKeys(),
        checks=partial(resolver_check, around.resolver),
        stepped=clock.stepped,
        engine_id=config.engine_id,
        allow_reserved=config.allow_reserved_addresses,
    )


def _settings(
    config: Config,
    parts: Parts,
    stores: Stores,
    people: Talk,
    postman: mail.Postman,
    tally: PartTally,
) -> Settings:
    jobs: list[Job] = [stores.keep, *people.jobs]
    if config.mail:
        jobs.append(partial(mail.greeted, timed(postman, MAIL, tally)))
    jobs.append(partial(clock_steps.watch, parts.stepped, parts.log, parts.ids, config.engine_id))
    return Settings(
        config,
        token,
        Systemd(configuration.notify_socket()),
        jobs=jobs,
        watchdog_s=configuration.watchdog_s(),
        part_tally=tally,
        connections=stores.connections,
        seal_key=stores.seal_key,
        key_uses=stores.key_uses,
        telegram=people.trouble,
        configured_chats=people.configured,
        mail=postman.trouble,
    )


async def _signalled() -> None:
    ended = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, ended.set)
    await ended.wait()


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
