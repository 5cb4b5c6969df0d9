"""kill -9 in the middle of a rollout and of a warm-up step, and the same end as without it."""

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

import asyncpg
import msgspec
import pytest

from engine.demo import fleet
from engine.demo.dns import DemoDns
from engine.demo.world import furnish
from engine.rules import pmta_config
from tests.e2e.process import Plan
from tests.support.mailwizz_schema import PASSWORD, Installation
from tests.support.mariadb import MariaDb
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
    database: str,
    tmp_path: Path,
) -> Iterator[Process]:
    settings = mailwizz.settings()
    plan = Plan(
        dsn=database,
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
