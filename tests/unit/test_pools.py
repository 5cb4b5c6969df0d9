"""When the last address of a pool takes no more mail in."""

from collections.abc import Sequence
from typing import Any

from engine.commands.tenant import ReportPool
from engine.deciders.tenant import DECIDER
from engine.effects import Dispatch
from engine.events.tenant import PoolExhausted, PoolRefilled, TenantCreated
from engine.reactors.pools import POOL_REACTOR
from engine.rules import ladder
from engine.values.levers import Levers
from tests.support.samples import registered, retiring, stage, stopped
from tests.support.spec import ACME, OTHER, PURPOSE, DeciderSpec, ReactorSpec

POOLS = ReactorSpec(POOL_REACTOR)
CREATED = TenantCreated(
    slug=ACME, name="Acme", brand_domain="acme.example", day_tz="UTC",
    sending_domain_base="mail.acme.example",
)  # fmt: skip
EMPTY = PoolExhausted(slug=ACME, purpose=PURPOSE)
AGAIN = PoolRefilled(slug=ACME, purpose=PURPOSE)
ONE: list[Any] = [CREATED, registered(), stage(1)]


def reports(given: Sequence[Any]) -> list[tuple[str, bool]]:
    commands = [one.command for one in POOLS.effects(given) if isinstance(one, Dispatch)]
    return [(one.purpose, one.exhausted) for one in commands if isinstance(one, ReportPool)]


def test_a_pool_that_loses_its_last_address_is_exhausted() -> None:
    assert reports(ONE) == []
    assert reports([*ONE, stopped()]) == [(PURPOSE, True)]
    two = [*ONE, registered(ip=OTHER), stage(1, ip=OTHER)]
    assert reports([*two, stopped()]) == []
    assert reports([*two, stopped(), stopped(ip=OTHER)]) == [(PURPOSE, True)]


def test_an_address_that_moves_on_is_counted_once() -> None:
    assert reports([*ONE, stage(2), stage(3), stopped()]) == [(PURPOSE, True)]


def test_what_only_drains_takes_nothing_in() -> None:
    closed = retiring("at_once", Levers("closed", ladder.levers(1).output))
    assert reports([*ONE, closed]) == [(PURPOSE, True)]


def test_a_pool_that_never_had_an_address_is_not_exhausted() -> None:
    assert reports([CREATED, registered()]) == []


def test_it_is_said_once_and_once_that_it_is_over() -> None:
    gone = [*ONE, stopped(), EMPTY]
    assert reports(gone) == []
    assert reports([*gone, stage(1)]) == [(PURPOSE, False)]
    assert reports([*gone, stage(1), AGAIN]) == []
    assert reports([*gone, stage(1), AGAIN, stopped()]) == [(PURPOSE, True)]


def test_the_tenants_stream_says_only_what_changes() -> None:
    spec = DeciderSpec(DECIDER)

    def report(exhausted: bool) -> ReportPool:
        return ReportPool(slug=ACME, purpose=PURPOSE, exhausted=exhausted)

    spec.decides(given=[CREATED], when=report(True), then=[EMPTY])
    spec.decides(given=[CREATED], when=report(False), then=[])
    spec.decides(given=[CREATED, EMPTY], when=report(False), then=[AGAIN])
    spec.decides(given=[CREATED, EMPTY, AGAIN], when=report(True), then=[EMPTY])
