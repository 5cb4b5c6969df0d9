"""`email-engine key`: a key is told once, and a file that cannot be written costs none."""

import json
import stat
from pathlib import Path

import pytest

from engine import cli
from engine.cli import exits
from tests.support.http_engine import HttpEngine

MADE = {
    "id": "4k2", "tenant": "acme", "scopes": ["read"], "revoked": False, "networks": [],
    "issued_at": "2026-01-05T09:00:00Z", "expires_at": None, "successor": None,
    "last_used_at": None, "key": "ee_live_secret", "key_note": "keep it now",
}  # fmt: skip


@pytest.fixture(name="engine")
def makes_keys(engine: HttpEngine) -> HttpEngine:
    engine.answer = 201, MADE
    return engine


def test_a_key_is_told_on_the_screen_alone_and_its_words_are_sent(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--scope", "read", "--network", "192.0.2.0/24", "--expires", "2027-01-01T00:00Z"]
    assert cli.main(["key", "create", "--tenant", "acme", *words]) == exits.OK
    out, err = capsys.readouterr()
    assert (out, "4k2" in err) == ("ee_live_secret\n", True)
    assert engine.asked[-1][2] == {
        "tenant": "acme", "scopes": ["read"], "networks": ["192.0.2.0/24"],
        "expires_at": "2027-01-01T00:00Z",
    }  # fmt: skip


def test_into_a_file_it_goes_for_its_owner_alone_and_not_to_the_screen(
    engine: HttpEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "acme.key"
    asked = ["key", "rotate", "4k1", "--overlap", "2", "--to", str(file), "--json"]
    assert cli.main(asked) == exits.OK
    out, err = capsys.readouterr()
    assert "ee_live_secret" not in out + err
    assert json.loads(out)["key"] == "written to the file"
    assert "2 more hours" in err
    assert file.read_text() == "ee_live_secret\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (engine.asked[-1][1], engine.asked[-1][2]) == (
        "/api/v2/keys/4k1/rotate", {"overlap_hours": 2}
    )  # fmt: skip


def test_a_file_that_is_there_is_not_written_over_and_no_key_is_made(
    engine: HttpEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "acme.key").write_text("another")
    for file in (tmp_path / "acme.key", tmp_path / "nowhere" / "acme.key"):
        asked = ["key", "create", "--tenant", "acme", "--to", str(file)]
        assert cli.main(asked) != exits.OK
    assert engine.asked == []
    assert "move it away" in capsys.readouterr().err


def test_a_refusal_leaves_no_empty_file(engine: HttpEngine, tmp_path: Path) -> None:
    engine.answer = 422, {"title": "Invalid", "detail": "there is no tenant 'acme'"}
    file = tmp_path / "acme.key"
    assert cli.main(["key", "create", "--tenant", "acme", "--to", str(file)]) == exits.REFUSED
    assert not file.exists()


def test_the_list_says_how_long_from_where_and_since_when(
    engine: HttpEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = {name: one for name, one in MADE.items() if not name.startswith("key")}
    ends = {"id": "4k1", "expires_at": "2026-01-06T09:00:00Z", "successor": "4k2"}
    rows = [shown, shown | ends, shown | {"id": "4k0", "revoked": True, "networks": ["10.0.0.0/8"]}]
    engine.answer = 200, {"items": rows, "next": None}
    assert cli.main(["key", "list", "--tenant", "acme"]) == exits.OK
    _, good, old, dead = capsys.readouterr().out.splitlines()
    assert good.split()[:4] == ["4k2", "acme", "read", "good"]
    assert "until 2026-01-06T09:00:00Z, then 4k2" in old
    assert "revoked" in dead
    assert "10.0.0.0/8" in dead


def test_a_revocation_needs_a_reason(engine: HttpEngine) -> None:
    assert cli.main(["key", "revoke", "4k2"]) == exits.USAGE
    engine.answer = 200, {name: one for name, one in MADE.items() if name != "key"}
    assert cli.main(["key", "revoke", "4k2", "--why", "lost"]) == exits.OK
    assert engine.asked[-1][2] == {"why": "lost"}
