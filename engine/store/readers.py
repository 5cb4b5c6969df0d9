"""Connections that read as somebody: as one tenant, whom policies hold back, or as the auditor."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from engine.ids import TenantId
from engine.store.connect import STATEMENT_S
from engine.store.pool import Borrowed, Pool


class Readers:
    """Nothing is opened before it is wanted."""

    def __init__(
        self, dsn: str, *, name: str, epoch: Callable[[], int], statement_s: float = STATEMENT_S
    ) -> None:
        self._api = Pool(dsn, "ee_api", name=f"{name} api", epoch=epoch, statement_s=statement_s)
        self._audit = Pool(
            dsn, "ee_audit", name=f"{name} audit", epoch=epoch, size=2, statement_s=statement_s
        )

    @asynccontextmanager
    async def reading(self, tenant: TenantId | None) -> AsyncIterator[Borrowed]:
        """Raises LogUnavailable when Postgres is away, before or while it is used."""
        if tenant is None:
            async with self._audit.borrow() as connection:
                yield connection
            return
        async with self._api.borrow() as connection, connection.transaction(readonly=True):
            await connection.execute("SELECT set_config('engine.tenant', $1, true)", tenant)
            yield connection

    async def close(self) -> None:
        await self._api.close()
        await self._audit.close()
