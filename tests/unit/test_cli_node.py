"""``node reclaim``, on the command line."""

import json

import pytest

from engine.app import reclaim as place
from engine.cli import exits, main
from engine.errors import LogUnavailable, StartRefused
from engine.store.reclaim import Raised

WORDS = ["node", "reclaim", "--config", "engine.toml", "--epoch"]


def answers(monkeypatch: pytest.MonkeyPatch, answer: Raised | Exception) -> list[int]:
    asked: list[int] = []

    def reclaim(_: object, above: int) -> Raised:
        asked.append(above)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(place, "reclaim", reclaim)
    return asked


def test_it_says_what_the_epoch_was_and_what_comes_next(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = answers(monkeypatch, Raised(3, 50))
    assert main([*WORDS, "50"]) == exits.OK
    assert asked == [50]
    assert "was at epoch 3, and is at 50; now start its engine" in capsys.readouterr().out
    assert main([*WORDS, "50", "--json"]) == exits.OK
    assert json.loads(capsys.readouterr().out) == {"was": 3, "epoch": 50}
    answers(monkeypatch, Raised(60, 60))
    assert main([*WORDS, "50"]) == exits.OK
    assert "at epoch 60 already; nothing was changed" in capsys.readouterr().out


@pytest.mark.parametrize("epoch", ["0", "-1", "x", "1.5", "٣", str(2**53 + 1)])
def test_what_is_no_epoch_is_said_before_anything_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], epoch: str
) -> None:
    asked = answers(monkeypatch, Raised(1, 2))
    assert main([*WORDS, epoch]) == exits.USAGE
    assert asked == []
    assert "epoch" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("failure", "code", "said"),
    [
        (StartRefused("an engine leads"), exits.FAILED, "nothing was changed: an engine leads"),
        (LogUnavailable("db: refused"), exits.UNREACHABLE, "not known: db: refused"),
    ],
)
def test_what_fails_has_its_exit_code(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    failure: Exception,
    code: int,
    said: str,
) -> None:
    answers(monkeypatch, failure)
    assert main([*WORDS, "50"]) == code
    assert said in capsys.readouterr().err
