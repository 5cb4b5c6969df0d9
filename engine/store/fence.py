"""Leading one log: a connection of its own, the advisory lock, and the fence row.

The lock is politeness between engines that are well.  The fence is what counts: each append moves
its row, and only where epoch, holder and position are still the leader's own.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar

import asyncpg
import structlog
from msgspec import Struct

from engine.errors import Deposed, StartRefused
from engine.ids import Position
from engine.ports import Fence
from engine.store.connect import HOST_S, STATEMENT_S, Connection, connect, over_tcp, place, rest
from engine.store.server_checks import Durability, refuse_durability, refuse_pooler

A = TypeVar("A")

LOCK = 0x656D61696C  # "email"; advisory locks belong to one database

_LOCK = "SELECT pg_try_advisory_lock($1) AS got"
_LOOK = "SELECT epoch, holder FROM engine.fence"
_BUMP = "UPDATE engine.fence SET epoch = epoch + 1, holder = $1"
_END = " RETURNING epoch, position, digest"
_TAKE = _BUMP + _END
_AT = "SELECT at FROM engine.event WHERE position = $1"
_RETAKE = _BUMP + " WHERE holder = $1 AND epoch BETWEEN $2 AND $3" + _END
_ALONE = (
    "until synchronous_standby_names there names a standby, what is acknowledged may be lost with"
    " this one server"
)

_say = structlog.get_logger(__name__)


class Limits(Struct, frozen=True, kw_only=True):
    """Real seconds, and events."""

    waiting: int = 20_000  # events that may wait for their commit; then callers wait for room
    watch: float = 10.0  # for the answer to a statement; then its connection is ended, unasked
    patience: float = 10.0  # of a caller whose append was not begun
    idle: float = 8.0  # after which Postgres ends the connection of a leader that hangs
    lock: float = 3.0  # at start, for a former leader's connection to go
    host: float = HOST_S
    statement: float = STATEMENT_S  # for the answer to one that only reads


DEFAULT = Limits()


def changed(status: str) -> int:
    """How many rows, of e.g. ``INSERT 0 3`` (PostgreSQL 15 manual, 55.7, CommandComplete)."""
    return int(status.rpartition(" ")[2])


class Unacknowledged(Exception):
    """A commit came back with a warning: it may stand on this disk alone, or not at all."""


class Lead:
    """One process's hold on the log.  Used by one task at a time."""

    def __init__(self, dsn: str, *, name: str, durability: Durability, limits: Limits) -> None:
        self._dsn = dsn
        self._name = name
        self._durability = durability
        self._limits = limits
        self._connection: Connection | None = None
        self._doubted = False
        self._tried = 0  # no epoch above this was asked for in this process's name
        self.where = place(dsn)
        self.fence = Fence(0, "")
        self.position = Position(0)  # where the log ends, as the fence has it
        self.digest = b""
        self.at: datetime | None = None  # of the last event; None: there is none

    @property
    def held(self) -> bool:
        return self._connection is not None and not self._connection.is_closed()

    async def take(self, holder: str) -> None:
        """Lead, for the first time; raises StartRefused where another engine does."""
        async with self._opened() as connection:
            await refuse_pooler(connection, self.where)
            await refuse_durability(connection, self._durability, self.where)
            await self._first_lock(connection)
            rows = await self._ask(connection, _TAKE, holder)
            if not rows:
                raise StartRefused(f"{self.where}: engine.fence is empty; restore a backup")
            await self._hold(connection, rows[0], holder)

    async def retake(self) -> None:
        """Lead on after a lost connection.  Once this has returned, whatever was sent before is to
        be seen, or can never come.  Raises Deposed, or what Postgres raises while it is away.
        """
        self.drop()
        async with self._opened() as connection:
            if not (await self._ask(connection, _LOCK, LOCK))[0]["got"]:
                await self._refuse_rival(connection)
                raise OSError("an old connection of this engine still holds the lock")
            self._tried += 1
            mine = (self.fence.holder, self.fence.epoch, self._tried)
            rows = await self._ask(connection, _RETAKE, *mine)
            if not rows:
                raise Deposed(f"the log at {self.where} has another leader now")
            await self._hold(connection, rows[0], self.fence.holder)
            await self._say_if_alone(connection)

    async def ask(self, statement: str, *args: object) -> list[asyncpg.Record]:
        """One statement, which is one transaction: a process that freezes holds nothing open.
        Raises Unacknowledged where its commit came back in doubt.
        """
        return await self._ask(self._own(), statement, *args)

    async def change(self, statement: str, *args: object) -> int:
        """The same for one that writes.  Returns how many rows, as Postgres says when it is done:
        counting them in the statement itself costs it a tenth of the whole.
        """
        own = self._own()
        return changed(await self._watched(own, own.execute(statement, *args)))

    def drop(self) -> None:
        """End the connection without a word.  A cancel request would end the wait of a commit for
        its standby, and leave it on this server alone.
        """
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[Connection]:
        connection = await self._connect()
        try:
            yield connection
        except BaseException:
            connection.terminate()
            raise

    async def _connect(self) -> Connection:
        time = f"{round(self._limits.idle * 1000)}ms"
        settings = {
            "synchronous_commit": "on",  # a role's or database's default would void the promise
            "idle_session_timeout": time,
            "idle_in_transaction_session_timeout": time,
            # It looks for single rows by their keys.  A plan that was made while the log was empty
            # would read all of it, again and again, until somebody analyses the table.
            "enable_seqscan": "off",
            "jit": "off",
        }
        if over_tcp(self._dsn):
            settings |= {
                "tcp_user_timeout": time,
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
        loop = asyncio.get_running_loop()
        until = loop.time() + self._limits.lock
        while not (await self._ask(connection, _LOCK, LOCK))[0]["got"]:
            if loop.time() > until:
                holder = await connection.fetchval("SELECT holder FROM engine.fence")
                raise StartRefused(
                    f"another engine leads the log at {self.where}: {holder!r}."
                    " Stop that one first, or give this one a database of its own"
                )
            await rest(0.1)

    async def _refuse_rival(self, connection: Connection) -> None:
        (row,) = await self._ask(connection, _LOOK)
        if row["holder"] != self.fence.holder:
            raise Deposed(f"the log at {self.where} is led by {row['holder']!r} now")

    async def _say_if_alone(self, connection: Connection) -> None:
        """Right after a fail-over the new primary often waits for nobody yet.  To stop then would
        stop the stops as well, so the engine leads on, and says what its promise is worth.
        """
        if self._durability == "synchronous":
            (row,) = await self._ask(connection, "SHOW synchronous_standby_names")
            if not row[0]:
                _say.warning("log.on_one_disk", where=self.where, next=_ALONE)

    async def _ask(
        self, connection: Connection, statement: str, *args: object
    ) -> list[asyncpg.Record]:
        return await self._watched(connection, connection.fetch(statement, *args))

    async def _watched(self, connection: Connection, work: Coroutine[Any, Any, A]) -> A:
        self._doubted = False
        timer = asyncio.get_running_loop().call_later(self._limits.watch, connection.terminate)
        try:
            answer = await work
        finally:
            timer.cancel()
        if self._doubted:
            raise Unacknowledged("Postgres stopped waiting for its standby")
        return answer

    def _own(self) -> Connection:
        if self._connection is None:
            raise OSError("no connection")
        return self._connection

    def _heard(self, _: object, message: asyncpg.PostgresLogMessage) -> None:
        self._doubted |= message.sqlstate in {"01000", "57P01"}

    async def _hold(self, connection: Connection, row: asyncpg.Record, holder: str) -> None:
        # Not of the bump itself: one that waited for an append would not see its event.
        last = await self._ask(connection, _AT, row["position"])
        self._connection = connection
        self.fence = Fence(row["epoch"], holder)
        self._tried = row["epoch"]
        self.position, self.digest = Position(row["position"]), row["digest"]
        self.at = last[0]["at"] if last else None
