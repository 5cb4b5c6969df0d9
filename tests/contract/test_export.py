"""Events go into a file from which they can be proved without a database."""

import asyncio
import gzip
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from engine.app.audit import verify_export
from engine.app.export import Asked, export_events
from engine.app.finding import Report
from engine.errors import StartRefused
from engine.ids import Position, TenantId
from engine.store.event_file import Ending, EventLine, link_of_line, of_line
from engine.store.link import entry_of
from tests.support.forgery import EVENTS, forge, lived
from tests.support.log_bench import entries
from tests.support.postgres import Database

pytestmark = pytest.mark.real


def quiet(_what: str, _done: int, _of: int) -> None:
    """Nobody looks."""


def verified(file: Path) -> Report:
    return verify_export(file, (), quiet)


@pytest.fixture
async def kept(database: Database) -> Database:
    await lived(database)
    return database


@pytest.fixture
def config(database: Database, tmp_path: Path) -> Path:
    path = tmp_path / "engine.toml"
    path.write_text(f'[database]\ndsn = "{database.dsn}"\n')
    return path


Export = Callable[..., Awaitable[Ending]]


@pytest.fixture
def export(config: Path, kept: Database) -> Export:
    """On a thread: the command has a loop of its own."""
    return lambda *asked, **more: asyncio.to_thread(
        export_events, config, Asked(*asked, **more), quiet
    )


async def test_the_file_holds_the_rows_to_the_byte(
    kept: Database, export: Export, tmp_path: Path
) -> None:
    ending = await export(tmp_path / "f")
    lines = [of_line(line) for line in gzip.decompress((tmp_path / "f").read_bytes()).splitlines()]
    events = [entry_of(link_of_line(line)) for line in lines if isinstance(line, EventLine)]
    assert events == await entries(kept)
    assert lines[-1] == ending
    assert ending.events == EVENTS
    report = verified(tmp_path / "f")
    assert (report.wrong, report.events, report.digest) == ([], EVENTS, ending.digest)


async def test_the_same_events_give_the_same_file(export: Export, tmp_path: Path) -> None:
    for name in ("f", "g"):
        await export(tmp_path / name, Position(0), Position(EVENTS))
    data = (tmp_path / "f").read_bytes()
    assert data == (tmp_path / "g").read_bytes()
    assert data[3:8] == bytes(5), "gzip's place for a name and a time"


async def test_a_part_goes_from_one_position_to_another(export: Export, tmp_path: Path) -> None:
    ending = await export(tmp_path / "f", Position(10), Position(30))
    assert (ending.events, ending.position) == (20, 30)
    report = verified(tmp_path / "f")
    assert (report.wrong, report.events, report.position) == ([], 20, 30)


async def test_nothing_new_is_a_whole_file_as_well(export: Export, tmp_path: Path) -> None:
    before = await export(tmp_path / "f")
    after = await export(tmp_path / "g", Position(EVENTS))
    assert (after.events, after.position, after.digest) == (0, EVENTS, before.digest)
    assert verified(tmp_path / "g").wrong == []


@pytest.mark.parametrize("tenant", ["acme", "bolt"])
async def test_a_tenants_file_holds_its_events_alone(
    kept: Database, export: Export, tmp_path: Path, tenant: str
) -> None:
    ending = await export(tmp_path / "f", tenant=TenantId(tenant))
    own = [one for one in await entries(kept) if one.tenant == tenant]
    assert ending.events == len(own) > 1
    report = verified(tmp_path / "f")
    assert (report.wrong, report.events) == ([], len(own))
    assert "one tenant's events" in report.notes[0]
    others = {one.stream.encode() for one in await entries(kept)} - {
        one.stream.encode() for one in own
    }
    text = gzip.decompress((tmp_path / "f").read_bytes())
    assert not any(b'"%b"' % stream in text for stream in others)


async def test_a_log_that_is_wrong_is_exported_as_it_is(
    kept: Database, export: Export, tmp_path: Path
) -> None:
    """Evidence, too; and the file says where."""
    await forge(kept, "UPDATE engine.event SET body = '\\xff00' WHERE position = 7")
    await export(tmp_path / "f")
    (found,) = verified(tmp_path / "f").wrong
    assert found.position == 7


async def test_a_time_in_no_calendar_is_said(
    kept: Database, export: Export, tmp_path: Path
) -> None:
    await forge(kept, "UPDATE engine.event SET at = 'infinity' WHERE position = 7")
    with pytest.raises(StartRefused, match="`email-engine verify` names it"):
        await export(tmp_path / "f")
    assert os.listdir(tmp_path) == ["engine.toml"]


# --- what is refused -----------------------------------------------------------------------------


async def test_a_file_that_is_there_is_not_written_over(export: Export, tmp_path: Path) -> None:
    (tmp_path / "f").write_text("mine")
    with pytest.raises(StartRefused, match="is there already; --force"):
        await export(tmp_path / "f")
    assert (tmp_path / "f").read_text() == "mine"
    with (tmp_path / "f").open() as reading:
        await export(tmp_path / "f", force=True)
        assert reading.read() == "mine", "whoever reads the old one reads it to its end"
    assert verified(tmp_path / "f").wrong == []


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"upto": Position(EVENTS + 1)}, "the log ends at"),
        ({"after": Position(9), "upto": Position(8)}, "no event comes after 9"),
        ({"tenant": TenantId("acmee")}, "no event of a tenant 'acmee'"),
    ],
)
async def test_what_cannot_be_is_refused_and_leaves_no_file(
    export: Export, tmp_path: Path, asked: dict[str, object], why: str
) -> None:
    with pytest.raises(StartRefused, match=why):
        await export(tmp_path / "f", **asked)
    assert os.listdir(tmp_path) == ["engine.toml"]


async def test_an_export_that_fails_leaves_the_old_file_and_no_half_one(
    kept: Database, config: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "f").write_text("old")

    def cut(_what: str, _done: int, _of: int) -> None:
        raise OSError("no space left")

    with pytest.raises(StartRefused, match=r"cannot write .*/out/f: no space left"):
        await asyncio.to_thread(export_events, config, Asked(folder / "f", force=True), cut)
    assert [one.name for one in folder.iterdir()] == ["f"]
    assert (folder / "f").read_text() == "old"
