"""The last use of each API key, in Postgres."""

from collections.abc import Mapping
from datetime import datetime

from engine.errors import LogUnavailable
from engine.ids import KeyId
from engine.store.connect import AWAY, STATEMENT_S, Connection, connect, explain

_WRITE = """
    INSERT INTO engine.key_use AS had (key, last_used_at)
    SELECT * FROM unnest($1::text[], $2::timestamptz[])
        ON CONFLICT (key) DO UPDATE
       SET last_used_at = greatest(had.last_used_at, excluded.last_used_at)"""


class PostgresKeyUses:
    """A connection for each write: there is at most one a minute."""

    def __init__(self, dsn: str, *, name: str) -> None:
        self._dsn, self._name = dsn, f"{name} keys"

    async def read(self) -> Mapping[KeyId, datetime]:
        connection = await self._connected()
        try:
            rows = await connection.fetch(
                "SELECT key, last_used_at FROM engine.key_use", timeout=STATEMENT_S
            )
        finally:
            await connection.close()
        return {KeyId(row["key"]): row["last_used_at"] for row in rows}

    async def write(self, uses: Mapping[KeyId, datetime]) -> None:
        connection = await self._connected()
        try:
            await connection.execute(_WRITE, list(uses), list(uses.values()), timeout=STATEMENT_S)
        except AWAY as error:
            raise LogUnavailable(explain(error)) from error
        finally:
            connection.terminate()

    async def _connected(self) -> Connection:
        try:
            return await connect(self._dsn, "ee_engine", name=self._name)
        except AWAY as error:
            raise LogUnavailable(explain(error)) from error
