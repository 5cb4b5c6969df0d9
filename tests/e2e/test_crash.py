"""kill -9 in the middle of a rollout and of a warm-up step, and the same end as without it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine.demo import fleet
from engine.demo.dns import DemoDns
from engine.demo.world import furnish
from engine.rules.pmta_config import tenant_file
from tests.e2e.process import Plan
from tests.support.mailwizz_schema import PASSWORD, Installation
from tests.support.mariadb import MariaDb
from tests.support.postgres import Database
from tests.support.sshd import RealNode

pytestmark = [pytest.mark.e2e, pytest.mark.real]
PATIENCE_S = 60.0
WEEK_2 = fleet.START.replace(hour=0) + timedelta(days=7)


class Process:
    """The engine, which is started again where it was killed."""

    def __init__(self, plan: Plan, directory: Path) -> None:
        self._file = directory / "plan.json"
        self._file.write_bytes(msgspec.json.encode(plan))
        self.plan = plan
        self.key = ""
        self.port = 0
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        ready = Path(self.plan.ready)
        ready.unlink(missing_ok=True)
        self._running = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.process", str(self._file)],
            cwd=Path(__file__).parents[2],
        )
        wait(lambda: ready.exists() and ready.read_text().count(" ") == 1, "the engine to serve")
        port, key = ready.read_text().split()
        self.port = int(port)
        self.key = self.key if key == "-" else key

    def kill(self) -> None:
        assert self._running is not None
        os.kill(self._running.pid, signal.SIGKILL)
        self._running.wait()

    def live_until(self, instant: datetime) -> None:
        Path(self.plan.until).write_text(instant.isoformat())

    def reached(self, instant: datetime) -> bool:
        path = Path(self.plan.until + ".reached")
        return path.exists() and path.read_text() == instant.isoformat()

    def post(self, path: str, body: object) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read())


def wait(until: Any, what: str) -> None:
    give_up = time.monotonic() + PATIENCE_S
    while not until():
        assert time.monotonic() < give_up, f"waited in vain for {what}"
        time.sleep(0.005)


@pytest.fixture
async def dns() -> AsyncIterator[DemoDns]:
    server = DemoDns()
    await server.start()
    furnish(server)
    yield server
    await server.stop()


@pytest.fixture
def mailwizz(mariadb: MariaDb) -> Installation:
    made = Installation(mariadb, "crash", "late")
    for one in fleet.IPS:
        made.add(one.hostname)
    return made


@pytest.fixture
def process(
    dns: DemoDns,
    real_node: RealNode,
    mailwizz: Installation,
    database: Database,
    tmp_path: Path,
) -> Iterator[Process]:
    settings = mailwizz.settings()
    plan = Plan(
        dsn=database.dsn,
        nameserver=dns.address,
        client_key=str(real_node.client_key),
        node=real_node.registered(fleet.NODE),
        mailwizz={
            "host": settings.host,
            "port": settings.port,
            "user": settings.user,
            "password": PASSWORD,
            "database": settings.database,
        },
        until=str(tmp_path / "until"),
        ready=str(tmp_path / "ready"),
    )
    one = Process(plan, tmp_path)
    one.live_until(fleet.START)
    yield one
    one.kill()


class Log:
    """The log, read by somebody who is not the engine."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def tags(self) -> Counter[str]:
        rows = await self._database.ask("SELECT tag FROM engine.event")
        return Counter(row["tag"] for row in rows)

    async def until(self, tag: str, n: int) -> None:
        give_up = time.monotonic() + PATIENCE_S
        while (await self.tags())[tag] < n:
            assert time.monotonic() < give_up, f"waited in vain for {n} of {tag}"
            await asyncio.sleep(0.002)


def served(node: RealNode, one: fleet.DemoIp) -> str:
    path = Path(node.config_dir) / f"ee-{fleet.ENGINE}" / f"{one.tenant}.conf"
    text = path.read_text() if path.exists() else ""
    block = text.partition(f"<virtual-mta {tenant_file.vmta(one.tenant, one.ip)}>")[2]
    return block.partition("</virtual-mta>")[0]


async def registered(process: Process) -> None:
    tenants = [tenant._asdict() for tenant in fleet.TENANTS]
    await asyncio.to_thread(process.post, "/api/v2/tenants", tenants)
    for one in fleet.IPS:
        body = {"address": one.ip, "purpose": one.purpose, "tenant": one.tenant}
        await asyncio.to_thread(process.post, "/api/v2/ips", body)


async def ends_well(process: Process, log: Log, node: RealNode, mailwizz: Installation) -> None:
    """What holds however often it was killed: the caps of week 2, each outcome once."""
    end = WEEK_2 + timedelta(hours=1)
    process.live_until(end)
    await asyncio.to_thread(wait, lambda: process.reached(end), "the second week")
    for one in fleet.IPS:
        assert "max-smtp-msg-rate 200/d" in served(node, one)
        (row,) = mailwizz.server.sql(
            f"SELECT daily_quota, status FROM {mailwizz.table} WHERE hostname = '{one.hostname}'"
        )
        assert row == ["200", "active"]
    tags = await log.tags()
    assert tags["rollout.planned"] == tags["rollout.ended"]
    assert tags["server.planned"] == tags["server.told"] + tags["server.failed"]
    assert tags["ip.stage_entered"] == 2 * len(fleet.IPS), "no step is taken twice"
    assert tags["ip.registered"] == len(fleet.IPS)
    assert tags["effect.stuck"] == tags["effect.refused"] == 0


async def killed(process: Process, log: Log, tag: str, n: int, *after_s: float) -> None:
    """Each time so long after the ``n``-th event of the tag was there, or after a start since."""
    await log.until(tag, n)
    for seconds in after_s:
        await asyncio.sleep(seconds)
        await asyncio.to_thread(process.kill)
        await asyncio.to_thread(process.start)


async def test_killed_in_the_middle_of_rollouts_and_of_a_warm_up_step(
    process: Process, database: Database, real_node: RealNode, mailwizz: Installation
) -> None:
    log = Log(database)
    await asyncio.to_thread(process.start)
    process.live_until(fleet.START + timedelta(minutes=10))
    await registered(process)
    await killed(process, log, "rollout.planned", 1, 0.0, 0.05, 0.15, 0.3, 0.6)
    process.live_until(WEEK_2 + timedelta(minutes=10))
    await killed(process, log, "ip.stage_entered", len(fleet.IPS) + 1, 0.0, 0.05, 0.2)
    await ends_well(process, log, real_node, mailwizz)
