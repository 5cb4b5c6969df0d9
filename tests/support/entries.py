"""Small events for tests of the log itself, and a clock that counts."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from engine.events.effect import EFFECT, EffectStuck
from engine.ids import Actor, EffectKey, EventId, Position, TenantId, Version
from engine.ports import Log, New, Slice

ACME = TenantId("acme")
BOLT = TenantId("bolt")
SOMEBODY = Actor("key:1")
DAY_1 = datetime(2026, 1, 1, tzinfo=UTC)


class CountingClock:
    """One second later at each look."""

    def __init__(self) -> None:
        self._now = DAY_1

    def now(self) -> datetime:
        self._now += timedelta(seconds=1, microseconds=7)
        return self._now

    async def wait_until(self, instant: datetime) -> None:
        raise AssertionError("the store waits for nobody's clock")


def event_id(number: int) -> EventId:
    return EventId(str(UUID(int=number)))


def event(text: str = "looked") -> EffectStuck:
    return EffectStuck(key=EffectKey(text), effect="look")


def into(
    key: str, *numbers: int, expected: int | None = None, tenant: TenantId | None = ACME
) -> Slice:
    """Events with these ids for the stream ``effect-<key>``."""
    return Slice(
        stream=EFFECT.stream(key),
        tenant=tenant,
        events=[New(event_id(number), event(f"{key} {number}")) for number in numbers],
        expected=None if expected is None else Version(expected),
    )


async def write(log: Log, *slices: Slice, cause: str = "a test") -> Position:
    return await log.append(slices, actor=SOMEBODY, cause=cause)


async def numbers(log: Log, after: int = 0, limit: int = 1000) -> Sequence[int]:
    """The ids of what the log holds, as the numbers they were made of."""
    return [UUID(one.id).int for one in await log.read_from(Position(after), limit)]
