"""What a process that must end says last, and with which status."""

import json
import logging
import sys
from functools import partial
from pathlib import Path

import pytest
import structlog

from engine import logs
from engine.app import start
from engine.errors import Deposed, StartRefused, ViewsBroken, ViewsDiffer


@pytest.mark.parametrize(
    ("error", "event"),
    [
        (Deposed("another one leads"), "engine.deposed"),
        (ViewsBroken("engine.view_ips is not there"), "views.broken"),
        (ViewsDiffer("at 7: ips acme/192.0.2.1"), "engine.wrong"),
        (RuntimeError("what a library said"), "engine.bug"),
    ],
)
def test_it_says_why_and_a_supervisor_starts_it_again(
    error: Exception,
    event: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def run(_: object) -> None:
        raise ExceptionGroup("tasks", [ExceptionGroup("of a task", [error])])

    said: list[dict[str, str]] = []

    class Log:
        def critical(self, event: str, **more: object) -> None:
            said.append({"event": event, **{name: repr(one) for name, one in more.items()}})

    (tmp_path / "engine.toml").write_text("")
    monkeypatch.setattr(start, "_run", run)
    monkeypatch.setattr(start, "LOGS", Log())
    monkeypatch.setattr("engine.logs.set_up", lambda **_: None)
    assert start.main(tmp_path / "engine.toml") == 1
    assert [one["event"] for one in said] == [event]
    assert str(error) in json.dumps(said)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("kind", [StartRefused, RuntimeError])
def test_no_last_word_holds_a_secret_whoever_said_it(
    kind: type[Exception],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "engine.toml").write_text(f'[ssh]\nkey_file = "{tmp_path}/ssh"\n')
    (tmp_path / "ssh").write_text("canary-ssh-xyzzy\n")

    async def run(_: object) -> None:
        raise kind("it cannot do with canary-ssh-xyzzy")

    monkeypatch.setattr(start, "_run", run)
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        monkeypatch.setattr(logs, "set_up", partial(logs.set_up, sys.stderr))
        assert start.main(tmp_path / "engine.toml") == 1
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        structlog.reset_defaults()
    said = "".join(capfd.readouterr())
    assert "it cannot do with ***" in said
    assert "canary" not in said
