"""The demo's story on real parts: OpenSSH, rbldnsd, MariaDB, Postgres, HTTP."""

import io
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from engine.adapters.mailwizz import MailwizzSql
from engine.demo import fleet
from engine.demo.screen import Screen
from engine.demo.story import Story
from tests.e2e.real_engine import Around, running_among
from tests.e2e.real_world import RealOutside, serving_the_fleet
from tests.support.mailwizz_schema import Installation
from tests.support.mariadb import MariaDb
from tests.support.postgres import Database
from tests.support.sshd import RealNode

pytestmark = [pytest.mark.e2e, pytest.mark.real]


async def test_six_weeks_of_one_fleet(
    database: Database, real_node: RealNode, mariadb: MariaDb, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        lists, names, telegram, resolver = await stack.enter_async_context(serving_the_fleet())
        installation = Installation(mariadb, "story", "late")
        outside = RealOutside(lists, names, real_node, installation, telegram)
        mailwizz = MailwizzSql({fleet.INSTANCE: installation.settings()})
        stack.push_async_callback(mailwizz.close)
        around = Around(database, real_node, resolver, mailwizz, telegram)
        engine = await stack.enter_async_context(running_among(around, tmp_path))
        story = Story(
            outside=outside,
            clock=engine.clock,
            log=engine.log,
            ask=engine.ask,
            screen=Screen(io.StringIO()),
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
