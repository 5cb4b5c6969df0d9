"""Orders that wait for their button: each may be given once, by who asked for it, and soon.

They live in memory alone.  After a restart a button says that it is too old, which loses a minute
and can never do anything twice.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec import Struct

from engine.ids import TenantId

LIFE = timedelta(minutes=5)
KEPT_MAX = 500
NONCE_BITS = 96

No = Literal["old", "anothers"]


class Order(Struct, frozen=True, kw_only=True):
    chat: int
    user: int
    until: datetime
    tenant: TenantId
    does: str  # HTML: what is done
    path: str
    of: Mapping[str, str]
    given: Mapping[str, Any]


class Pending:
    def __init__(self) -> None:
        self._orders: dict[str, Order] = {}

    def put(self, nonce: str, order: Order) -> None:
        self._orders[nonce] = order
        while len(self._orders) > KEPT_MAX:
            del self._orders[next(iter(self._orders))]

    def take(self, nonce: str, chat: int, user: int, now: datetime) -> Order | No:
        """Who takes it has it alone; somebody else's press leaves it where it is."""
        order = self._orders.get(nonce)
        if order is None or order.chat != chat:
            return "old"
        if order.user != user:
            return "anothers"
        del self._orders[nonce]
        return order if now < order.until else "old"
