"""Which tenants' exports are under way: each reads the whole log, so one at a time of each."""

from collections.abc import Iterator
from contextlib import contextmanager

from engine.api.problems import Problem
from engine.ids import TenantId

IN_ALL = 4


class Exports:
    def __init__(self) -> None:
        self._under_way: set[TenantId] = set()

    @contextmanager
    def one(self, tenant: TenantId) -> Iterator[None]:
        """Raises Problem where it is under way, or where too many are."""
        if tenant in self._under_way:
            raise _busy(f"an export of {tenant} is under way")
        if len(self._under_way) >= IN_ALL:
            raise _busy("other exports are under way")
        self._under_way.add(tenant)
        try:
            yield
        finally:
            self._under_way.discard(tenant)


def _busy(why: str) -> Problem:
    return Problem("busy", f"{why}; ask again when it has ended", headers={"Retry-After": "10"})
