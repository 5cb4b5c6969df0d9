"""Connections to one MailWizz database, and its driver's errors in the engine's words."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncmy
from asyncmy.constants import CLIENT
from asyncmy.errors import MySQLError

from engine.adapters.mailwizz_table import COLUMNS, OFFSET, PLAN, Sql, Table, row_of, table_of
from engine.ids import InstanceId, ServerId
from engine.ports import MailwizzRefused, MailwizzSilent
from engine.rules import midnights
from engine.values.server import ServerRow

CONNECTIONS = 4  # a stop needs no turn behind a slow look
IDLE_SECONDS = 30.0  # a firewall may forget an older one silently, and a stop would find out
CONNECT_SECONDS = 3

# Errors in which the database answers and means "not now": 1000s are the server's, 2000s ours.
_PASSING = {1040, 1053, 1077, 1152, 1158, 1159, 1160, 1161, 1203, 1205, 1213, 1317, 1927, 1969}
_FINAL = {2054, 2059, 2061}  # the user's way of logging in is not one that this driver knows
_UNKNOWN_COLUMN = 1054
_LOGIN = {1044, 1045, 1049, 1698}  # the user, its password or the database


class Session:
    """One connection, and the table as it looked when the connection was made."""

    def __init__(self, connection: asyncmy.Connection, table: Table) -> None:
        self.table = table
        self._connection = connection
        self._used = time.monotonic()

    async def rows(self, server_id: ServerId | None = None) -> tuple[ServerRow, ...]:
        async with self._connection.cursor() as cursor:
            await cursor.execute(*self.table.select(server_id))
            return tuple(row_of(found) for found in await cursor.fetchall())

    async def clock(self) -> str:
        async with self._connection.cursor() as cursor:
            await cursor.execute(OFFSET)
            (found,) = await cursor.fetchall()
            return midnights.offset(float(found[0]))

    async def write(self, sql: Sql) -> bool:
        """Whether a row was matched: FOUND_ROWS counts one that already held these values."""
        async with self._connection.cursor() as cursor:
            return bool(await cursor.execute(*sql))

    async def fresh(self) -> bool:
        if time.monotonic() - self._used > IDLE_SECONDS:
            return False
        try:
            await self._connection.ping(reconnect=False)
        except (MySQLError, OSError):
            return False
        return True

    def rest(self) -> None:
        self._used = time.monotonic()

    def close(self) -> None:
        self._connection.close()


class Link:
    """A few connections to one database, opened when needed and dropped after any failure."""

    def __init__(
        self, instance: InstanceId, table: str, seconds: float, options: dict[str, object]
    ) -> None:
        self._instance = instance
        self._table = table
        self._seconds = seconds
        self._options = options
        self._idle: list[Session] = []
        self._turns = asyncio.Semaphore(CONNECTIONS)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Session]:
        """A session of its own for the caller; raises MailwizzSilent or MailwizzRefused."""
        try:
            async with asyncio.timeout(self._seconds), self._turns:
                session = await self._take()
                try:
                    yield session
                except MailwizzRefused:  # our own no: the connection is as good as before
                    self._keep(session)
                    raise
                except BaseException:
                    session.close()
                    raise
                self._keep(session)
        except TimeoutError:
            raise MailwizzSilent(
                f"the database of MailWizz {self._instance} did not answer within"
                f" {self._seconds:g} s; what was asked may or may not have been done"
            ) from None
        except (MySQLError, OSError) as error:
            raise self._said(error) from None

    async def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _keep(self, session: Session) -> None:
        session.rest()
        self._idle.append(session)

    async def _take(self) -> Session:
        while self._idle:
            session = self._idle.pop()
            try:
                if await session.fresh():
                    return session
            except BaseException:
                session.close()
                raise
            session.close()
        return await self._open()

    async def _open(self) -> Session:
        connection = await asyncmy.connect(
            **self._options,
            connect_timeout=CONNECT_SECONDS,
            client_flag=CLIENT.FOUND_ROWS,
            autocommit=True,
            init_command="SET SESSION innodb_lock_wait_timeout = 4",
        )
        try:
            table = await self._discover(connection)
        except BaseException:
            connection.close()
            raise
        return Session(connection, table)

    async def _discover(self, connection: asyncmy.Connection) -> Table:
        async with connection.cursor() as cursor:
            await cursor.execute(COLUMNS, (self._table,))
            table = table_of(self._table, await cursor.fetchall())
            if not table.readable:
                raise MailwizzRefused(
                    f"MailWizz {self._instance}: no table {self._table} is visible in its"
                    " database: check prefix and database, and GRANT SELECT on its columns"
                )
            table.refuse_unreadable()
            if not table.plans:
                await self._prove_absent(cursor, table)
        return table

    async def _prove_absent(self, cursor: asyncmy.cursors.Cursor, table: Table) -> None:
        """A MailWizz before 2.1.10 has no plans; one whose column is only hidden may have."""
        try:
            await cursor.execute(table.probe_plan())
        except MySQLError as error:
            if _code(error) != _UNKNOWN_COLUMN:
                raise MailwizzRefused(
                    f"MailWizz {self._instance}: column {PLAN} of {table.name} is hidden from"
                    f" this user: GRANT SELECT ({PLAN}); a MailWizz before 2.1.10 has none, and"
                    " shows that only to a user who may SELECT from the whole table"
                ) from None

    def _said(self, error: MySQLError | OSError) -> Exception:
        code = _code(error)
        text = f"the database of MailWizz {self._instance}: {_text(error)} ({code})"
        if code in _LOGIN:
            text += (
                f"; see user, database and password_file of [mailwizz.{self._instance}], and what"
                " its administrator granted"
            )
        answered = 1000 <= code < 2000 or code >= 3000 or code in _FINAL
        if answered and code not in _PASSING:
            return MailwizzRefused(text)
        return MailwizzSilent(text)


def _code(error: Exception) -> int:
    first = error.args[0] if error.args else 0
    return first if isinstance(first, int) else 0


def _text(error: Exception) -> str:
    return str(error.args[1]) if len(error.args) > 1 else str(error)
