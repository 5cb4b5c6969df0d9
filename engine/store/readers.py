"""Connections that read as somebody: as one tenant, whom policies hold back, or as the auditor."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

import asyncpg

from engine.ids import TenantId, parse_slug
from engine.store.connect import STATEMENT_S
from engine.store.pool import Borrowed, Pool


class Select(NamedTuple):
    """A question about one table whose rows have a tenant."""

    rows: str  # "SELECT … FROM … WHERE …", to which more conditions can be added
    end: str  # " ORDER BY … LIMIT …"; with a LIMIT, for the planner takes no such subquery apart


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
            except (Exception, GeneratorExit):  # the latter: who read in pages has read enough
                if not connection.is_closed():
                    await connection.execute("ROLLBACK")
                raise
            await connection.execute("COMMIT")

    async def fetch(
        self, tenant: TenantId | None, select: Select, *args: object
    ) -> list[asyncpg.Record]:
        """One question to Postgres, and one transaction.  Raises LogUnavailable."""
        if tenant is None:
            async with self._audit.borrow() as connection:
                return await connection.fetch(select.rows + select.end, *args)
        async with self._api.borrow() as connection:
            return await connection.fetch(_of_tenant(select, len(args) + 1), *args, tenant)

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


def _of_tenant(select: Select, n: int) -> str:
    """``select`` as the tenant in ``${n}``.  Its rows are looked for by what set_config answers, so
    that is asked first; were it not, the policy would let none through.  The setting ends with the
    statement, however that ends.
    """
    return (
        f"SELECT own.* FROM (SELECT set_config('engine.tenant', ${n}, true) AS tenant) AS me,"
        f" LATERAL ({select.rows} AND tenant = me.tenant{select.end}) AS own"
    )
