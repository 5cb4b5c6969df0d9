"""All of one tenant as files: nothing of anybody else, and what was changed is found."""

import asyncio
import gzip
import json
import os
import shutil
from pathlib import Path

import pytest

from engine import cli
from engine.app.stores import open_stores
from engine.cli import exits
from engine.config import Config
from engine.config import Database as DatabaseTable
from engine.events import Event
from engine.events.host import HostRegistered
from engine.ids import Actor, EventId, TenantId
from engine.ports import New, Slice
from tests.support import samples
from tests.support.entries import CountingClock
from tests.support.event_samples import SAMPLES
from tests.support.postgres import Database
from tests.support.spec import ACME, HOSTNAME, IP, OTHER, RIVAL

pytestmark = pytest.mark.real


def slices() -> list[Slice]:
    host = next(one for one in SAMPLES if isinstance(one, HostRegistered))
    events: list[tuple[TenantId | None, str, Event]] = [
        (ACME, f"ip-{IP}", samples.registered()),
        (RIVAL, f"ip-{OTHER}", samples.registered(ip=OTHER)),
        (None, "host-pmta-1", host),
        (ACME, f"ip-{IP}", samples.stage(1)),
        (RIVAL, f"ip-{OTHER}", samples.stage(1, ip=OTHER)),
    ]
    return [
        Slice(stream=stream, tenant=tenant, events=[New(_id(n), event)])
        for n, (tenant, stream, event) in enumerate(events)
    ]


def _id(n: int) -> EventId:
    return EventId(f"00000000-0000-7000-8000-{n:012x}")


@pytest.fixture
async def config(database: Database, tmp_path: Path) -> Path:
    config = Config(data_dir=str(tmp_path), database=DatabaseTable(dsn=database.dsn))
    async with open_stores(database.dsn, config, CountingClock()) as stores:
        await stores.log.append(slices(), actor=Actor("engine"), cause="a test")
    path = tmp_path / "engine.toml"
    path.write_text(f'[database]\ndsn = "{database.dsn}"\n')
    return path


async def run(*words: object) -> int:
    """On a thread: the command has a loop of its own."""
    return await asyncio.to_thread(cli.main, ["tenant", *map(str, words)])


async def test_events_and_views_of_one_tenant_and_nothing_else(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "acme"
    assert await run("export", ACME, "--config", config, "--to", to) == exits.OK
    events = gzip.decompress((to / "events.jsonl.gz").read_bytes()).decode()
    told = [json.loads(line) for line in events.splitlines()]
    assert [one["tag"] for one in told if one["line"] == "event"] == [
        "ip.registered", "ip.stage_entered"
    ]  # fmt: skip
    (row,) = [json.loads(line) for line in (to / "views" / "ips.jsonl").read_text().splitlines()]
    assert (row["key"], row["view"]["stage"]) == (f"{ACME}/{IP}", 1)
    everything = events + "".join(one.read_text() for one in (to / "views").iterdir())
    assert HOSTNAME in everything
    assert not [word for word in (RIVAL, OTHER, "10.0.0.5") if word in everything]
    manifest = json.loads((to / "manifest.json").read_text())
    assert (manifest["tenant"], manifest["events"], manifest["position"]) == (ACME, 2, 4)
    assert await run("verify", to) == exits.OK
    assert "verified 2 events to 4:" in capsys.readouterr().out
    assert await run("verify", to, "--json") == exits.OK
    proved = json.loads(capsys.readouterr().out)
    assert [proved[one] for one in ("wrong", "events", "digest")] == [[], 2, manifest["digest"]]

    for harm, said in (
        (lambda at: (at / "views" / "ips.jsonl").write_text("{}"), "views/ips.jsonl was changed"),
        (lambda at: (at / "views" / "ips.jsonl").unlink(), "views/ips.jsonl is missing"),
        (lambda at: (at / "more.jsonl").write_text(""), "more.jsonl was put there"),
        (_forge, "events.jsonl.gz was changed"),
    ):
        other = tmp_path / "harmed"
        shutil.copytree(to, other)
        harm(other)
        assert await run("verify", other) == exits.WRONG
        assert said in capsys.readouterr().out
        shutil.rmtree(other)


def _forge(at: Path) -> None:
    file = at / "events.jsonl.gz"
    text = gzip.decompress(file.read_bytes()).replace(b"marketing", b"newsletter")
    file.write_bytes(gzip.compress(text))


async def test_what_cannot_be_done_leaves_nothing_behind(config: Path, tmp_path: Path) -> None:
    to = tmp_path / "to"
    assert await run("export", "nobody", "--config", config, "--to", to) == exits.FAILED
    assert not to.exists()
    to.mkdir()
    assert await run("export", ACME, "--config", config, "--to", to) == exits.FAILED
    assert await run("verify", to) == exits.FAILED
    assert [name for name in os.listdir(tmp_path) if name.startswith(".to")] == []
