"""Leading one log: a connection of its own, the advisory lock, and the fence row.

The lock is politeness between engines that are well.  The fence is what counts: each append moves
its row, and only where epoch, holder and position are still the leader's own.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import asyncpg
from msgspec import Struct

from engine.errors import Deposed, StartRefused
from engine.ids import EventId, Position, Version
from engine.ports import Fence
from engine.store.admission import Append, Tail
from engine.store.connect import HOST_S, Connection, connect, explain, over_tcp, place, rest
from engine.store.entry import Entry
from engine.store.server_checks import Durability, refuse_durability, refuse_pooler

LOCK = 0x656D61696C  # "email"; advisory locks belong to one database

_BUMP = "UPDATE engine.fence SET epoch = epoch + 1, holder = $1"
_END = " RETURNING epoch, position, digest"
_TAKE = _BUMP + _END
_RETAKE = _BUMP + " WHERE holder = $1 AND epoch BETWEEN $2 AND $3" + _END

_LOOK = """
    SELECT asked.stream, NULL::uuid AS id,
           (SELECT e.version FROM engine.event e
             WHERE e.stream = asked.stream ORDER BY e.version DESC LIMIT 1) AS version
      FROM unnest($1::text[]) AS asked(stream)
    UNION ALL
    SELECT NULL, e.id, NULL FROM engine.event e WHERE e.id = ANY ($2::uuid[])"""

# One statement is one transaction: a process that freezes can never hold the fence's row open.
_WRITE = """
    WITH fenced AS (
      UPDATE engine.fence SET position = $1, digest = $2
       WHERE epoch = $3 AND holder = $4 AND position = $5
      RETURNING true)
    INSERT INTO engine.event
           (position, stream, version, id, tag, at, tenant, actor, cause, body, digest)
    SELECT entry.*
      FROM fenced, unnest($6::bigint[], $7::text[], $8::bigint[], $9::uuid[], $10::text[],
                          $11::timestamptz[], $12::text[], $13::text[], $14::text[],
                          $15::bytea[], $16::bytea[]) AS entry"""


class Limits(Struct, frozen=True, kw_only=True):
    """Real seconds."""

    watch: float = 10.0  # for an answer to a statement; then the connection is ended, not the COMMIT
    patience: float = 10.0  # of a caller whose append was not begun
    idle: float = 8.0  # after which Postgres ends the connection of a leader that hangs
    lock: float = 3.0  # at start, for a former leader's connection to go
    host: float = HOST_S


class Unacknowledged(Exception):
    """A commit came back with a warning: it may stand on this disk alone, or not at all."""


class Lead:
    """One process's hold on the log.  Used by one task at a time."""

    def __init__(self, dsn: str, *, name: str, durability: Durability, limits: Limits) -> None:
        self._dsn = dsn
        self._where = place(dsn)
        self._name = name
        self._durability = durability
        self._limits = limits
        self._connection: Connection | None = None
        self._doubted = False
        self._tried = 0  # no epoch above this was asked for in our name
        self.fence = Fence(0, "")
        self.position = Position(0)
        self.digest = b""

    @property
    def held(self) -> bool:
        return self._connection is not None and not self._connection.is_closed()

    async def take(self, holder: str) -> None:
        """Lead, for the first time; raises StartRefused where another engine does."""
        connection = await self._connect()
        try:
            await refuse_pooler(connection, self._where)
            await refuse_durability(connection, self._durability, self._where)
            await self._first_lock(connection)
            row = await self._acknowledged(connection, _TAKE, holder)
        except BaseException:
            connection.terminate()
            raise
        self._hold(connection, row, holder)

    async def retake(self) -> None:
        """Lead on after a lost connection.  When this returns, all that was written before it is
        to be seen, and what is not to be seen can never come.  Raises Deposed, or what Postgres
        raises while it is away."""
        self.drop()
        connection = await self._connect()
        try:
            if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
                await self._refuse_rival(connection)
                raise OSError("an old connection still holds the lock")
            self._tried += 1
            row = await self._acknowledged(
                connection, _RETAKE, self.fence.holder, self.fence.epoch, self._tried
            )
            if row is None:
                await self._refuse_rival(connection)
        except BaseException:
            connection.terminate()
            raise
        self._hold(connection, row, self.fence.holder)

    async def tail(self, append: Append) -> Tail:
        """The end of the log, with what it holds of the append's streams and ids."""
        connection = self._own()
        with self._watched(connection):
            rows = await connection.fetch(_LOOK, append.streams(), append.ids())
        versions = {row["stream"]: Version(row["version"]) for row in rows if row["version"]}
        ids = {EventId(str(row["id"])) for row in rows if row["id"]}
        return Tail(self.position, self.digest, versions, ids)

    async def write(self, entries: Sequence[Entry]) -> None:
        """All or none, acknowledged when this returns.  Without entries it only asks whether this
        process still leads.  Raises Deposed; any other error leaves the outcome unknown, but for
        those that Postgres answers to the statement itself."""
        connection = self._own()
        mine = (self.fence.epoch, self.fence.holder, self.position)
        if not entries:
            with self._watched(connection):
                held = await connection.fetchval(
                    "SELECT true FROM engine.fence"
                    " WHERE epoch = $1 AND holder = $2 AND position = $3",
                    *mine,
                )
        else:
            last = entries[-1]
            columns = [list(column) for column in zip(*entries, strict=True)]
            self._doubted = False
            with self._watched(connection):
                done = await connection.execute(_WRITE, last.position, last.digest, *mine, *columns)
            self._refuse_doubt()
            held = done == f"INSERT 0 {len(entries)}"
        if not held:
            raise Deposed(f"the fence at {self._where} is no more epoch {mine[0]} of {mine[1]!r}")
        if entries:
            self.position, self.digest = entries[-1].position, entries[-1].digest

    async def found(self, ids: Sequence[EventId]) -> Position | None:
        """The last position of an append that may have been written; to be asked after retake."""
        connection = self._own()
        with self._watched(connection):
            row = await connection.fetchrow(
                "SELECT max(position) AS last, count(*) AS found FROM engine.event"
                " WHERE id = ANY ($1::uuid[])",
                list(ids),
            )
        if row is None or row["found"] == 0:
            return None
        if row["found"] != len(ids):
            raise RuntimeError(f"{row['found']} of {len(ids)} events of one append are in the log")
        return Position(row["last"])

    async def beat(self) -> None:
        """Tell Postgres that this process is alive."""
        connection = self._own()
        with self._watched(connection):
            await connection.execute("SELECT")

    def drop(self) -> None:
        """End the connection without a word: a cancel request could turn a commit that waits for
        its standby into one that nobody else has."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def close(self) -> None:
        if self._connection is not None and not self._connection.is_closed():
            with self._watched(self._connection):
                await self._connection.close()
        self._connection = None

    def _own(self) -> Connection:
        if self._connection is None:
            raise OSError("no connection")
        return self._connection

    def _hold(self, connection: Connection, row: asyncpg.Record | None, holder: str) -> None:
        if row is None:
            connection.terminate()
            raise StartRefused(f"{self._where}: engine.fence is empty; restore it from a backup")
        self._connection = connection
        self.fence = Fence(row["epoch"], holder)
        self._tried = row["epoch"]
        self.position, self.digest = Position(row["position"]), row["digest"]

    async def _connect(self) -> Connection:
        seconds = f"{round(self._limits.idle * 1000)}ms"
        settings = {
            "synchronous_commit": "on",  # a role's or database's default would void the promise
            "idle_session_timeout": seconds,
            "idle_in_transaction_session_timeout": seconds,
        }
        if over_tcp(self._dsn):
            settings |= {
                "tcp_user_timeout": seconds,
                "tcp_keepalives_idle": "3",
                "tcp_keepalives_interval": "2",
                "tcp_keepalives_count": "3",
            }
        connection = await connect(
            self._dsn, "ee_engine", name=self._name, settings=settings, host_s=self._limits.host
        )
        connection.add_log_listener(self._heard)
        return connection

    async def _first_lock(self, connection: Connection) -> None:
        until = asyncio.get_running_loop().time() + self._limits.lock
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
            if asyncio.get_running_loop().time() > until:
                holder = await connection.fetchval("SELECT holder FROM engine.fence")
                raise StartRefused(
                    f"another engine leads the log at {self._where}: {holder!r}."
                    " Stop that one first, or give this one a database of its own"
                )
            await rest(0.1)

    async def _acknowledged(
        self, connection: Connection, statement: str, *args: object
    ) -> asyncpg.Record | None:
        self._doubted = False
        with self._watched(connection):
            row = await connection.fetchrow(statement, *args)
        self._refuse_doubt()
        return row

    async def _refuse_rival(self, connection: Connection) -> None:
        row = await connection.fetchrow("SELECT epoch, holder FROM engine.fence")
        if row is None or row["holder"] != self.fence.holder or row["epoch"] > self._tried:
            found = "nobody" if row is None else f"epoch {row['epoch']} of {row['holder']!r}"
            raise Deposed(f"the log at {self._where} belongs to {found} now")

    @contextmanager
    def _watched(self, connection: Connection) -> Iterator[None]:
        timer = asyncio.get_running_loop().call_later(self._limits.watch, connection.terminate)
        try:
            yield
        finally:
            timer.cancel()

    def _heard(self, _: object, message: asyncpg.PostgresLogMessage) -> None:
        self._doubted |= message.sqlstate in {"01000", "57P01"}

    def _refuse_doubt(self) -> None:
        if self._doubted:
            raise Unacknowledged("Postgres stopped waiting for its standby")
