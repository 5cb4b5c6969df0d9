"""An engine in a process of its own that a test may kill: ``python -m tests.e2e.process FILE``.

FILE is JSON (``Plan``).  Everything the engine meets is real or behind its real protocol; only the
clock is the demo's, so that days pass.  It lives until the instant that the file ``until`` holds,
and goes on from the log's last moment when it is started again.
"""

import asyncio
import logging
import sys
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from engine import logs
from engine.adapters.mailwizz import MailwizzDb, MailwizzSql
from engine.adapters.powermta import PmtaSsh
from engine.adapters.resolver import AiodnsResolver
from engine.adapters.ssh import Ssh
from engine.adapters.system import TimeOrderedIds, token
from engine.adapters.systemd import Systemd
from engine.app.parts import Parts
from engine.app.serve import running
from engine.app.settings import Settings
from engine.app.stores import open_stores
from engine.demo import fleet
from engine.demo.clock import DemoClock
from engine.demo.settings import HOUR_S, settings
from engine.events.host import HostRegistered
from engine.ids import Position
from engine.ports import Log
from engine.rules.dnsbl_health import unused_ip
from engine.runtime.perform.alert import Nobody

DAYS_PER_S = 1000.0
POLL_S = 0.01


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    dsn: str
    nameserver: str
    client_key: str
    node: HostRegistered
    mailwizz: dict[str, object]
    until: str  # a file that holds the instant to live to
    ready: str  # a file that is written once the engine serves: port and admin key


async def main(plan: Plan) -> None:
    async with AsyncExitStack() as stack:
        clock = DemoClock(fleet.START, days_per_s=DAYS_PER_S)
        config = settings(plan.node, port=0, node_look_s=24 * HOUR_S)  # three programs each
        stores = await stack.enter_async_context(open_stores(plan.dsn, config, clock))
        clock.set(max(fleet.START, await _last_moment(stores.log)))
        resolver = AiodnsResolver((plan.nameserver,))
        ssh = Ssh(lambda _node: plan.node, Path(plan.client_key))
        mailwizz = MailwizzSql({fleet.INSTANCE: msgspec.convert(plan.mailwizz, MailwizzDb)})
        for closing in (resolver.close, ssh.close, mailwizz.close):
            stack.push_async_callback(closing)
        parts = Parts(
            log=stores.log,
            models=stores.models,
            images=stores.images,
            clock=clock,
            ids=TimeOrderedIds(clock.now),
            resolver=resolver,
            pmta=PmtaSsh(ssh, fleet.ENGINE),
            mailwizz=mailwizz,
            messenger=Nobody(),
            chats=lambda _tenant: (),
            fence=stores.fence,
            unused_ip=lambda: unused_ip(7),
            allow_reserved=True,
        )
        how = Settings(config, token, Systemd(""), jobs=(stores.keep,), nap_max=timedelta(days=1))
        live = await stack.enter_async_context(running(parts, how))
        clock.stand_until(live.at_rest)
        Path(plan.ready).write_text(f"{live.port} {live.admin_key or '-'}")
        while True:
            until = Path(plan.until).read_text()
            await clock.run_to(datetime.fromisoformat(until))
            Path(plan.until + ".reached").write_text(until)
            await asyncio.sleep(POLL_S)


async def _last_moment(log: Log) -> datetime:
    head = await log.head()
    if not head:
        return fleet.START
    (last,) = await log.read_from(Position(head - 1), 1)
    return last.at


if __name__ == "__main__":
    logs.set_up(level=logging.WARNING)
    asyncio.run(main(msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Plan)))
