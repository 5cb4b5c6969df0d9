"""When the name servers are checked."""

from datetime import timedelta

from engine.effects import CheckResolver
from engine.events.engine import EngineLed, ResolverChecked
from engine.ids import EngineId, Position
from engine.reactors.resolver import RESOLVER
from tests.support.spec import DAY_1, ReactorSpec

SPEC = ReactorSpec(RESOLVER)
LED = EngineLed(engine=EngineId("main"), epoch=1, version="1")
FIT, UNFIT = ResolverChecked(faults={}), ResolverChecked(faults={"192.0.2.53:53": ("silent",)})
DAY_ON, SOON = DAY_1 + timedelta(days=1), DAY_1 + timedelta(minutes=15)


def check(cycle: int) -> CheckResolver:
    return CheckResolver(tenant=None, cycle=Position(cycle))


def test_they_are_checked_at_each_start() -> None:
    SPEC.asks(given=[LED], then=[check(1)])
    SPEC.asks(given=[LED, FIT, LED], then=[check(3)])


def test_they_are_checked_daily_and_sooner_while_something_is_wrong() -> None:
    SPEC.asks(given=[LED, FIT], then=[], wakes=DAY_ON)
    SPEC.asks(given=[LED, FIT], at=DAY_ON, then=[check(2)])
    SPEC.asks(given=[LED, UNFIT], then=[], wakes=SOON)
    SPEC.asks(given=[LED, UNFIT], at=SOON, then=[check(2)])
