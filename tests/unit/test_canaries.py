"""Secrets are planted, and no log line holds one, however it got there."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from engine import config as configuration
from engine import logs

CANARY = "canary-{}-xyzzy"
PLACES = ("dsn", "migrate", "mailwizz", "telegram", "ssh", "list")
# The file may hold no password; the environment may.
ENVIRONMENT = {
    "EMAIL_ENGINE__DATABASE__MIGRATE_DSN": (
        f"postgresql://owner:{CANARY.format('migrate')}@db.example/mail"
    )
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A configuration that names a secret in every place that has one."""
    for name in PLACES:
        (tmp_path / name).write_text(f"{CANARY.format(name)}\n")
    canary = CANARY.format("dsn")
    (tmp_path / "dsn").write_text(f"postgresql://engine:{canary}@db.example/mail\n")
    (tmp_path / "ssh").write_text(f"-----BEGIN KEY-----\n{CANARY.format('ssh')}\n")
    path = tmp_path / "engine.toml"
    path.write_text(
        f"""
        data_dir = "{tmp_path}"
        [database]
        dsn_file = "{tmp_path}/dsn"
        [ssh]
        key_file = "{tmp_path}/ssh"
        [telegram]
        token_file = "{tmp_path}/telegram"
        [mailwizz.main]
        user = "u"
        database = "m"
        password_file = "{tmp_path}/mailwizz"
        """
    )
    return path


@pytest.fixture
def said(file: Path) -> Iterator[io.StringIO]:
    """What the log says, set up as the program does it."""
    out, hidden = io.StringIO(), logs.Hidden()
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    logs.set_up(out, hidden=hidden)
    hidden.add(*configuration.secrets(configuration.load(file, ENVIRONMENT)))
    yield out
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("place", [one for one in PLACES if one != "list"])
def test_no_line_holds_a_secret_wherever_in_it_that_stands(place: str, said: io.StringIO) -> None:
    canary = CANARY.format(place)
    url = f"https://api.example/bot{canary}/getMe"
    logs.get("engine").warning("x", where=url, nested={"deep": [canary]}, password=canary)
    logging.getLogger("aiogram").warning("cannot reach %s", url)
    away = ConnectionError(f"postgresql://engine:{canary}@db.example/mail is away")
    logging.getLogger("asyncpg").error("a bug", exc_info=away)
    lines = said.getvalue().splitlines()
    assert len(lines) == 3
    assert canary not in said.getvalue()
    assert "is away" in json.loads(lines[2])["exception"], "the rest is told"


def test_what_json_writes_otherwise_is_hidden_too() -> None:
    hidden = logs.Hidden()
    hidden.add('pass"word\\1', "short", "")
    line = json.dumps({"a": 'it was pass"word\\1', "b": "short"})
    assert json.loads(hidden.out_of(None, "", line)) == {"a": "it was ***", "b": "short"}


def test_a_configuration_shows_no_secret_when_it_is_written_down(file: Path) -> None:
    text = repr(configuration.load(file, ENVIRONMENT))
    shown = [one for one in PLACES if CANARY.format(one) in text]
    assert shown == ["migrate"], "only one that is given itself, by the environment"
