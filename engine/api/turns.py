"""Requests of one tenant that must see each other's outcome: they take turns.

What is decided for all of a tenant's addresses names each of them; an address that is registered
meanwhile must come before or after it, never beside it.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from engine.ids import TenantId


class Turns:
    def __init__(self) -> None:
        self._locks: dict[TenantId, asyncio.Lock] = {}
        self._waiting: Counter[TenantId] = Counter()

    @asynccontextmanager
    async def of(self, tenant: TenantId) -> AsyncIterator[None]:
        """Leave it only when the views show what was done."""
        lock = self._locks.setdefault(tenant, asyncio.Lock())
        self._waiting[tenant] += 1
        try:
            async with lock:
                yield
        finally:
            self._waiting[tenant] -= 1
            if not self._waiting[tenant]:
                del self._waiting[tenant], self._locks[tenant]
