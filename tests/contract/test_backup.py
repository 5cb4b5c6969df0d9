"""Backup and restore, as docs/operations.md has them, word for word; and `verify` at the end."""

import asyncio
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from engine.adapters.embedded_postgres import EmbeddedPostgres
from engine.adapters.postgres_account import account
from engine.adapters.postgres_binaries import installed
from engine.cli import exits
from engine.errors import StartRefused
from engine.store.reclaim import raise_epoch
from tests.support.entries import into, write
from tests.support.forgery import EVENTS, audited, lived
from tests.support.log_bench import NewLog, entries
from tests.support.postgres import Database, scratch

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "operations.md"


def documented(beginning: str) -> str:
    """The one command of the section that begins so, as an operator would copy it."""
    section = DOCS.read_text().partition("\n## Backup and restore\n")[2].partition("\n## ")[0]
    lines: list[str] = [line.strip() for line in re.findall(r"^ {4}\S.*$", section, re.MULTILINE)]
    (found,) = [line for line in lines if line.startswith(beginning)]
    return found


async def programs(database: Database) -> Path:
    """As new as the server: an older pg_dump refuses it."""
    (row,) = await database.ask("SELECT current_setting('server_version_num')::int / 10000 AS n")
    for home in installed():
        program = home / "bin" / "pg_dump"
        if program.is_file() and _major(program) >= row["n"]:
            return program.parent
    pytest.skip(f"no pg_dump for PostgreSQL {row['n']}: apt-get install postgresql-client")


def _major(program: Path) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    version = re.search(r"\) (\d+)", said.stdout)
    return int(version[1]) if version else 0


class Shell(NamedTuple):
    """An operator's, at the server, who calls his databases `mail` and `restored`."""

    folder: Path
    bin: Path
    database: Database

    @property
    def restored(self) -> Database:
        old, new = self.database.name, f"{self.database.name}_restored"
        dsn, superuser = (one.replace(f"/{old}?", f"/{new}?") for one in self.database[1:3])
        return Database(new, dsn, superuser, self.database.sockets)

    async def run(self, command: str) -> "subprocess.CompletedProcess[str]":
        command = re.sub(r"\bmail\b(?!\.)", self.database.name, command)
        command = re.sub(r"\brestored\b(?!\.)", self.restored.name, command)
        return await asyncio.to_thread(
            subprocess.run,
            ["sh", "-ec", command],
            cwd=self.folder,
            capture_output=True,
            text=True,
            env={
                "PATH": f"{self.folder}/bin:{self.bin}:/usr/bin:/bin",
                "PGHOST": str(self.database.sockets),
                "PGUSER": "postgres",
                "PYTHONPATH": str(ROOT),
            },
        )

    async def does(self, beginning: str) -> str:
        done = await self.run(documented(beginning))
        assert (done.returncode, done.stderr) == (0, ""), done
        return done.stdout


@pytest.fixture
async def shell(database: Database, tmp_path: Path) -> AsyncIterator[Shell]:
    await lived(database)
    made = Shell(tmp_path, await programs(database), database)
    (tmp_path / "sql").symlink_to(ROOT / "sql")
    (tmp_path / "bin").mkdir()
    engine = tmp_path / "bin" / "email-engine"
    engine.write_text(f'#!/bin/sh\nexec {sys.executable} -m engine "$@"\n')
    engine.chmod(0o755)
    (tmp_path / "restored.toml").write_text(f'[database]\ndsn = "{made.restored.dsn}"\n')
    yield made
    await made.run("dropdb --if-exists --force restored; dropuser --if-exists email_engine_backup")


async def keep_anchor(shell: Shell) -> None:
    last = (await entries(shell.database))[-1]
    kept = shell.folder / "kept"
    kept.write_text(f"{last.position} {last.digest.hex()} {last.at.isoformat()}\n")


async def dump(shell: Shell) -> None:
    await shell.does('psql -d mail -c "CREATE')
    await shell.does('psql -d mail -c "GRANT')
    await shell.does("pg_dump")


async def restore(shell: Shell) -> None:
    await shell.does("createdb")
    await shell.does("psql -d restored -f")
    await shell.does("pg_restore")


async def verify(shell: Shell) -> "subprocess.CompletedProcess[str]":
    return await shell.run(documented("email-engine verify"))


async def test_a_dump_is_restored_and_proved(shell: Shell, new_log: NewLog) -> None:
    await keep_anchor(shell)
    await dump(shell)
    await restore(shell)
    done = await verify(shell)
    assert done.returncode == exits.OK, done
    *before, last = done.stdout.splitlines()
    assert last.startswith(f"verified {EVENTS} events to {EVENTS}:")
    assert "1 anchor holds" in before
    assert await entries(shell.restored) == await entries(shell.database)
    said = await shell.does("email-engine node reclaim")
    assert said == "the log was at epoch 1, and is at 1234; now start its engine\n"
    log = new_log(shell.restored.dsn)
    assert (await log.lead("main")).epoch > 1234
    assert await write(log, into("b", 7_000)) == EVENTS + 1, "an engine goes on with it"
    assert (await audited(shell.restored)).wrong == []


async def test_nobody_takes_nodes_back_while_an_engine_leads_and_no_epoch_is_lowered(
    database: Database, new_log: NewLog
) -> None:
    log = new_log()
    epoch = (await log.lead("main")).epoch
    with pytest.raises(StartRefused, match=r"an engine leads the log at .*: 'main'\. Stop it"):
        await raise_epoch(database.dsn, 1_234)
    await log.close()
    assert await raise_epoch(database.dsn, epoch - 1) == (epoch, epoch)
    assert (await new_log().lead("next")).epoch == epoch + 1


async def test_what_guards_the_log_is_restored_with_it(shell: Shell) -> None:
    await dump(shell)
    await restore(shell)
    guards = (
        "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relowner::regrole::text,"
        " c.relacl::text, array(SELECT tgname::text || tgenabled::text FROM pg_trigger t"
        " WHERE t.tgrelid = c.oid ORDER BY 1) AS triggers,"
        " array(SELECT polname::text || polroles::regrole[]::text FROM pg_policy p"
        " WHERE p.polrelid = c.oid ORDER BY 1) AS policies"
        " FROM pg_class c WHERE c.relnamespace = 'engine'::regnamespace ORDER BY c.relname"
    )
    assert await shell.restored.ask(guards) == await shell.database.ask(guards)


async def test_a_backup_that_lacks_the_end_is_told_by_an_anchor(
    shell: Shell, new_log: NewLog
) -> None:
    await dump(shell)
    log = new_log()
    await log.lead("main")
    await write(log, into("b", 7_000))
    await keep_anchor(shell)
    await restore(shell)
    done = await verify(shell)
    assert done.returncode == exits.WRONG
    assert f"the log ends at {EVENTS}, and an anchor names event {EVENTS + 1}" in done.stdout
    assert "its end is lost" in done.stdout


@pytest.fixture
def home() -> Iterator[Path]:
    made = scratch()
    yield made
    shutil.rmtree(made)


async def test_a_base_backup_recovers_by_itself_and_is_proved(shell: Shell, home: Path) -> None:
    """To where an embedded server has its data."""
    who = await account()
    cluster = who.own(home / "cluster")
    program, *words = documented("pg_basebackup").split()
    words[words.index("base")] = str(cluster / "data")
    there = ("-h", shell.database.sockets, "-U", "postgres")
    status, said = await who.run(shell.bin / program, *words, *there, seconds=60)
    assert status == 0, said
    (home / "cluster.where").write_text("cluster\n")
    restored = EmbeddedPostgres(home, own=home)
    try:
        await restored.start()
        dsn = restored.dsn_of("ee_login", shell.database.name)
        report = await audited(Database(shell.database.name, dsn, "", cluster))
        assert (report.wrong, report.events) == ([], EVENTS)
    finally:
        await restored.stop()
