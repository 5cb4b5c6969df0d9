"""Which refusals came after a rollout: what it may be blamed for is not older than it is."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from engine.ids import TenantId
from engine.rules.accounting.leaks import GRACE
from engine.values.traffic import Counts, Outcome, Refused


class Since(NamedTuple):
    """A rollout that is watched."""

    version: int  # of the tenant's file on the node
    at: datetime  # it was done


class RefusedSince:
    """Connections that were open keep the old settings for a while, and clocks differ."""

    def __init__(self, since: Mapping[TenantId, Since]) -> None:
        self._since = since
        self._after = {tenant: int((one.at + GRACE).timestamp()) for tenant, one in since.items()}
        self._found: dict[TenantId, Counter[Outcome]] = {tenant: Counter() for tenant in since}

    def see(self, tenant: TenantId | None, second: int, outcome: Outcome) -> None:
        if tenant is not None and second > self._after.get(tenant, second):
            self._found[tenant][outcome] += 1

    def found(self) -> dict[TenantId, Refused]:
        """Of every tenant with such a rollout, also if nothing was refused."""
        return {
            tenant: Refused(
                self._since[tenant].version,
                Counts(**{str(what): number for what, number in found.items()}),
            )
            for tenant, found in self._found.items()
        }
