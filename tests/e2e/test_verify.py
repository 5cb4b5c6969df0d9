"""An engine with a server of its own, and an operator who proves its log: beside it, and after."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.cli import exits
from tests.support.postgres import scratch

pytestmark = [pytest.mark.e2e, pytest.mark.real]

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60.0


class Operator:
    def __init__(self, home: Path) -> None:
        self.home = home
        self.config = home / "engine.toml"
        self.config.write_text(f'data_dir = "{home / "data"}"\n[api]\nport = 0\n')

    def start(self) -> "subprocess.Popen[bytes]":
        said = self.home / "log"
        with said.open("wb") as log:
            running = subprocess.Popen(self._engine("run"), cwd=ROOT, stderr=log)
        give_up = time.monotonic() + PATIENCE_S
        while "engine.started" not in said.read_text():
            assert time.monotonic() < give_up, said.read_text()
            time.sleep(0.05)
        return running

    def does(self, *words: str) -> tuple[int, list[str]]:
        done = subprocess.run(self._engine(*words), cwd=ROOT, stdout=subprocess.PIPE, text=True)
        return done.returncode, done.stdout.splitlines()

    def verify(self, *more: str) -> str:
        """Its last line, of a log that is whole."""
        status, lines = self.does("verify", *more)
        assert status == exits.OK, lines
        return lines[-1]

    def anchor_said(self) -> str:
        lines = [json.loads(line) for line in (self.home / "log").read_text().splitlines()]
        last = [line for line in lines if line["event"] == "log.head"][-1]
        return f"{last['position']}:{last['digest']}"

    def _engine(self, verb: str, *words: str) -> list[str]:
        verbs = ("events", "export") if verb == "export" else (verb,)
        config = () if "--file" in words else ("--config", str(self.config))
        return [sys.executable, "-m", "engine", *verbs, *config, *words]


@pytest.fixture
def operator() -> Iterator[Operator]:
    made = scratch()
    yield Operator(made)
    shutil.rmtree(made)


def test_a_log_is_proved_beside_its_engine_and_when_it_stands_still(operator: Operator) -> None:
    running = operator.start()
    try:
        beside = operator.verify()
        assert running.poll() is None, "the engine goes on"
    finally:
        running.terminate()
        assert running.wait(PATIENCE_S) == 0
    anchor = operator.anchor_said()
    proved = beside.rpartition(" to ")[2]
    after = operator.verify("--from", proved, "--views")
    since = int(anchor.partition(":")[0]) - int(proved.partition(":")[0])
    assert after == f"verified {since} events to {anchor}"

    (operator.home / "kept").write_text(anchor.replace(":", " "))
    kept = ("--anchors", str(operator.home / "kept"))
    whole = operator.verify(*kept)
    file = str(operator.home / "log.gz")
    assert operator.does("export", file)[0] == exits.OK
    assert operator.verify("--file", file, *kept) == whole
