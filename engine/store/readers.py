"""Connections that read as somebody: as one tenant, whom policies hold back, or as the auditor."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from engine.ids import TenantId, parse_slug
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

    @property
    def size(self) -> int:
        """Connections that are open."""
        return self._api.size + self._audit.size

    @asynccontextmanager
    async def reading(self, tenant: TenantId | None) -> AsyncIterator[Borrowed]:
        """Raises LogUnavailable when Postgres is away, before or while it is used."""
        if tenant is None:
            async with self._audit.borrow() as connection:
                yield connection
            return
        async with self._api.borrow() as connection:
            await connection.execute(_as(tenant))
            try:
                yield connection
            except TimeoutError:
                raise  # the pool ends the connection
            except Exception:
                if not connection.is_closed():
                    await connection.execute("ROLLBACK")
                raise
            await connection.execute("COMMIT")

    async def close(self) -> None:
        await self._api.close()
        await self._audit.close()


def _as(tenant: TenantId) -> str:
    """One message instead of two; a slug holds nothing that could end a literal."""
    slug = parse_slug(tenant) if tenant else ""  # nobody sees nothing
    return (
        "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY;"
        f" SELECT set_config('engine.tenant', '{slug}', true)"
    )
