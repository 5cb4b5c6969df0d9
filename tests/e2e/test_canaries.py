"""Secrets are planted in the real program's configuration, and nothing it puts out holds one."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import pytest

from tests.support.postgres import Database, eventually

pytestmark = [pytest.mark.e2e, pytest.mark.real]

CANARY = "canary{}xyzzy"
PLACES = ("dsn", "migrate", "mailwizz", "api", "ssh", "mail", "dqs")
PATIENCE_S = 60.0
CONFIG = """
engine_id = "main"
data_dir = "{home}/data"
[database]
dsn_file = "{home}/dsn"
migrate_dsn_file = "{home}/migrate"
[api]
port = {port}
[dns]
nameservers = ["127.0.0.1:9"]
[dnsbl]
spamhaus_key_file = "{home}/dqs"
[ssh]
key_file = "{home}/ssh"
[nodes.mta-1]
host = "127.0.0.1"
port = 9
host_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
[mailwizz.main]
host = "127.0.0.1"
port = 9
user = "u"
database = "m"
password_file = "{home}/mailwizz"
api = {{ base = "http://127.0.0.1:9/api", key_file = "{home}/api", tenant = "acme" }}
[mail]
server = "127.0.0.2"
port = 9
tls = "starttls"
user = "u"
password_file = "{home}/mail"
sender = "engine@engine.example"
to = [{{ address = "ops@engine.example", platform = true }}]
"""


class Program(NamedTuple):
    """The real one: ``email-engine run``."""

    url: str
    out: Path  # what it wrote to stdout and stderr
    home: Path
    process: asyncio.subprocess.Process

    @property
    def said(self) -> str:
        return self.out.read_text(errors="replace")

    def serves(self) -> bool:
        assert self.process.returncode is None, self.said
        return '"event": "key.written"' in self.said


@pytest.fixture
async def program(database: Database, tmp_path: Path) -> AsyncIterator[Program]:
    """Nobody answers it but Postgres.  It has no Telegram, whose library takes long to load; its
    errors are in tests/contract/test_telegram.py.
    """
    withs = {name: CANARY.format(name) for name in PLACES}
    withs["ssh"] = f"-----BEGIN OPENSSH PRIVATE KEY-----\n{withs['ssh']}\n"
    for name in ("dsn", "migrate"):
        withs[name] = database.dsn.replace("ee_login@", f"ee_login:{withs[name]}@")
    for name, text in withs.items():
        (tmp_path / name).write_text(f"{text}\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config, out = tmp_path / "engine.toml", tmp_path / "out"
    config.write_text(CONFIG.format(home=tmp_path, port=port))
    with out.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "engine", "run", "--config", str(config)),
            stdout=file,
            stderr=asyncio.subprocess.STDOUT,
            cwd=Path(__file__).parents[2],
        )
    yield Program(f"http://127.0.0.1:{port}", out, tmp_path, process)
    if process.returncode is None:
        process.kill()
        await process.wait()


async def asked(program: Program, key: str) -> dict[str, str]:
    """All that comes back of requests, most of them wrong."""
    head = {"Authorization": f"Bearer {key}"}
    found: dict[str, str] = {}
    wrong: list[tuple[str, str, dict[str, str], Any]] = [
        ("GET", "/metrics", {}, None),
        ("GET", "/healthz", {}, None),
        ("GET", "/api/v2/ips", {"Authorization": f"Bearer {key[:-1]}"}, None),
        ("GET", "/api/v2/ips", {"Authorization": f"Basic {key}"}, None),
        ("GET", f"/api/v2/ips?key={key}", {}, None),
        ("GET", "/api/v2/nodes", head, None),
        ("GET", "/api/v2/keys", head, None),
        ("GET", "/api/v2/alerts", head, None),
        ("GET", "/api/v2/events?limit=500", head, None),
        ("GET", "/api/v2/agenda", head, None),
        ("GET", "/api/v2/blacklists", head, None),
        ("POST", "/api/v2/powermta/nodes", head, {"name": "x", "address": "127.0.0.1", "port": 9}),
        ("POST", "/api/v2/keys", head, {"tenant": "nobody", "scopes": ["read"]}),
    ]
    async with aiohttp.ClientSession(program.url) as http:
        for method, path, headers, body in wrong:
            async with http.request(method, path, headers=headers, json=body) as answer:
                text = await answer.text()
                found[f"{method} {path.partition('?')[0]} {answer.status}"] = text + str(
                    answer.headers
                )
    return found


async def written(database: Database) -> str:
    """Every row of every table, the bytes of bodies as they are."""
    names = await database.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'engine'")
    rows = [row for (name,) in names for row in await database.ask(f"TABLE engine.{name}")]
    return "\n".join(str(dict(row)) for row in rows)


async def test_no_secret_comes_out_of_the_real_program(
    program: Program, database: Database
) -> None:
    async with asyncio.timeout(PATIENCE_S):
        await eventually(program.serves)
        key = (program.home / "data" / "admin.key").read_text().strip()
        answers = await asked(program, key)
        program.process.send_signal(signal.SIGTERM)
        assert await program.process.wait() == 0, program.said
    assert "email_engine_" in answers["GET /metrics 200"]
    places = answers | {"output": program.said, "database": await written(database)}
    assert "node.look/mta-1" in places["output"]
    assert "key.issued" in places["database"]
    assert os.listdir(program.home / "data") == ["admin.key"], "nothing else was written there"
    planted = {*map(CANARY.format, PLACES), key, key.rpartition("_")[2]}
    assert {
        (place, one) for place, text in places.items() for one in planted if one in text
    } == set()
    assert os.stat(program.home / "data" / "admin.key").st_mode & 0o077 == 0
