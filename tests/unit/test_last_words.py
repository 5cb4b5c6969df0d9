"""What a process that must end says last, and with which status."""

import json
from pathlib import Path

import pytest

from engine.app import start
from engine.errors import Deposed, EngineError, ViewsBroken, ViewsDiffer


@pytest.mark.parametrize(
    ("error", "event"),
    [
        (Deposed("another one leads"), "engine.deposed"),
        (ViewsBroken("engine.view_ips is not there"), "views.broken"),
        (ViewsDiffer("at 7: ips acme/192.0.2.1"), "engine.wrong"),
    ],
)
def test_it_says_why_and_a_supervisor_starts_it_again(
    error: EngineError,
    event: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def run(_: object) -> None:
        raise ExceptionGroup("tasks", [ExceptionGroup("of a task", [error])])

    said: list[dict[str, str]] = []

    class Log:
        def critical(self, event: str, **more: str) -> None:
            said.append({"event": event, **more})

    (tmp_path / "engine.toml").write_text("")
    monkeypatch.setattr(start, "_run", run)
    monkeypatch.setattr(start, "LOGS", Log())
    monkeypatch.setattr("engine.logs.set_up", lambda: None)
    assert start.main(tmp_path / "engine.toml") == 1
    assert [one["event"] for one in said] == [event]
    assert str(error) in json.dumps(said)
    assert capsys.readouterr().err == ""
