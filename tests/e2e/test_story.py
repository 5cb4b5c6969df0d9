"""The demo's story on real parts: OpenSSH, rbldnsd, MariaDB, Postgres, HTTP."""

import io
from collections import Counter
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from engine.adapters.git import GitHistory
from engine.adapters.mailwizz import MailwizzSql
from engine.adapters.powermta import PmtaSsh
from engine.adapters.ssh import Ssh
from engine.adapters.system import TimeOrderedIds, token
from engine.adapters.systemd import Systemd
from engine.adapters.telegram import TelegramMessenger
from engine.app.assemble import Parts
from engine.app.serve import Settings, running
from engine.app.stores import open_stores
from engine.demo import fleet
from engine.demo.clock import DemoClock
from engine.demo.dns import DemoDns
from engine.demo.run import asker
from engine.demo.screen import Screen
from engine.demo.settings import HOUR_S, settings
from engine.demo.story import Story
from engine.demo.telegram import DemoTelegram
from engine.demo.world import furnish
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.rules.dnsbl_health import unused_ip
from engine.values.alert import Route
from tests.e2e.real_world import RealOutside, SplitResolver
from tests.support.mailwizz_schema import Installation
from tests.support.mariadb import MariaDb
from tests.support.postgres import Database
from tests.support.rbldnsd import serving
from tests.support.sshd import RealNode

pytestmark = [pytest.mark.e2e, pytest.mark.real]


async def test_six_weeks_of_one_fleet(
    database: Database, real_node: RealNode, mariadb: MariaDb, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        lists = stack.enter_context(serving(*DEFAULT))
        names, telegram = DemoDns(), DemoTelegram(fleet.TOKEN)
        for server in (names, telegram):
            await server.start()
            stack.push_async_callback(server.stop)
        furnish(names)
        installation = Installation(mariadb, "story", "late")
        outside = RealOutside(lists, names, real_node, installation, telegram)
        config = settings(real_node.registered(fleet.NODE), port=0, node_look_s=24 * HOUR_S)
        clock = DemoClock(fleet.START, days_per_s=1000.0)
        stores = await stack.enter_async_context(open_stores(database.dsn, config, clock))
        resolver = SplitResolver(lists, names)
        ssh = Ssh(real_node.registered, real_node.client_key)
        mailwizz = MailwizzSql({fleet.INSTANCE: installation.settings()})
        messenger = TelegramMessenger(fleet.TOKEN, api_base=telegram.url)
        for one in (resolver, ssh, mailwizz, messenger):
            stack.push_async_callback(one.close)
        parts = Parts(
            log=stores.log,
            models=stores.models,
            images=stores.images,
            clock=clock,
            ids=TimeOrderedIds(clock.now),
            resolver=resolver,
            pmta=PmtaSsh(ssh, fleet.ENGINE),
            mailwizz=mailwizz,
            messenger=messenger,
            chats=lambda _tenant: (Route(fleet.CHAT),),
            fence=stores.fence,
            unused_ip=lambda: unused_ip(7),
            allow_reserved=True,
            history=GitHistory(tmp_path / "config.git"),
        )
        jobs = (stores.keep,)
        live = await stack.enter_async_context(
            running(
                parts,
                Settings(config, token, Systemd(""), jobs=jobs, nap_max=timedelta(days=1)),
            )
        )
        clock.stand_until(live.at_rest)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        ask = asker(session, f"http://127.0.0.1:{live.port}", live.admin_key or "")
        story = Story(
            outside=outside, clock=clock, log=stores.log, ask=ask, screen=Screen(io.StringIO())
        )
        await story.tell()
        assert len(story.steps) > 60
        await as_it_was_written(database)


async def as_it_was_written(database: Database) -> None:
    """The log tells the same story: each step once, and nothing left open."""
    rows = await database.ask("SELECT tag, stream FROM engine.event")
    tags = Counter(row["tag"] for row in rows)
    assert (tags["tenant.created"], tags["ip.registered"], tags["ip.stopped"]) == (2, 4, 1)
    assert tags["ip.warmup_finished"] == 3
    assert tags["rollout.planned"] == tags["rollout.ended"] == tags["rollout.committed"]
    assert tags["server.planned"] == tags["server.told"]
    fired = Counter(row["stream"].split("/")[1] for row in rows if row["tag"] == "alert.fired")
    assert fired.pop("warmup_stage") == tags["ip.stage_entered"]
    assert fired.total() == 6, "SORBS, the listing, an SPF record, three finished warm-ups"
    assert tags["dns.domain_validated"] > 80, "two domains, each day"
    assert not {"effect.stuck", "effect.refused", "effect.withheld", "rollout.unknown"} & set(tags)
