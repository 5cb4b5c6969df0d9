"""A Postgres of the engine's own, for a first run without any service installed.

It listens on a unix socket in a directory that nobody else can enter, keeps its data over restarts,
and is as safe against a crash as Postgres is (nothing is switched off).  As root it runs under a
user of its own.  Every failure is a StartRefused that says what to do.
"""

import asyncio
import shlex
import shutil
from collections.abc import Sequence
from pathlib import Path

import asyncpg

import engine
from engine.adapters.postgres_account import USER, Account, account
from engine.adapters.postgres_binaries import Binaries, choose, installed, within_reach
from engine.adapters.postgres_place import OWN, Place, find, forget, is_known
from engine.errors import StartRefused

SUPERUSER = "postgres"  # sets the server up, and nothing else
LOGIN = "ee_login"  # what runs logs in so: it may become each role but those that own, and is none
MIGRATES = "ee_login_migrate"  # may become the owner of the tables; nothing that serves is it
DATABASE = "email_engine"
ROLES = Path(engine.__file__).parent.parent / "sql" / "roles.sql"
START_S = 60.0
STOP_S = 30.0
ORPHANS_S = 15.0  # after kill -9 of the postmaster, for its children to notice and go
_RIGHTS = (
    f"GRANT ee_engine, ee_api, ee_audit TO {LOGIN}; GRANT ee_migrate TO {MIGRATES};"
    f" REVOKE ee_migrate FROM {LOGIN}"  # servers that were made earlier had one login
)
_NOBODY = 2**31 - 2  # no kernel gives this number to a process
_ORPHANS = ("lock file", "shared memory block")  # what Postgres says until they are gone


class EmbeddedPostgres:
    """``start`` it, use ``dsn``, ``stop`` it with the engine."""

    def __init__(
        self,
        directory: Path,
        *,
        binaries: Sequence[Path] | None = None,
        user: str = USER,
        own: Path = OWN,
        settings: Sequence[str] = (),
    ) -> None:
        """``directory`` is this server's; where Postgres's user cannot reach it, it only holds a
        note of where the data is: below ``own``.  ``binaries``: installations to choose from,
        instead of those found on this machine.  ``settings``: of the server, as ``name=value``.
        """
        self._directory = directory.absolute()
        self._homes = binaries
        self._user = user
        self._own = own
        self._settings = tuple(settings)
        self._account = Account("", 0, 0)
        self._binaries = Binaries(Path(), 0)
        self._place: Place | None = None
        self.was_running = False  # before `start`

    @property
    def exists(self) -> bool:
        """Was it ever started here?"""
        return is_known(self._directory)

    @property
    def dsn(self) -> str:
        """The engine's own, for all but ``migrate``: that takes what ``migrating`` makes of it."""
        return self.dsn_of(LOGIN)

    def dsn_of(self, user: str, database: str = DATABASE) -> str:
        return f"postgresql://{user}@/{database}?host={self._started().socket}"

    @property
    def pid(self) -> int | None:
        """The postmaster's, while there is one."""
        return _postmaster(self._started().data)

    async def start(self, *, gently: bool = False) -> str:
        """Start it, or find it running; returns ``dsn``.  Raises StartRefused.  One that runs and
        does not answer is started anew, or, ``gently``, left to the engine that uses it.
        """
        self._account = await account(self._user)
        self._place = place = await find(self._directory, self._account, self._own)
        chosen = await choose(self._homes or installed(), _made_by(place.data))
        self._binaries = await within_reach(chosen, self._account, self._own)
        if not place.data.exists():
            await self._init(place)
        await self._run(place, gently)
        await self._make_database()
        return self.dsn

    async def in_use(self) -> bool:
        """Is anybody but the caller of this connected to its database?"""
        connection = await self._connected(DATABASE)
        try:
            others = (
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
                " AND backend_type = 'client backend' AND pid <> pg_backend_pid())"
            )
            return bool(await connection.fetchval(others))
        finally:
            await connection.close()

    async def stop(self) -> None:
        """Within STOP_S; who still is connected is sent away."""
        place = self._started()
        if not await self._is_running(place):
            return
        status, output = await self._pg_ctl("stop", "-m", "fast", "-w", "-t", f"{STOP_S:.0f}")
        if status != 0 and await self._is_running(place):
            raise StartRefused(
                f"the embedded Postgres in {place.data} does not stop: {output}."
                f" Look into {place.log}"
            )

    async def remove(self) -> None:
        """Stop it and delete its data: for a demo or a test that leaves nothing behind."""
        place = self._started()
        await self.stop()
        for folder in (place.socket, place.data.parent):
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        forget(self._directory)

    def _started(self) -> Place:
        if self._place is None:
            raise RuntimeError("start it first")
        return self._place

    async def _init(self, place: Place) -> None:
        """Whole or not at all: a directory that was left half-made is made again."""
        half = place.data.with_name("data.new")
        status, output = await self._account.run(*("/bin/rm", "-rf", half), seconds=START_S)
        if status == 0:
            status, output = await self._account.run(
                self._binaries.program("initdb"),
                *("-D", half, "-U", SUPERUSER, "--auth-local=trust", "--auth-host=reject"),
                *("-E", "UTF8", "--locale=C"),
                seconds=START_S,
            )
        if status != 0:
            raise StartRefused(f"initdb in {half} failed: {_end(output)}")
        half.rename(place.data)

    async def _run(self, place: Place, gently: bool) -> None:
        _disown_stranger(place.data)
        self.was_running = await self._is_running(place)
        if self.was_running:
            if gently or await self._answers():
                return  # left over from an engine that was killed; it is the same server
            await self.stop()
        loop = asyncio.get_running_loop()
        until = loop.time() + ORPHANS_S
        while True:
            status, output = await self._pg_ctl(
                *("start", "-w", "-t", f"{START_S:.0f}", "-l", place.log),
                *("-o", self._options(place)),
            )
            if status == 0:
                return
            if loop.time() > until or not any(sign in _tail(place.log) for sign in _ORPHANS):
                raise StartRefused(
                    f"the embedded Postgres in {place.data} does not start: {_end(output)}."
                    f" {place.log} ends with: {_tail(place.log)}"
                )
            await asyncio.sleep(0.2)

    def _options(self, place: Place) -> str:
        settings = (
            "listen_addresses=",
            f"unix_socket_directories={place.socket}",
            "unix_socket_permissions=0700",
            "port=5432",
            *self._settings,
        )
        return " ".join(f"-c {shlex.quote(one)}" for one in settings)

    async def _pg_ctl(self, verb: str, *more: str | Path) -> tuple[int, str]:
        command = (self._binaries.program("pg_ctl"), verb, "-D", self._started().data, *more)
        return await self._account.run(*command, seconds=START_S + 5)

    async def _is_running(self, place: Place) -> bool:
        if not place.data.exists():
            return False
        status, _ = await self._pg_ctl("status")
        return status == 0

    async def _answers(self) -> bool:
        try:
            connection = await self._connected("postgres")
        except StartRefused:
            return False
        await connection.close()
        return True

    async def _connected(self, database: str) -> "asyncpg.Connection[asyncpg.Record]":
        try:
            return await asyncpg.connect(self.dsn_of(SUPERUSER, database), timeout=10)
        except (OSError, TimeoutError, asyncpg.PostgresError) as error:
            raise StartRefused(
                f"the embedded Postgres runs but does not answer on {self._started().socket}:"
                f" {type(error).__name__}: {error}"
            ) from error

    async def _make_database(self) -> None:
        """With the roles, and the login; changes nothing when they are there."""
        connection = await self._connected("postgres")
        try:
            known = "SELECT true FROM pg_database WHERE datname = $1"
            if not await connection.fetchval(known, DATABASE):
                await connection.execute(f"CREATE DATABASE {DATABASE}")
        finally:
            await connection.close()
        connection = await self._connected(DATABASE)
        try:
            await connection.execute(ROLES.read_text())
            for login in (LOGIN, MIGRATES):
                if await connection.fetchval("SELECT to_regrole($1) IS NULL", login):
                    await connection.execute(f"CREATE ROLE {login} LOGIN NOINHERIT")
            await connection.execute(_RIGHTS)
        finally:
            await connection.close()


def migrating(dsn: str) -> str:
    """The same database of an embedded server, for the login that may change tables."""
    return dsn.replace(f"//{LOGIN}@", f"//{MIGRATES}@", 1)


def _made_by(data: Path) -> int | None:
    version = data / "PG_VERSION"
    return int(version.read_text()) if version.exists() else None


def _postmaster(data: Path) -> int | None:
    try:
        return int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _disown_stranger(data: Path) -> None:
    """After a restart of the machine or container the number in postmaster.pid may be any other
    program's: Postgres would refuse to start, and pg_ctl would stop that program.  Or it is a
    postmaster that was killed and that nobody has reaped.  The rest of the file stays: by it
    Postgres sees whether children of the old one still hold the shared memory.
    """
    pid = _postmaster(data)
    process = Path(f"/proc/{pid}")
    if pid is None or not process.exists():
        return
    try:
        is_ours = (process / "cwd").readlink() == data.resolve()
    except OSError:  # a zombie has no directory; another user's is not for us to see
        is_ours = False
    if not is_ours:
        file = data / "postmaster.pid"
        _, _, rest = file.read_text().partition("\n")
        file.write_text(f"{_NOBODY}\n{rest}")


def _tail(log: Path) -> str:
    try:
        return _end(log.read_text(errors="replace"))
    except OSError:
        return "(there is none)"


def _end(text: str) -> str:
    return " | ".join(text.strip().splitlines()[-5:])
