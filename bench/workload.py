"""What is appended: one look at an address, of about 300 bytes, each caller at his own address."""

import itertools
from collections.abc import Callable
from uuid import UUID

from bench.fleet import ZONES
from engine.adapters.system import SystemClock, TimeOrderedIds
from engine.events.dnsbl import DNSBL, DnsblLooked
from engine.ids import Actor, IpAddr, TenantId
from engine.store import codec
from engine.values.verdict import Answer

ACTOR, TENANT = Actor("engine"), TenantId("tenant-1")
CAUSE = "dnsbl.look/100.64.0.1/1"
ANSWERS = {zone: Answer("clean") for zone in ZONES[:5]}


def address(number: int) -> IpAddr:
    return IpAddr(f"100.{64 + number // 65536}.{number // 256 % 256}.{number % 256}")


def stream(number: int) -> str:
    return DNSBL.stream(address(number))


def look(number: int, turn: int) -> DnsblLooked:
    return DnsblLooked(
        ip=address(number), round=f"2026-03-01/{turn:08}", answers=ANSWERS, catalogue=1
    )


BODY = codec.encode(look(1, 1))
TAG = codec.tag_of_event(look(1, 1))


def ids() -> Callable[[], UUID]:
    """Ordered by time, as the engine's are, so that no contender is slowed by the order of ids."""
    own = TimeOrderedIds(SystemClock().now)
    return lambda: UUID(own())


class Turns:
    """How many events each caller has written."""

    def __init__(self, callers: int) -> None:
        self._turns = [itertools.count() for _ in range(callers)]

    def next(self, caller: int) -> int:
        return next(self._turns[caller])
