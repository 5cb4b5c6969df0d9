"""The configuration: one file, the environment over it, and errors that say what was meant."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from engine import config
from engine.app.database import database, migrating
from engine.errors import StartRefused
from engine.rules.redaction import fragment
from engine.values.tuning import Tuning


def test_everything_has_a_default() -> None:
    made = config.read({})
    assert (made.engine_id, made.api.host, made.api.port) == ("main", "127.0.0.1", 8025)
    assert not made.allow_reserved_addresses


def test_numbers_that_nobody_chose_are_those_that_the_engine_is_made_with() -> None:
    chosen = config.read({}).tuning()
    assert replace(chosen, mail_after=Tuning().mail_after) == Tuning()
    assert chosen.mail_after == timedelta(0), "there is no mail"
    assert chosen.node_look_every == timedelta(minutes=1)
    assert chosen.watch == timedelta(minutes=10)
    assert chosen.domain_check_every == timedelta(hours=24)
    assert chosen.accounting_every == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"api": {"prot": 1}}, "there is no key `prot` - at `$.api`; did you mean `port`?"),
        ({"databse": {}}, "there is no key `databse`; did you mean `database`?"),
        ({"smtp": {"dsn": "x"}}, "there is no key `dsn` - at `$.smtp`; there are port"),
        (
            {"telegram": {"token_file": "t", "chats": [{"chat": "1", "tenant": []}]}},
            "there is no key `tenant` - at `$.telegram.chats[0]`; did you mean `tenants`?",
        ),
        (
            {"nodes": {"a": {"host": "h", "host_key": "k"}, "b": {"host": "h"}}},
            "missing required field `host_key` - at `$.nodes.b`",
        ),
        ({"api": {"port": "x"}}, "Expected `int`, got `str` - at `$.api.port`"),
        ({"api": {"port": 65536}}, "Expected `int` <= 65535 - at `$.api.port`"),
        ({"database": {"durability": "none"}}, "; there are local, synchronous, managed"),
        (
            {"nodes": {"b": {"host": "h", "host_key": "k", "authority": "observ"}}},
            "'observ' - at `$.nodes.b.authority`; did you mean `observe`?",
        ),
        ({"data_dir": ""}, "at `$.data_dir`"),
        ({"dns": {"nameservers": ["ns.example.com"]}}, "'ns.example.com' is no address"),
        ({"engine_id": "../main"}, "engine_id: '../main' is not a slug"),
        (
            {"nodes": {"mta/1": {"host": "h", "host_key": "k"}}},
            "[nodes.mta/1]: 'mta/1' is not a slug",
        ),
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
    broken.write_bytes("# gr\xfcn\n".encode("latin-1"))
    with pytest.raises(StartRefused, match="not UTF-8"):
        config.load(broken, {})


@pytest.mark.parametrize("key", ["dsn", "migrate_dsn"])
@pytest.mark.parametrize("at", ["ee:s3cret@db1,db2/mail", "db/mail?user=ee&password=s3cret"])
def test_the_file_itself_holds_no_password_and_the_refusal_repeats_none(
    tmp_path: Path, key: str, at: str
) -> None:
    file = tmp_path / "engine.toml"
    file.write_text(f'[database]\n{key} = "postgresql://{at}"\n')
    with pytest.raises(StartRefused, match=f"name that by {key}_file") as refused:
        config.load(file, {})
    assert "s3cret" not in str(refused.value)
    file.write_text('[database]\ndsn = "postgresql://ee@db1,db2/mail"\n')
    env = {f"EMAIL_ENGINE__DATABASE__{key.upper()}": f"postgresql://{at}"}
    assert getattr(config.load(file, env).database, key) == f"postgresql://{at}"


@pytest.mark.parametrize(
    "dsn",
    ["postgresql://[::1/mail", "postgresql://db:port/mail", "postgresql://ee:s3/cret@db/mail"],
)
@pytest.mark.parametrize("key", ["dsn_file", "migrate_dsn_file"])
async def test_what_is_no_dsn_is_refused_and_not_repeated(
    tmp_path: Path, key: str, dsn: str
) -> None:
    text, file = tmp_path / "dsn", tmp_path / "engine.toml"
    text.write_text(dsn)
    file.write_text(f'[database]\ndsn = "postgresql://ee@db/mail"\n{key} = "{text}"\n')
    read = config.load(file, {})
    if key == "dsn_file":
        file.write_text(f'[database]\n{key} = "{text}"\n')
        read = config.load(file, {})
    assert list(config.secrets(read, {}))  # nothing that is hidden from logs is lost either
    with pytest.raises(StartRefused, match=r"the DSN cannot be read.*port is no number") as refused:
        async with database(read) as found:
            migrating(read, found)
    assert "s3" not in str(refused.value)


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
    (tmp_path / "key").write_bytes(b"\xff\xfe")
    with pytest.raises(StartRefused, match="no text"):
        config.secret(str(tmp_path / "key"), {})


def test_nothing_personal_survives_in_a_text_from_outside() -> None:
    said = "550 5.1.1 <bob@example.org>: user\nunknown \x1b[31m to=bob@example.org " + "x" * 300
    short = fragment(said)
    assert "bob" not in short
    assert "\n" not in short
    assert len(short) == 200
