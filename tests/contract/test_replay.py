"""`email-engine replay`: how things stood, straight from a log in Postgres."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine import cli
from engine.app.replay import VIEWS, Asked, Replayed, replay
from engine.cli import exits
from engine.events.ip_removal import IpRemoved
from engine.ids import Position, TenantId
from engine.ports import Row
from engine.projections import PROJECTIONS
from engine.runtime.views import Views
from engine.store.postgres_log import PostgresLog
from engine.store.views import PLATFORM_VIEWS
from tests.support.entries import ACME, BOLT, CountingClock
from tests.support.event_samples import SAMPLES
from tests.support.forgery import EVENTS, IMAGE_AT, lived
from tests.support.log_bench import entries
from tests.support.postgres import Database, PostgresServer, aside
from tests.support.sample_values import IP

pytestmark = pytest.mark.real
Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def kept(postgres: PostgresServer) -> Iterator[Database]:
    """A log that an engine wrote, with an image in its middle; nobody leads it now."""
    made = aside(postgres.create())
    aside(lived(made))
    yield made
    aside(postgres.drop(made))


@pytest.fixture
def config(kept: Database, tmp_path: Path) -> Path:
    file = tmp_path / "engine.toml"
    file.write_text(f'[database]\ndsn = "{kept.dsn}"\n')
    return file


def folded(kept: Database, upto: int, tenant: TenantId | None = None) -> Views:
    """What a tenant reads is folded from its own events alone (the samples that the platform has
    too speak of its addresses, as no event of a real log does).
    """

    async def fold() -> Views:
        log, views = PostgresLog(kept.dsn, CountingClock()), Views(PROJECTIONS)
        try:
            for recorded in await log.read_from(Position(0), upto) if upto else []:
                if tenant in (None, recorded.tenant):
                    list(views.fold(recorded))
        finally:
            await log.close()
        return views

    return aside(fold())


def expected(views: Views, tenant: TenantId | None) -> list[Row]:
    rows = [views.row(*one) for one in sorted(views.all_keys())]
    return [
        row
        for row in rows
        if tenant is None or (row.tenant == tenant and row.projection not in PLATFORM_VIEWS)
    ]


def replayed(config: Path, at: object, **asked: Any) -> Replayed:
    return replay(config, Asked(str(at), **asked))


def ran(config: Path, capsys: Captured, *words: str) -> tuple[int, str, str]:
    code = cli.main(["replay", "--config", str(config), *words])
    out, err = capsys.readouterr()
    return code, out, err


POSITIONS = (0, 1, 20, IMAGE_AT - 1, IMAGE_AT, IMAGE_AT + 1, EVENTS - 20, EVENTS)


@pytest.mark.parametrize("tenant", [None, ACME, BOLT, TenantId("nobody")])
@pytest.mark.parametrize("position", POSITIONS)
def test_at_any_position_the_views_are_what_a_fold_to_there_gives(
    kept: Database, config: Path, position: int, tenant: TenantId | None
) -> None:
    found = replayed(config, position, tenant=tenant)
    by_name = sorted(found.rows, key=lambda row: (row.projection, row.key))
    assert by_name == expected(folded(kept, position, tenant), tenant)


def test_it_names_the_last_event_that_was_folded(kept: Database, config: Path) -> None:
    written = aside(entries(kept))
    for position in (1, IMAGE_AT, EVENTS):
        last = replayed(config, position, views=("zones",)).last
        entry = written[position - 1]
        assert (last.position, last.digest, last.at) == (position, entry.digest, entry.at)
    first = replayed(config, 0).last
    assert (first.position, first.digest, first.at) == (0, bytes(32), None)


def test_a_moment_is_the_last_event_at_it_or_before(kept: Database, config: Path) -> None:
    written = aside(entries(kept))
    third = written[2].at
    assert replayed(config, third.isoformat()).last.position == 3
    assert replayed(config, third.replace(microsecond=0).isoformat()).last.position == 2
    assert replayed(config, "2026-01-01").last.position == 0
    assert replayed(config, "2026-01-02").last.position == EVENTS
    assert replayed(config, "1m").last.position == EVENTS


def test_only_what_was_asked_for_is_shown(config: Path, capsys: Captured) -> None:
    code, out, _ = ran(config, capsys, "--at", str(EVENTS), "--view", "zones", "--view", "ips")
    assert code == exits.OK
    first, *rest = out.splitlines()
    assert first.startswith(f"as of {EVENTS}:")
    titles = [line.partition(":")[0] for line in rest if line and line[0] != " "]
    assert titles == ["zones", "ips"]
    assert "zen.spamhaus.org" in out


def test_what_is_about_one_address_is_shown_whole(config: Path, capsys: Captured) -> None:
    before = next(n for n, one in enumerate(SAMPLES) if isinstance(one, IpRemoved))
    code, out, _ = ran(config, capsys, "--at", str(before), "--ip", IP)
    assert code == exits.OK
    assert f"  {ACME}/{IP}\n" in out
    assert '"listed"' in out, "what is nested is JSON"
    assert "tenants:" not in out
    code, out, _ = ran(config, capsys, "--at", str(EVENTS), "--ip", "192.0.2.99")
    assert code == exits.NOT_FOUND
    assert len(out.splitlines()) == 1


def test_programs_read_json(kept: Database, config: Path, capsys: Captured) -> None:
    code, out, _ = ran(config, capsys, "--at", str(EVENTS), "--json")
    found = json.loads(out)
    assert code == exits.OK
    assert found["position"] == EVENTS
    assert found["digest"] == aside(entries(kept))[-1].digest.hex()
    views = folded(kept, EVENTS)
    assert found["views"] == {
        name: {
            key: json.loads(views.row(name, key).body)
            for which, key in views.all_keys()
            if which == name
        }
        for name in VIEWS
        if any(which == name for which, _ in views.all_keys())
    }


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--at", "yesterday"), "write 2026-03-01T00:00Z"),
        (("--at", "2999-01-01"), "yet to come"),
        (("--at", "5", "--view", "zonez"), "did you mean `zones`?"),
        (("--at", "5", "--view", "xyz"), "there are alerts, audit"),
        (("--at", "5", "--ip", "203.0.113"), "203.0.113"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_read(
    tmp_path: Path, capsys: Captured, words: tuple[str, ...], says: str
) -> None:
    code, out, err = ran(tmp_path / "no such file", capsys, *words)
    assert (code, out) == (exits.USAGE, "")
    assert says in err


def test_a_position_beyond_the_log_is_refused(config: Path, capsys: Captured) -> None:
    code, _, err = ran(config, capsys, "--at", str(EVENTS + 1))
    assert code == exits.FAILED
    assert f"the log ends at position {EVENTS}" in err


def test_without_the_tables_of_images_it_only_takes_longer(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    made = aside(postgres.create())
    aside(lived(made))
    aside(made.run("DROP TABLE engine.image; DROP TABLE engine.image_set"))
    file = tmp_path / "engine.toml"
    file.write_text(f'[database]\ndsn = "{made.dsn}"\n')
    found = replayed(file, EVENTS)
    by_name = sorted(found.rows, key=lambda row: (row.projection, row.key))
    assert by_name == expected(folded(made, EVENTS), None)
    aside(postgres.drop(made))


def test_it_changes_nothing_and_may_run_beside_an_engine(kept: Database, config: Path) -> None:
    state = "SELECT * FROM engine.fence, engine.checkpoint, (SELECT count(*) FROM engine.image) n"

    async def beside() -> None:
        log = PostgresLog(kept.dsn, CountingClock())
        await log.lead("another")
        try:
            before = await kept.ask(state)
            found = await asyncio.to_thread(replayed, config, EVENTS)
            assert found.rows
            assert await kept.ask(state) == before
        finally:
            await log.close()

    aside(beside())
