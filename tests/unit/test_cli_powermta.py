"""`email-engine powermta`: what nodes run and wait for, for people and for scripts."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine import cli
from engine.cli import exits
from tests.support.http_engine import HttpEngine

FILE: dict[str, Any] = {
    "tenant": "acme",
    "state": "told",
    "version": 3,
    "ending": "done",
    "kind": "",
    "why": "",
    "ended_at": None,
    "watch": None,
    "breach": "",
    "waiting": None,
    "canary_for": [],
}
WAITING = {
    "choices": 4,
    "why": "too_large",
    "canary": None,
    "said": "7 of 12",
    "next": "choose anew, or POST /approve",
}


def node(**of: Any) -> Any:
    return {"name": "pmta-1", "why": None, "files": [FILE | of]}


@pytest.mark.parametrize(
    ("of", "code", "note"),
    [
        ({}, exits.OK, "done        -"),
        ({"waiting": WAITING, "state": "waits"}, exits.CHANGES, "4 wait (too large): 7 of 12"),
        ({"state": "wanted"}, exits.CHANGES, "done"),
        ({"breach": "PowerMTA does not run"}, exits.WRONG, "failed its watch: PowerMTA"),
        ({"state": "conflict", "ending": "conflict", "why": "edited"}, exits.WRONG, "edited"),
        ({"ending": "failed", "kind": "foreign", "why": "line 3"}, exits.WRONG, "(foreign)  line"),
        ({"ending": "failed", "kind": "too_large", "waiting": WAITING}, exits.CHANGES, "4 wait"),
    ],
)
def test_how_each_file_stands_is_a_line_and_the_code_says_whether_to_look(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str], of: Any, code: int, note: str
) -> None:
    engine.answer = 200, {"items": [node(**of)], "next": None}
    assert cli.main(["powermta", "nodes"]) == code
    assert note in capsys.readouterr().out


def test_for_programs_the_answer_is_as_the_api_has_it(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.answer = 200, {"items": [node(breach="x")], "next": None}
    assert cli.main(["powermta", "nodes", "--json"]) == exits.WRONG
    assert json.loads(capsys.readouterr().out)[0]["files"][0]["breach"] == "x"


def test_the_configuration_is_told_with_what_is_to_change(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    change = {"where": "virtual-mta acme--1", "what": "rate 50/d became 200/d"}
    one = {"node": "pmta-1", "tenant": "acme", "version": 2, "overlay": 1, "state": "wanted"}
    engine.answer = 200, {"items": [one | {"text": "<x>\n", "changes": [change]}], "next": None}
    assert cli.main(["powermta", "config", "--node", "pmta-1"]) == exits.OK
    assert "pmta-1: virtual-mta acme--1: rate 50/d became 200/d" in capsys.readouterr().out
    assert "node=pmta-1" in engine.asked[0][1]
    assert cli.main(["powermta", "config", "--text"]) == exits.OK
    assert capsys.readouterr().out == "# acme on pmta-1, version 2\n<x>\n"


def test_versions_are_told_with_how_they_stood_their_watch(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    one = {"version": 2, "at": "2026-01-05T09:00:00Z", "actor": "key:a", "overlay": 1}
    engine.answer = 200, {"items": [one | {"watch": "breached", "changes": []}], "next": None}
    assert cli.main(["powermta", "versions"]) == exits.OK
    line = capsys.readouterr().out.splitlines()[1]
    assert line.split() == ["2", "2026-01-05T09:00:00Z", "key:a", "1", "breached", "0"]


def test_a_rollback_says_what_it_changes(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    change = {"where": "virtual-mta acme--1", "what": "removed"}
    files = [{"node": "pmta-1", "changes": [change]}]
    engine.answer = 202, {"unchanged": False, "files": files}
    words = ["powermta", "rollback", "1", "--tenant", "acme", "--reason", "a mistake"]
    assert cli.main(words) == exits.OK
    assert "pmta-1: virtual-mta acme--1: removed" in capsys.readouterr().out
    method, path, body = engine.asked[0]
    assert (method, path) == ("POST", "/api/v2/powermta/rollback")
    assert body["version"] == 1


def test_choices_come_from_a_file_and_a_flag_holds_over_it(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "choices.json"
    path.write_text('{"virtual_mtas": [], "dry_run": false}')
    change = {"where": "smtp-pattern-list acme--common", "what": "added"}
    finding = {"where": "pmta-1", "message": "It waits.", "fix": "Confirm."}
    files = [{"node": "pmta-1", "changes": [change]}]
    answer = {"unchanged": False, "dry_run": True, "files": files, "findings": [finding]}
    engine.answer = 200, answer
    assert cli.main(["powermta", "choose", str(path), "--dry-run"]) == exits.OK
    said = capsys.readouterr()
    assert "pmta-1: smtp-pattern-list acme--common: added" in said.out
    assert "pmta-1: It waits. Confirm." in said.err
    assert "nodes tells how it goes" not in said.err
    assert engine.asked[0] == (
        "PUT",
        "/api/v2/powermta/config",
        {"virtual_mtas": [], "dry_run": True},
    )


@pytest.mark.parametrize("text", [None, "{", "[]", pytest.param("[" * 100_000, id="deep")])
def test_choices_that_cannot_be_read_are_asked_of_nobody(
    engine: HttpEngine, tmp_path: Path, text: str | None
) -> None:
    path = tmp_path / "choices.json"
    if text is not None:
        path.write_text(text)
    assert cli.main(["powermta", "choose", str(path)]) == exits.USAGE
    assert not engine.asked


def test_an_import_sends_the_files_and_ends_by_what_is_wrong(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "config"
    path.write_text("log-file /x\n")
    finding = {"where": "config:1", "severity": "error", "rule": "E2", "message": "m", "fix": "f"}
    read = ("virtual_mtas", "pools", "smtp_users", "sources", "kept", "not_proposed")
    answer = {name: [] for name in read} | {"findings": [finding], "applied": False}
    proposal = {"vmta": "a", "command": "POST /api/v2/ips", "body": {"address": "1"}, "remark": "r"}
    engine.answer = 200, answer | {"proposals": [proposal]}
    assert cli.main(["powermta", "import", str(path)]) == exits.WRONG
    said = capsys.readouterr().out
    assert 'a: POST /api/v2/ips {"address": "1"} (r)' in said
    assert "config:1: error E2: m f" in said
    assert engine.asked[0][-1]["files"] == {str(path): "log-file /x\n"}


def test_an_import_wants_files_or_a_node(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["powermta", "import"]) == exits.USAGE
    assert cli.main(["powermta", "import", "/nowhere/config"]) == exits.USAGE
    assert "cannot read /nowhere/config" in capsys.readouterr().err
    assert engine.asked == []
