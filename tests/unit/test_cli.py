"""The program as an operator's shell sees it."""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from engine import cli
from engine.cli import environment, exits, views
from engine.cli.parser import build
from tests.support.http_engine import KEY, Answering, listening

SHOWN: dict[str, Any] = {
    "id": "1.2.3.4",
    "address": "1.2.3.4",
    "hostname": "",
    "tenant": "acme",
    "pool": "acme-news",
    "purpose": "news",
    "node": "pmta-1",
    "phase": "STANDBY",
    "reason": "new",
    "stage": 0,
    "cap": None,
    "intake": "closed",
    "output": "paused",
    "since": "2026-01-05T09:00:00.123456Z",
    "told": {"intake": "open", "output": "per_day", "cap": 1500, "at": None},
    "lists": {"listed": [], "unproved": ["dnsbl.sorbs.net"]},
    "warmup": {"waits_for": ["fcrdns: not known yet", "lists: none\x1b[2J"]},
}


class Engine(ThreadingHTTPServer):
    """Answers what a test laid down, and keeps what was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, tuple[int, object]] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.posted: list[str] = []
        self.later: dict[str, list[object]] = {}  # before the answer: one after the other

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(Answering):
    def do_POST(self) -> None:
        engine = self.server
        assert isinstance(engine, Engine)
        engine.posted.append(self.path)
        self.say(*engine.answers.get(f"POST {self.path}", (404, {})))

    def do_GET(self) -> None:
        engine = self.server
        assert isinstance(engine, Engine)
        engine.asked.append((self.path, self.headers["Authorization"]))
        parts = urlsplit(self.path)
        after = parse_qs(parts.query).get("after", [""])[0]
        found = engine.answers.get(f"{parts.path} {after}") or engine.answers.get(parts.path)
        if engine.later.get(parts.path):
            found = 200, engine.later[parts.path].pop(0)
        self.say(*found or (404, {"title": "There is no such thing", "detail": "none"}))


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    with listening(monkeypatch, Engine()) as engine:
        yield engine


# --- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["evnts"], "did you mean `events`?"),
        (["ip", "shwo"], "did you mean `show`?"),
        (["zzz"], "there are run, demo, events"),
        (["ip"], "VERB"),
        (["ip", "show"], "ADDRESS"),
        (["run"], "--config"),
        (["ip", "list", "--key", KEY], "--key"),
        ([], "COMMAND"),
    ],
)
def test_wrong_words_say_what_was_meant_on_stderr(
    words: list[str], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(words) == exits.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert meant in err


def test_help_is_data_and_names_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == exits.OK
    out, err = capsys.readouterr()
    assert "130 Ctrl-C" in out
    assert err == ""


def verbs(of: argparse.ArgumentParser, *before: str) -> Iterator[tuple[str, set[str]]]:
    """Every command, with its options."""
    under = [one for one in of._actions if isinstance(one, argparse._SubParsersAction)]
    for one in under:
        for name, parser in one.choices.items():
            yield from verbs(parser, *before, name)
    if not under:
        yield " ".join(before), {option for one in of._actions for option in one.option_strings}


def test_every_command_that_ends_with_an_answer_says_it_to_programs_too() -> None:
    without = [name for name, options in verbs(build()) if "--json" not in options]
    assert without == ["run", "demo"]


# --- reading -------------------------------------------------------------------------------------


def test_addresses_are_listed_over_all_pages(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    other = SHOWN | {"address": "1.2.3.5", "phase": "WARMING", "reason": None, "stage": 4}
    other |= {"output": "per_day", "cap": 1500}
    engine.answers["/api/v2/ips"] = 200, {"items": [SHOWN], "next": "b=/&"}
    engine.answers["/api/v2/ips b=/&"] = 200, {"items": [other], "next": None}
    assert cli.main(["ip", "list"]) == exits.OK
    out, err = capsys.readouterr()
    head, one, two = out.splitlines()
    assert head.split()[:2] == ["ADDRESS", "TENANT"]
    assert "STANDBY (new)" in one
    assert "paused" in one
    assert two.split()[4:7] == ["WARMING", "4", "1,500"]
    assert one.index("closed") == two.index("closed")
    assert err == "2 addresses\n"
    assert {key for _, key in engine.asked} == {f"Bearer {KEY}"}


def test_addresses_are_asked_for_as_they_stood_on_every_page(engine: Engine) -> None:
    engine.answers["/api/v2/ips"] = 200, {"items": [SHOWN], "next": "b"}
    engine.answers["/api/v2/ips b"] = 200, {"items": [], "next": None}
    engine.answers["/api/v2/ips/1.2.3.4"] = 200, SHOWN
    when = "2026-03-01T01:00+01:00"
    assert cli.main(["ip", "list", "--as-of", when]) == exits.OK
    assert cli.main(["ip", "show", "1.2.3.4", "--as-of", when]) == exits.OK
    asked = [parse_qs(urlsplit(path).query).get("as_of") for path, _ in engine.asked]
    assert asked == [[when]] * 3


def test_json_is_what_the_api_said_and_nothing_else(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.answers["/api/v2/ips"] = 200, {"items": [SHOWN], "next": None}
    engine.answers["/api/v2/ips/1.2.3.4"] = 200, SHOWN
    assert cli.main(["ip", "list", "--json"]) == exits.OK
    assert json.loads(capsys.readouterr().out) == [SHOWN]
    assert cli.main(["ip", "show", "1.2.3.4", "--json"]) == exits.OK
    out, err = capsys.readouterr()
    assert json.loads(out) == SHOWN
    assert err == ""


def test_an_address_is_shown_with_what_it_waits_for_and_cannot_move_the_cursor(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.answers["/api/v2/ips/1.2.3.4"] = 200, SHOWN
    assert cli.main(["ip", "show", "1.2.3.4"]) == exits.OK
    out = capsys.readouterr().out
    assert "STANDBY (new) since 2026-01-05T09:00:00Z" in out
    assert "intake open, 1,500 a day, at -" in out
    assert "fcrdns: not known yet" in out
    assert "unproved lists  dnsbl.sorbs.net" in out
    assert "\x1b" not in out


# --- failures ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, 5), (403, 5), (404, 3), (409, 5), (422, 5), (500, 1), (503, 1)],
)
def test_each_kind_of_answer_has_its_exit_code(
    engine: Engine, capsys: pytest.CaptureFixture[str], status: int, code: int
) -> None:
    engine.answers["/api/v2/ips/x"] = status, {"title": "No", "detail": "and this is why"}
    assert cli.main(["ip", "show", "x"]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "email-engine: No: and this is why\n"


def test_an_engine_that_is_not_there_is_unreachable(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(environment.KEY, KEY)
    with Engine() as gone:
        url = gone.url
    assert cli.main(["ip", "list", "--url", url]) == exits.UNREACHABLE
    assert f"no engine answers at {url}" in capsys.readouterr().err


def test_something_else_on_the_port_is_no_engine(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.answers["/api/v2/ips"] = 200, b"<html>"
    assert cli.main(["ip", "list"]) == exits.UNREACHABLE
    assert "not an engine" in capsys.readouterr().err


def test_an_address_cannot_lead_to_another_path(engine: Engine) -> None:
    engine.answers["/api/v2/tenants"] = 200, SHOWN
    assert cli.main(["ip", "show", "../tenants?a=/#b"]) == exits.NOT_FOUND
    assert engine.asked[-1][0].startswith("/api/v2/ips/..%2Ftenants%3Fa%3D%2F%23b")


@pytest.mark.parametrize("url", ["ftp://x", "127.0.0.1:8025", "http://", "http://x:port"])
def test_a_url_that_is_none_is_wrong_usage(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(environment.KEY, KEY)
    assert cli.main(["ip", "list", "--url", url]) == exits.USAGE
    assert "http://127.0.0.1:8025" in capsys.readouterr().err


def test_a_key_comes_from_a_file_and_one_that_others_can_read_is_named(
    engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv(environment.KEY)
    engine.answers["/api/v2/ips"] = 200, {"items": [], "next": None}
    file = tmp_path / "key"
    assert cli.main(["ip", "list"]) == exits.USAGE
    assert environment.KEY in capsys.readouterr().err
    assert cli.main(["ip", "list", "--key-file", str(file)]) == exits.USAGE
    assert str(file) in capsys.readouterr().err
    file.write_text(f"{KEY}\n")
    file.chmod(0o644)
    assert cli.main(["ip", "list", "--key-file", str(file)]) == exits.OK
    assert f"chmod 600 {file}" in capsys.readouterr().err
    file.chmod(0o600)
    assert cli.main(["ip", "list", "--key-file", str(file)]) == exits.OK
    assert "chmod" not in capsys.readouterr().err
    assert engine.asked[-1][1] == f"Bearer {KEY}"


# --- read models made anew ------------------------------------------------------------------------

VIEWS: dict[str, Any] = {
    "position": 1234,
    "generation": 3,
    "codecs": {"ips": "1-abc", "alerts": "2-def"},
    "rebuild": None,
    "last": {
        "at": "2026-01-05T09:00:00.5Z",
        "why": "asked for by key:1",
        "position": 1200,
        "rows": 4321,
        "wrong": 2,
        "first": "ips acme/1.2.3.4 is missing",
    },
}
UNDER_WAY = {"why": "", "folded": 500, "head": 1200, "rows": 0, "failed": ""}


def test_the_read_models_are_shown(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    engine.answers["/api/v2/views"] = 200, VIEWS
    assert cli.main(["views"]) == exits.OK
    out = capsys.readouterr().out.splitlines()
    assert out[0].split() == ["stand", "at", "event", "1,234"]
    assert "4,321 rows: asked for by key:1" in out[2]
    assert "2 rows, now mended" in out[3]
    assert out[-2:] == ["alerts  2-def", "ips     1-abc"]
    assert cli.main(["views", "--json"]) == exits.OK
    assert json.loads(capsys.readouterr().out) == VIEWS


def test_a_rebuild_is_waited_for_and_says_how_far_it_is(
    engine: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "POLL_S", 0.0)
    engine.answers["POST /api/v2/views/rebuild"] = 202, VIEWS
    engine.later["/api/v2/views"] = [
        VIEWS | {"rebuild": UNDER_WAY | {"doing": doing, "rows": rows}}
        for doing, rows in (("folding", 0), ("folding", 0), ("laying", 1000))
    ]
    engine.answers["/api/v2/views"] = 200, VIEWS
    assert cli.main(["rebuild"]) == exits.OK
    out, err = capsys.readouterr()
    assert err.splitlines() == [
        "folds the log: event 500 of 1,200, 0 rows written",
        "writes rows: event 500 of 1,200, 1,000 rows written",
    ]
    assert "ips acme/1.2.3.4 is missing" in out
    assert engine.posted == ["/api/v2/views/rebuild"]


def test_a_rebuild_that_fails_or_is_refused_says_why(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.answers["POST /api/v2/views/rebuild"] = 202, VIEWS
    failed = UNDER_WAY | {"doing": "", "failed": "Postgres is away, ask again"}
    engine.answers["/api/v2/views"] = 200, VIEWS | {"rebuild": failed}
    assert cli.main(["rebuild"]) == exits.FAILED
    assert "not rebuilt: Postgres is away, ask again" in capsys.readouterr().err
    refused = {"title": "Not as things stand", "detail": "one is under way"}
    engine.answers["POST /api/v2/views/rebuild"] = 409, refused
    assert cli.main(["rebuild"]) == exits.REFUSED
    assert "one is under way" in capsys.readouterr().err


def test_an_engine_that_ends_while_it_rebuilds_is_explained(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.answers["POST /api/v2/views/rebuild"] = 202, VIEWS
    engine.answers["/api/v2/views"] = 200, b"gone"
    assert cli.main(["rebuild"]) == exits.UNREACHABLE
    assert "ends itself" in capsys.readouterr().err


# --- starting ------------------------------------------------------------------------------------


def test_run_and_demo_are_handed_what_was_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    got: list[object] = []

    def run(config: Path) -> int:
        got.append(config)
        return 7

    def demo(**asked: object) -> int:
        got.append(asked)
        return 0

    start = ModuleType("engine.app.start")  # the real one loads every driver
    monkeypatch.setattr(start, "main", run, raising=False)
    monkeypatch.setitem(sys.modules, "engine.app.start", start)
    monkeypatch.setattr("engine.demo.main", demo)
    assert cli.main(["run", "--config", "engine.toml"]) == 7
    assert cli.main(["demo", "--port", "9000", "--exit"]) == exits.OK
    assert got == [Path("engine.toml"), {"port": 9000, "exit_at_end": True}]


@pytest.mark.parametrize("port", ["x", "-1", "65536", "8025.5", "٣"])
def test_a_port_that_is_none_is_said_before_anything_starts(
    port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["demo", f"--port={port}"]) == exits.USAGE
    assert f"{port!r} is no port: a number up to 65535" in capsys.readouterr().err


def test_a_command_that_reads_loads_no_library_that_takes_its_time() -> None:
    """Which is what keeps its start under 150 ms, whatever the machine."""
    asked = "from engine import cli; cli.main(['ip', 'list']); import sys; print(*sys.modules)"
    said = _python(asked, {environment.URL: "http://127.0.0.1:1", environment.KEY: KEY})
    loaded = set(said.stdout.split())
    assert "engine.cli.reading" in loaded
    slow = {"aiohttp", "aiogram", "asyncpg", "asyncssh", "structlog", "msgspec", "asyncio"}
    assert not loaded & slow


def test_output_into_a_pipe_that_has_seen_enough_is_no_failure(engine: Engine) -> None:
    engine.answers["/api/v2/ips"] = 200, {"items": [SHOWN] * 3_000, "next": None}
    asked = "import sys; from engine import cli; sys.exit(cli.main(['ip', 'list', '--json']))"
    piped = ["sh", "-c", '"$0" -c "$1"; echo $? >&2', sys.executable, asked]
    with subprocess.Popen(
        piped,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={environment.URL: engine.url, environment.KEY: KEY, "PATH": "/usr/bin:/bin"},
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b"0\n"


def _python(code: str, env: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=dict(env),
        cwd=Path(__file__).parents[2],
    )
