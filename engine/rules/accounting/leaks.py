"""Deliveries of addresses that stand still: a stop is believed when it is seen (DESIGN §4)."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from engine.ids import IpAddr, Position, TenantId

GRACE = timedelta(minutes=2)  # for what was under way, and for clocks


class Standing(NamedTuple):
    """An address whose queues the node says it has paused."""

    tenant: TenantId
    stop: Position  # the event that asked for it
    obeyed: datetime


class Leak(NamedTuple):
    """Deliveries dated later than that."""

    stop: Position
    deliveries: int
    first: datetime
    last: datetime


class Leaks:
    def __init__(self, stops: Mapping[IpAddr, Standing]) -> None:
        self._stops = stops
        self._after = {ip: int((one.obeyed + GRACE).timestamp()) for ip, one in stops.items()}
        self._found: dict[IpAddr, tuple[int, int, int]] = {}  # number, first and last second

    def see(self, deliveries: Iterable[tuple[IpAddr, TenantId | None, int]]) -> None:
        """Address, whose it was, and the second; nothing is looked at where nobody stands still."""
        if not self._after:
            return
        for ip, tenant, second in deliveries:
            if second > self._after.get(ip, second) and tenant == self._stops[ip].tenant:
                number, first, last = self._found.get(ip, (0, second, second))
                self._found[ip] = number + 1, min(first, second), max(last, second)

    def found(self) -> dict[TenantId, dict[IpAddr, Leak]]:
        leaks: dict[TenantId, dict[IpAddr, Leak]] = {}
        for ip, (number, first, last) in sorted(self._found.items()):
            stop = self._stops[ip]
            leak = Leak(stop.stop, number, _at(first), _at(last))
            leaks.setdefault(stop.tenant, {})[ip] = leak
        return leaks


def _at(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
