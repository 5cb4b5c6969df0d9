"""Orders that wait for their button: each may be given once, by who asked for it, and soon.

They live in memory alone.  After a restart a button says that nobody remembers what it stood for,
which loses a minute and can never do anything twice.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec import Struct

from engine.ids import TenantId

LIFE = timedelta(minutes=5)
KEPT_MAX = 500
NONCE_BITS = 96

No = Literal[
    "unknown",  # of an engine that ran before this one, of another chat, or of nobody
    "spent",  # pressed before, by who asked
    "late",  # older than LIFE
    "anothers",
]


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
        self._spent: dict[str, Order] = {}

    def put(self, nonce: str, order: Order) -> None:
        _keep(self._orders, nonce, order)

    def take(self, nonce: str, chat: int, user: int, now: datetime) -> Order | No:
        """Who takes it has it alone; somebody else's press leaves it where it is."""
        spent = self._spent.get(nonce)
        order = spent or self._orders.get(nonce)
        if order is None or order.chat != chat:
            return "unknown"
        if order.user != user:
            return "anothers"
        if now >= order.until:
            return "late"
        if spent is not None:
            return "spent"
        del self._orders[nonce]
        _keep(self._spent, nonce, order)
        return order


def _keep(orders: dict[str, Order], nonce: str, order: Order) -> None:
    orders[nonce] = order
    while len(orders) > KEPT_MAX:
        del orders[next(iter(orders))]
