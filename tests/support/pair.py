"""A bare pair: a primary whose commits wait for a standby, which the test promotes."""

import os
import shutil
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from engine.adapters.embedded_postgres import DATABASE, LOGIN, ROLES, SUPERUSER
from engine.adapters.postgres_account import Account, account
from engine.store.migrate import migrate
from tests.support.needs import need
from tests.support.postgres import Database, eventually, scratch

_SETTINGS = (
    "listen_addresses=",
    "shared_buffers=16MB",
    "wal_retrieve_retry_interval=200ms",  # else one promotion in six takes its default of 5 s
    "hot_standby_feedback=on",
)
_SECONDS = 60.0  # for any of the programs


class Server:
    """One of the two; who runs it is no matter of its role, which changes."""

    def __init__(self, home: Path, binaries: Path, runs_it: Account) -> None:
        self._binaries = binaries
        self._user = runs_it
        self.data = runs_it.own(home) / "data"
        self.socket = runs_it.own(home / "s")
        login, superuser = (
            f"postgresql://{user}@/{DATABASE}?host={self.socket}" for user in (LOGIN, SUPERUSER)
        )
        self.database = Database(DATABASE, login, superuser, self.socket)

    async def make(self) -> None:
        """A cluster with the engine's login and tables; returns when it runs."""
        options = ("-A", "trust", "-U", SUPERUSER, "-E", "UTF8", "--locale=C", "--wal-segsize=1")
        await self._run("initdb", "-D", self.data, "--no-sync", *options)
        await self.start()
        connection = await asyncpg.connect(self.database.superuser, database="postgres")
        try:
            await connection.execute(f"CREATE DATABASE {DATABASE}")
        finally:
            await connection.close()
        await self.database.run(ROLES.read_text())
        await self.database.run(
            f"CREATE ROLE {LOGIN} LOGIN NOINHERIT;"
            f" GRANT ee_migrate, ee_engine, ee_api, ee_audit TO {LOGIN}"
        )
        await migrate(self.database.dsn)

    async def start(self) -> None:
        settings = " ".join(f"-c {one}" for one in _SETTINGS) + f" -k {self.socket}"
        log = self.data.with_name("log")
        await self._run("pg_ctl", "-D", self.data, "-w", "-l", log, "-o", settings, "start")

    async def follow(self, primary: "Server") -> None:
        """As a new copy of it, which every commit of the primary waits for from now on."""
        shutil.rmtree(self.data, ignore_errors=True)
        for left in self.socket.iterdir():  # by a server that was killed, and that nobody reaped
            left.unlink()
        whence = ("-h", primary.socket, "-U", SUPERUSER)
        how = ("-R", "-X", "stream", "-c", "fast", "--no-sync")
        await self._run("pg_basebackup", "-D", self.data, *whence, *how)
        await self.start()
        await primary.wait_for_standbys("*")
        state = "SELECT true FROM pg_stat_replication WHERE sync_state = 'sync'"
        await eventually(lambda: primary.database.ask(state))

    async def wait_for_standbys(self, names: str) -> None:
        await self.database.ask(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
        await self.database.ask("SELECT pg_reload_conf()")

    async def promote(self) -> None:
        """Alone from now on, so nobody is waited for."""
        await self._run("pg_ctl", "-D", self.data, "-w", "promote")
        await self.wait_for_standbys("")

    async def kill(self) -> None:
        """The machine is gone: no process of it says goodbye."""
        children = await self.database.ask("SELECT pid FROM pg_stat_activity WHERE pid IS NOT NULL")
        postmaster = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        for pid in (postmaster, *(row["pid"] for row in children)):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue  # the backend that was asked

    async def stop(self) -> None:
        """At once, and so that it may start again."""
        if (self.data / "postmaster.pid").exists():
            await self._user.run(
                *(self._binaries / "pg_ctl", "-D", self.data, "-m", "immediate", "stop"),
                seconds=_SECONDS,
            )

    async def _run(self, program: str, *words: str | Path) -> None:
        status, output = await self._user.run(self._binaries / program, *words, seconds=_SECONDS)
        assert status == 0, output


class Pair:
    """``primary`` and ``standby`` change places when the test makes them."""

    def __init__(self, one: Server, other: Server) -> None:
        self.primary = one
        self.standby = other
        where = f"{one.socket},{other.socket}"
        self.dsn = f"postgresql://{LOGIN}@/{DATABASE}?host={where}"

    async def fail_over(self) -> None:
        """The standby is promoted; what was the primary is gone."""
        await self.standby.promote()
        self.primary, self.standby = self.standby, self.primary


def _binaries() -> Path:
    """Debian's alone hold pg_basebackup."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_basebackup"))
    return (found[-1] if found else Path(need("pg_basebackup", "postgresql"))).parent


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    """Both run, and every commit waits for both."""
    home, user, binaries = scratch(), await account(), _binaries()
    servers = [Server(home / name, binaries, user) for name in ("a", "b")]
    try:
        await servers[0].make()
        await servers[1].follow(servers[0])
        yield Pair(*servers)
    finally:
        for server in servers:
            await server.stop()
        shutil.rmtree(home)
