"""The configuration: one file, the environment over it, and errors that say what was meant."""

from pathlib import Path

import pytest

from engine import config
from engine.errors import StartRefused
from engine.rules.redaction import fragment


def test_everything_has_a_default() -> None:
    made = config.read({})
    assert (made.engine_id, made.api.host, made.api.port) == ("main", "127.0.0.1", 8025)
    assert not made.allow_reserved_addresses


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"api": {"prot": 1}}, "there is no key `prot` - at `$.api`; did you mean `port`?"),
        ({"nodes": {"a": {"host": "h"}}}, "missing required field `host_key`"),
        ({"api": {"port": "x"}}, "Expected `int`, got `str` - at `$.api.port`"),
        ({"database": {"durability": "none"}}, "Invalid enum value 'none'"),
    ],
)
def test_a_wrong_key_or_value_is_named_with_its_place(table: dict[str, object], said: str) -> None:
    with pytest.raises(StartRefused, match="the configuration: ") as refused:
        config.read(table)
    assert said in str(refused.value)


def test_the_environment_goes_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "engine.toml"
    file.write_text('[api]\nport = 1\nhost = "::1"\n')
    env = {"EMAIL_ENGINE__API__PORT": "2", "EMAIL_ENGINE__ENGINE_ID": "east", "OTHER": "x"}
    made = config.load(file, env)
    assert (made.api.port, made.api.host, made.engine_id) == (2, "::1", "east")


def test_a_file_that_is_missing_or_no_toml_is_said(tmp_path: Path) -> None:
    with pytest.raises(StartRefused, match=r"cannot read the configuration .*No such file"):
        config.load(tmp_path / "nowhere.toml", {})
    broken = tmp_path / "broken.toml"
    broken.write_text("[api\n")
    with pytest.raises(StartRefused, match="not valid TOML"):
        config.load(broken, {})


def test_secrets_come_by_file_or_by_credential(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cret\n")
    env = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert config.secret(str(tmp_path / "token"), {}) == "s3cret"
    assert config.secret("credential:token", env) == "s3cret"
    assert config.secret_path("credential:token", env) == tmp_path / "token"
    assert config.secret_path("/etc/key", {}) == Path("/etc/key")
    with pytest.raises(StartRefused, match="handed over no credentials"):
        config.secret("credential:token", {})
    with pytest.raises(StartRefused, match="cannot read the secret"):
        config.secret(str(tmp_path / "other"), {})


def test_nothing_personal_survives_in_a_text_from_outside() -> None:
    said = "550 5.1.1 <bob@example.org>: user\nunknown \x1b[31m to=bob@example.org " + "x" * 300
    short = fragment(said)
    assert "bob" not in short
    assert "\n" not in short
    assert len(short) == 200
