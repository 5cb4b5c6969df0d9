"""`email-engine chat`: of whom a chat hears is said, never guessed."""

import json
from typing import Any

import pytest

from engine import cli
from engine.cli import exits
from tests.support.http_engine import HttpEngine

CHAT = "-1001234"
ACMES: dict[str, Any] = {
    "chat": CHAT, "tenant": "acme", "platform": False, "severity": "warning",
    "quiet": "22:00-07:00", "quiet_tz": "Europe/Paris", "routed_at": "2026-01-05T09:00:00Z",
}  # fmt: skip
PLATFORMS = ACMES | {
    "chat": "-1005", "tenant": None, "platform": True, "severity": "info", "quiet": "",
    "quiet_tz": "UTC",
}  # fmt: skip


def test_the_list_says_of_whom_each_hears_from_what_on_and_when_it_is_quiet(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.answer = 200, {"items": [ACMES, PLATFORMS], "next": None}
    assert cli.main(["chat", "list"]) == exits.OK
    head, acmes, platforms = capsys.readouterr().out.splitlines()
    assert head.split() == ["CHAT", "HEARS", "OF", "FROM", "QUIET", "SINCE"]
    assert acmes.split() == [
        CHAT, "acme", "warning", "22:00-07:00", "Europe/Paris", "2026-01-05T09:00:00Z",
    ]  # fmt: skip
    assert platforms.split() == ["-1005", "(everything)", "info", "-", "2026-01-05T09:00:00Z"]
    assert cli.main(["chat", "list", "--tenant", "acme"]) == exits.OK
    assert "tenant=acme" in engine.asked[-1][1]


def test_one_is_shown_with_all_of_whom_it_hears_and_no_other(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    bolts = ACMES | {"tenant": "bolt"}
    engine.answer = 200, {"items": [ACMES, bolts, PLATFORMS], "next": None}
    assert cli.main(["chat", "show", CHAT, "--json"]) == exits.OK
    assert json.loads(capsys.readouterr().out) == [ACMES, bolts]
    assert cli.main(["chat", "show", "-1"]) == exits.NOT_FOUND
    out, err = capsys.readouterr()
    assert (out, "chat list --configured" in err) == ("", True)


def test_those_of_the_configuration_are_numbers(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.answer = 200, {"bot": True, "chats": ["-1005", "7"]}
    assert cli.main(["chat", "list", "--configured"]) == exits.OK
    assert capsys.readouterr().out == "-1005\n7\n"
    engine.answer = 200, {"bot": False, "chats": []}
    assert cli.main(["chat", "list", "--configured"]) == exits.OK
    assert capsys.readouterr() == ("", "there is no bot\n")


def test_routing_sends_what_was_said_and_leaves_the_rest_to_the_engine(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.answer = 200, ACMES
    words = ["--severity", "warning", "--quiet", "22:00-07:00", "--quiet-tz", "Europe/Paris"]
    assert cli.main(["chat", "route", CHAT, "--tenant", "acme", *words]) == exits.OK
    assert engine.asked[-1] == (
        "PUT",
        f"/api/v2/chats/{CHAT}",
        {"tenant": "acme", "severity": "warning", "quiet": "22:00-07:00",
         "quiet_tz": "Europe/Paris"},
    )  # fmt: skip
    assert f"chat {CHAT} hears of acme" in capsys.readouterr().err
    assert cli.main(["chat", "route", CHAT, "--platform"]) == exits.OK
    sent: Any = engine.asked[-1][2]
    assert sent == {"platform": True}
    assert "hears of everything" in capsys.readouterr().err


def test_removing_says_for_whom(engine: HttpEngine, capsys: pytest.CaptureFixture[str]) -> None:
    engine.answer = 200, {"chat": CHAT, "tenant": "acme", "routed": False}
    assert cli.main(["chat", "remove", CHAT, "--tenant", "acme"]) == exits.OK
    assert engine.asked[-1] == ("DELETE", f"/api/v2/chats/{CHAT}?tenant=acme", None)
    assert "no more" in capsys.readouterr().err
    assert cli.main(["chat", "remove", CHAT, "--platform", "--json"]) == exits.OK
    assert engine.asked[-1][1] == f"/api/v2/chats/{CHAT}?platform=true"
    assert json.loads(capsys.readouterr().out)["routed"] is False


@pytest.mark.parametrize("verb", ["route", "remove"])
@pytest.mark.parametrize("whose", [[], ["--tenant", "acme", "--platform"]])
def test_of_nobody_or_of_both_is_no_question_to_the_engine(
    engine: HttpEngine, verb: str, whose: list[str]
) -> None:
    assert cli.main(["chat", verb, CHAT, *whose]) == exits.USAGE
    assert engine.asked == []


def test_what_the_engine_refuses_is_said_and_has_its_exit_code(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.answer = 409, {"title": "Refused", "detail": "chat stands in the configuration"}
    assert cli.main(["chat", "route", CHAT, "--tenant", "acme"]) == exits.REFUSED
    assert "stands in the configuration" in capsys.readouterr().err
