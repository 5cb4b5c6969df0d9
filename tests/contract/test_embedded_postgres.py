"""A Postgres of the engine's own: it keeps its data, and it starts whatever was left behind."""

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from engine.adapters.embedded_postgres import EmbeddedPostgres, migrating
from engine.adapters.postgres_binaries import installed
from engine.errors import StartRefused
from engine.store.migrate import migrate
from tests.support.postgres import aside, eventually, scratch

pytestmark = pytest.mark.real

WHEEL = [home for home in installed() if "site-packages" in str(home)]
DEBIAN = [home for home in installed() if home not in WHEEL]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user")


@pytest.fixture
def home() -> Iterator[Path]:
    made = scratch()
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def prepared() -> Iterator[Path]:
    """A directory of a server that was started once, to be copied: initdb takes its second."""
    made = scratch()

    async def start_once() -> None:
        server = EmbeddedPostgres(made / "e", own=made / "own")
        await server.start()
        await server.stop()

    aside(start_once())
    yield made / "e"
    shutil.rmtree(made)


def copy(prepared: Path, to: Path) -> None:
    """With owners and modes."""
    subprocess.run(["cp", "-a", prepared, to], check=True)


@pytest.fixture
async def server(home: Path, prepared: Path) -> AsyncIterator[EmbeddedPostgres]:
    copy(prepared, home / "e")
    made = EmbeddedPostgres(home / "e", own=home / "own")
    await made.start()
    yield made
    await made.stop()


async def ask(dsn: str, statement: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


@pytest.mark.parametrize("homes", [DEBIAN, WHEEL], ids=["Debian's", "the wheel's"])
async def test_it_starts_from_nothing_and_keeps_its_data(home: Path, homes: list[Path]) -> None:
    if not homes:
        pytest.skip("not installed here")
    server = EmbeddedPostgres(home / "e", binaries=homes, own=home / "own")
    for start in (1, 2):
        superuser = (await server.start()).replace("ee_login@", "postgres@")
        try:
            if start == 1:
                await ask(superuser, "CREATE TABLE kept ()")
            assert await ask(superuser, "SELECT to_regclass('kept')::text") == "kept"
            assert await ask(superuser, "SHOW fsync") == "on"
            assert await ask(superuser, "SHOW listen_addresses") == ""
        finally:
            await server.stop()
    assert server.pid is None


async def test_the_engines_login_is_nobody_until_it_takes_a_role(server: EmbeddedPostgres) -> None:
    mine = (
        "SELECT rolsuper OR rolbypassrls OR rolinherit FROM pg_roles WHERE rolname = session_user"
    )
    assert await ask(server.dsn, mine) is False
    assert await ask(server.dsn, "SELECT pg_has_role('ee_engine', 'MEMBER')") is True


async def test_what_runs_can_never_become_the_owner_of_its_tables(
    server: EmbeddedPostgres,
) -> None:
    """Nor where it could once: servers that were made earlier had one login for all."""
    await ask(server.dsn_of("postgres"), "GRANT ee_migrate TO ee_login")
    assert await migrate(migrating(await server.start()))
    connection = await asyncpg.connect(server.dsn)
    try:
        for role in ("ee_owner", "ee_migrate", "ee_login_migrate", "ee_backup", "postgres"):
            for statement in (f"SET ROLE {role}", f"SET SESSION AUTHORIZATION {role}"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
        await connection.execute("SET ROLE ee_engine")
        assert await connection.fetchval("SELECT count(*) FROM engine.event") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("ALTER TABLE engine.event DISABLE TRIGGER ALL")
    finally:
        await connection.close()
    with pytest.raises(StartRefused, match="cannot become ee_migrate"):
        await migrate(server.dsn)


async def test_one_that_was_left_running_is_found(server: EmbeddedPostgres, home: Path) -> None:
    before = server.pid
    again = EmbeddedPostgres(home / "e", own=home / "own")
    await again.start()
    assert again.pid == before
    await again.stop()
    assert again.pid is None


async def test_after_a_kill_it_waits_for_the_orphans_and_starts_again(
    server: EmbeddedPostgres,
) -> None:
    await ask(server.dsn_of("postgres"), "CREATE TABLE kept ()")
    session = await asyncpg.connect(server.dsn)
    orphan = session.get_server_pid()
    os.kill(orphan, signal.SIGSTOP)  # it does not notice that the postmaster is gone
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    start = asyncio.ensure_future(server.start())
    await asyncio.sleep(0.5)
    assert not start.done()
    os.kill(orphan, signal.SIGCONT)
    await start
    session.terminate()
    assert await ask(server.dsn_of("postgres"), "SELECT to_regclass('kept')::text") == "kept"


async def test_a_number_that_is_another_programs_now_does_not_stop_it(
    server: EmbeddedPostgres, home: Path
) -> None:
    """As after a restart of the machine or container."""
    data = home / "e" / "cluster" / "data"
    lines = (data / "postmaster.pid").read_text().splitlines()
    await server.stop()
    user = data.stat().st_uid if os.geteuid() == 0 else None
    stranger = await asyncio.create_subprocess_exec("sleep", "60", user=user)
    (data / "postmaster.pid").write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
    await server.start()
    assert server.pid not in (None, stranger.pid)
    assert stranger.returncode is None, "and it was left alone"
    stranger.kill()
    await stranger.wait()


async def test_nobody_else_can_enter_its_directories(server: EmbeddedPostgres, home: Path) -> None:
    for folder in ("cluster", "cluster/data", "cluster/socket"):
        assert (home / "e" / folder).stat().st_mode & 0o077 == 0


async def test_a_long_path_does_not_make_the_sockets_too_long(home: Path, prepared: Path) -> None:
    deep = home / ("deep" * 24)
    copy(prepared, deep)
    server = EmbeddedPostgres(deep, own=home / "own")
    try:
        assert await ask(await server.start(), "SELECT 1") == 1
    finally:
        await server.remove()
    assert list(deep.iterdir()) == []


async def test_data_is_moved_with_its_directory(server: EmbeddedPostgres, home: Path) -> None:
    await ask(server.dsn_of("postgres"), "CREATE TABLE kept ()")
    await server.stop()
    (home / "e").rename(home / "f")
    moved = EmbeddedPostgres(home / "f", own=home / "own")
    await moved.start()
    assert await ask(moved.dsn_of("postgres"), "SELECT to_regclass('kept')::text") == "kept"
    await moved.stop()
    (home / "f").rename(home / "e")


# --- as root -------------------------------------------------------------------------------------


@as_root
async def test_where_its_user_cannot_go_it_has_a_place_of_its_own(home: Path) -> None:
    private = home / "private"
    private.mkdir(mode=0o700)
    (private / "pg").symlink_to((WHEEL or DEBIAN)[0])
    modes = [folder.stat().st_mode for folder in (home, private)]
    for _ in range(2):
        server = EmbeddedPostgres(private / "e", binaries=[private / "pg"], own=home / "own")
        superuser = (await server.start()).replace("ee_login@", "postgres@")
        await ask(superuser, "CREATE TABLE IF NOT EXISTS kept ()")
        await server.stop()
        private.chmod(0o755)  # found where it was, though the directory could be reached now
    private.chmod(0o700)
    assert sorted(one.name.split("-")[0] for one in (home / "own").iterdir())[-1] == "postgres"
    assert len(list((home / "own").iterdir())) == 2, "one copy of the programs, one cluster"
    assert [one.name for one in (private / "e").iterdir()] == ["cluster.where"]
    assert [folder.stat().st_mode for folder in (home, private)] == modes


# --- what it refuses -----------------------------------------------------------------------------


async def test_without_binaries_it_says_what_to_install(home: Path) -> None:
    with pytest.raises(
        StartRefused, match=r"apt-get install postgresql.* or give the engine a DSN"
    ):
        await EmbeddedPostgres(home / "e", binaries=[home], own=home / "own").start()


async def test_data_of_another_version_is_not_touched(server: EmbeddedPostgres, home: Path) -> None:
    await server.stop()
    version = home / "e" / "cluster" / "data" / "PG_VERSION"
    ours = version.read_text()
    version.write_text("14\n")
    with pytest.raises(StartRefused, match="no Postgres 14, which made the data"):
        await EmbeddedPostgres(home / "e", own=home / "own").start()
    version.write_text(ours)


async def test_data_that_went_away_is_not_begun_anew(home: Path) -> None:
    (home / "e").mkdir()
    (home / "e" / "cluster.where").write_text("/mnt/gone\n")
    with pytest.raises(StartRefused, match=r"was in /mnt/gone .*Bring it back"):
        await EmbeddedPostgres(home / "e", own=home / "own").start()


async def test_a_directory_that_others_can_enter_is_refused(
    server: EmbeddedPostgres, home: Path
) -> None:
    (home / "e" / "cluster").chmod(0o755)
    with pytest.raises(StartRefused, match=r"others can enter .*chmod 700"):
        await EmbeddedPostgres(home / "e", own=home / "own").start()


async def test_a_directory_that_is_somebody_elses_is_refused(home: Path) -> None:
    (home / "e").mkdir()
    (home / "e" / "cluster").symlink_to(home)
    with pytest.raises(StartRefused, match="is no directory of user"):
        await EmbeddedPostgres(home / "e", own=home / "own").start()


async def test_a_server_that_does_not_start_shows_its_last_words(home: Path) -> None:
    server = EmbeddedPostgres(home / "e", own=home / "own", settings=["shared_buffers=nonsense"])
    with pytest.raises(StartRefused, match=r"does not start.*shared_buffers"):
        await server.start()
    await eventually(lambda: server.pid is None)
