"""Tables of the read models, harmed by hand, and an engine that mends them from its log."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from engine.store.migrate import migrate
from tests.support.postgres import Database

pytestmark = [pytest.mark.e2e, pytest.mark.real]

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60.0
V2 = "/api/v2"
TENANT = {"name": "Acme", "brand_domain": "acme.example", "sending_domain_base": "acme.example"}


class Program:
    """``email-engine run``, as an operator has it."""

    def __init__(self, database: Database, directory: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._directory = directory
        self._config = directory / "engine.toml"
        self._config.write_text(
            f'data_dir = "{directory}"\n[database]\ndsn = "{database.dsn}"\n'
            f'[api]\nport = {self.port}\n[dns]\nnameservers = ["127.0.0.1:1"]\n'
        )
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self._directory / "log").open("wb") as log:
            self._running = subprocess.Popen(
                [sys.executable, "-m", "engine", "run", "--config", str(self._config)],
                cwd=ROOT,
                stderr=log,
            )
        self._wait(self._ready)

    def _ready(self) -> bool:
        try:
            return bool(self.ask("/readyz")["status"] == "ready")
        except (OSError, HTTPException):
            return False

    def ended(self) -> int:
        """Its status, once it has ended by itself."""
        assert self._running is not None
        return self._running.wait(PATIENCE_S)

    def stop(self) -> None:
        if self._running is not None and self._running.poll() is None:
            self._running.send_signal(signal.SIGTERM)
            assert self.ended() == 0

    def lines(self, event: str) -> list[dict[str, Any]]:
        text = (self._directory / "log").read_text()
        lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == event]

    @property
    def key(self) -> str:
        path = self._directory / "admin.key"
        return path.read_text().strip() if path.exists() else ""

    def ask(self, path: str, body: object = None) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read())

    def cli(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "engine", *words],
            cwd=ROOT,
            env=os.environ
            | {
                "EMAIL_ENGINE_URL": f"http://127.0.0.1:{self.port}",
                "EMAIL_ENGINE_KEY": self.key,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def tenants(self) -> list[str]:
        return [one["slug"] for one in self.ask(f"{V2}/tenants")["items"]]

    def _wait(self, until: Any) -> None:
        give_up = time.monotonic() + PATIENCE_S
        while not until():
            assert time.monotonic() < give_up, (self._directory / "log").read_text()
            time.sleep(0.02)


@pytest.fixture
def program(database: Database, tmp_path: Path) -> Iterator[Program]:
    """Under way, with one tenant."""
    made = Program(database, tmp_path)
    made.start()
    made.ask(f"{V2}/tenants", TENANT | {"slug": "acme"})
    yield made
    made.stop()


def test_a_table_dropped_while_it_runs_ends_it_by_name_and_the_next_start_makes_it_again(
    program: Program, database: Database
) -> None:
    asyncio.run(database.run("DROP TABLE engine.view_tenants"))
    with suppress(OSError, HTTPException):  # answered "later", or cut off
        program.ask(f"{V2}/tenants", TENANT | {"slug": "bolt"})
    assert program.ended() == 1
    (line,) = program.lines("views.broken")
    assert line["level"] == "critical"
    assert 'relation "engine.view_tenants" does not exist' in line["why"]
    assert "Start the engine again: it mends" in line["why"]
    program.start()
    assert program.tenants() == ["acme", "bolt"], "what was asked of it was in the log already"
    assert program.lines("views.lost")[0]["views"] == ["tenants"]
    (line,) = program.lines("views.rebuilding")
    assert line["why"] == "lost, or made by another version: tenants"


def test_a_table_dropped_while_it_stands_still_is_there_at_the_next_start(
    program: Program, database: Database
) -> None:
    program.stop()
    asyncio.run(database.run("DROP TABLE engine.view_tenants; DROP TABLE engine.view_keys"))
    program.start()
    assert program.tenants() == ["acme"]
    assert {one["tenant"] for one in program.ask(f"{V2}/keys")["items"]} == {None, "acme"}


def test_a_start_that_died_before_the_rows_were_there_again_does_not_hide_that_they_were_lost(
    program: Program, database: Database
) -> None:
    program.stop()
    asyncio.run(database.run("DROP TABLE engine.view_tenants"))
    asyncio.run(migrate(database.dsn))  # and no further
    program.start()
    assert program.tenants() == ["acme"]


def test_rows_deleted_by_hand_are_mended_by_a_rebuild_while_it_works(
    program: Program, database: Database
) -> None:
    asyncio.run(database.run("DELETE FROM engine.view_tenants"))
    assert program.tenants() == []
    done = program.cli("rebuild")
    assert (done.returncode, "tenants acme is missing" in done.stdout) == (0, True), done
    assert program.tenants() == ["acme"]
    assert program.lines("views.mended")[0]["first"] == "tenants acme is missing"
    last = json.loads(program.cli("views", "--json").stdout)["last"]
    assert (last["wrong"], last["why"]) == (1, f"asked for by key:{program.key.split('_')[2]}")


def test_a_clean_restart_makes_nothing_anew(program: Program) -> None:
    before = program.ask(f"{V2}/views")["generation"]
    program.stop()
    program.start()
    assert program.ask(f"{V2}/views")["generation"] == before
    assert program.lines("views.rebuilding") == []
