"""Which standby address starts in time for growth, and which tired one retires, and when."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from engine.commands.tenant import JudgeCapacity
from engine.events.ip import StageEntered, WarmupFinished, WarmupRequested
from engine.events.tenant import ReviewEnded
from engine.ids import IpAddr
from engine.projections.capacity import Capacity
from engine.reactors import rotation
from engine.rules import ladder
from engine.rules.capacity.rotation import APART
from engine.rules.capacity.tired import AGE_DAYS, Tired, tired
from engine.values.capacity import Rotation
from engine.values.traffic import Counts
from tests.support.rotation_days import (
    ACTS,
    CREATED,
    FOURTH,
    MORNINGS,
    REVIEW,
    THIRD,
    TODAY,
    active,
    mail,
    moved,
    plans,
    reserve,
)
from tests.support.samples import DAYS, registered, retiring, stopped
from tests.support.spec import ACME, GUARDS, IP, NODE, OTHER, day, vmta


def judged(given: Sequence[Any], bad: dict[IpAddr, Tired] | None = None) -> JudgeCapacity:
    view: Capacity = MORNINGS.view(given)
    command = JudgeCapacity(slug=ACME, day=TODAY, rotation=view.rotation)
    return rotation.judged(command, view, bad or {})


# --- a start -------------------------------------------------------------------------------------


def test_an_address_starts_six_weeks_before_it_is_needed_and_not_sooner() -> None:
    fleet = [CREATED, *active(IP, OTHER), reserve(THIRD)]
    assert judged([*fleet, plans(55, 25_000)]).starts == THIRD
    assert judged([*fleet, plans(56, 25_000)]).starts is None
    assert judged([*fleet, plans(55, 20_000)]).starts is None, "two carry that"


def test_one_that_already_warms_up_for_it_is_enough() -> None:
    fleet = [CREATED, *active(IP, OTHER), reserve(THIRD), reserve(FOURTH, 5), plans(42, 25_000)]
    assert judged(fleet).starts == THIRD
    asked = [*fleet, WarmupRequested(ip=THIRD)]
    assert judged(asked).starts is None
    begun = StageEntered(ip=THIRD, node=NODE, stage=1, vmta=vmta(ladder.levers(1)), evidence=GUARDS)
    assert judged([*asked, begun]).starts is None
    more = [*asked, begun, plans(42, 35_000)]
    assert judged(more).starts == FOURTH


def test_the_one_that_waits_longest_starts() -> None:
    fleet = [CREATED, *active(IP), reserve(THIRD, 3), reserve(FOURTH, 9), plans(42, 35_000)]
    assert judged(fleet).starts == FOURTH


def test_one_that_starts_by_itself_is_no_reserve() -> None:
    """It waits for its guards, and nobody need ask for it."""
    fleet = [CREATED, *active(IP), registered(ip=THIRD), plans(42, 35_000)]
    assert judged(fleet).starts is None
    assert "no address stands by" in " ".join(judged(fleet).why)


@pytest.mark.parametrize("mode", ["advise", "off"])
def test_nothing_starts_unasked_where_rotation_only_advises(mode: Rotation) -> None:
    fleet = [CREATED, *active(IP), reserve(THIRD), plans(42, 35_000, mode)]
    found = judged(fleet)
    assert (found.starts, found.retires) == (None, None)
    assert found.short is not None
    assert f"{THIRD} stands by; start it" in " ".join(found.why)


def test_in_review_nothing_moves() -> None:
    fleet = [CREATED, *active(IP), reserve(THIRD), plans(42, 35_000), REVIEW]
    assert judged(fleet).starts is None
    over = [*fleet, ReviewEnded(slug=ACME, reason="done", addresses=(IP,))]
    assert judged(over).starts == THIRD


def test_what_was_sent_is_demand_too() -> None:
    fleet = [CREATED, ACTS, *active(IP), reserve(THIRD)]
    assert judged([*fleet, *mail(8_000)]).starts is None
    growing = [
        (at, replace(event, hours=_more(event.hours, 150 * n)))
        for n, (at, event) in enumerate(mail(0))
    ]
    assert judged([*fleet, *growing]).starts == THIRD, "a growth of 1,050 a day each week"


def _more(hours: Any, number: int) -> Any:
    return {at: {IP: {"gmail": Counts(delivered=number)}} for at in hours}


# --- a retirement --------------------------------------------------------------------------------


def bad(chance: float = 0.001) -> Tired:
    return Tired("block", 900, 10_000, 0.05, chance)


def test_a_tired_one_retires_when_the_others_carry_its_part() -> None:
    fleet = [CREATED, ACTS, *active(IP, OTHER, THIRD), *mail(18_000)]
    found = judged(fleet, {OTHER: bad()})
    assert found.retires == OTHER
    assert any("it retires in steps" in why for why in found.why)
    full = [CREATED, ACTS, *active(IP, OTHER, THIRD), *mail(20_500)]
    assert judged(full, {OTHER: bad()}).retires is None
    assert any("it stays for now" in why for why in judged(full, {OTHER: bad()}).why)


def test_the_last_healthy_one_of_its_pool_never_goes() -> None:
    two = [CREATED, ACTS, *active(IP, OTHER), *mail(100)]
    assert judged(two, {IP: bad(), OTHER: bad()}).retires is None
    assert judged(two, {IP: bad()}).retires == IP
    gone = [*two, stopped(ip=OTHER)]
    assert judged(gone, {IP: bad()}).retires is None, "the other one is listed"


def test_another_pool_does_not_take_its_place() -> None:
    lone = registered(ip=IP)
    lone = replace(lone, vmta=replace(lone.vmta, purpose="receipts"))
    finished = WarmupFinished(
        ip=IP, node=NODE, vmta=vmta(ladder.active(), purpose="receipts"), evidence=DAYS
    )
    fleet = [CREATED, ACTS, *active(OTHER, THIRD), lone, finished, *mail(100)]
    assert judged(fleet, {IP: bad()}).retires is None


def test_the_worst_goes_first_and_of_two_alike_the_older() -> None:
    fleet = [CREATED, ACTS, *active(IP, OTHER, THIRD), *mail(100)]
    assert judged(fleet, {IP: bad(1e-3), OTHER: bad(1e-9)}).retires == OTHER
    younger = WarmupFinished(ip=IP, node=NODE, vmta=vmta(ladder.active()), evidence=DAYS)
    fleet = [*fleet, (day(1) - timedelta(days=31), younger)]
    assert judged(fleet, {IP: bad(), OTHER: bad()}).retires == OTHER


def test_they_go_one_at_a_time_and_two_weeks_apart() -> None:
    fleet = [CREATED, ACTS, *active(IP, OTHER, THIRD), *mail(100)]
    before = [*fleet, moved(retires=IP, ago=APART.days - 1)]
    assert judged(before, {OTHER: bad()}).retires is None
    long = [*fleet, moved(retires=IP, ago=APART.days)]
    assert judged(long, {OTHER: bad()}).retires == OTHER


def test_while_one_retires_no_other_does_and_a_start_goes_before_a_retirement() -> None:
    falls = [CREATED, ACTS, *active(IP, OTHER, THIRD), *mail(100), retiring("steps", OPEN)]
    assert judged(falls, {OTHER: bad()}).retires is None
    short = [CREATED, *active(IP, OTHER), reserve(THIRD), plans(50, 21_000), *mail(100)]
    found = judged(short, {OTHER: bad()})
    assert (found.starts, found.retires) == (THIRD, None)


OPEN = ladder.active()


# --- tired ---------------------------------------------------------------------------------------


def results(*, by: str = "yahoo", **counts: int) -> dict[date, dict[str, Counts]]:
    return {TODAY - timedelta(days=2): {by: Counts(**counts)}}


LONG_AGO = TODAY - timedelta(days=400)


def test_blocks_that_are_proved_to_be_too_many_tire_an_address() -> None:
    found = tired(results(delivered=9_200, block=800), LONG_AGO, TODAY)
    assert found is not None
    assert (found.signal, found.count, found.of) == ("block", 800, 10_000)
    assert tired(results(delivered=9_500, block=500), LONG_AGO, TODAY) is None, "5 % is the limit"
    assert tired(results(delivered=3, block=4), LONG_AGO, TODAY) is None, "and four prove nothing"


def test_complaints_count_only_where_they_are_reported() -> None:
    found = tired(results(delivered=10_000, complaints=40), LONG_AGO, TODAY)
    assert found is not None
    assert found.signal == "complaint"
    deaf = results(by="gmail", delivered=10_000, complaints=40)
    assert tired(deaf, LONG_AGO, TODAY) is None


def test_hard_bounces_are_the_lists_fault_and_age_is_none() -> None:
    assert tired(results(delivered=5_000, hard=5_000), LONG_AGO, TODAY) is None
    assert tired(results(delivered=10_000), date(2001, 1, 1), TODAY) is None


def test_a_young_one_has_just_proved_itself_and_old_results_are_forgotten() -> None:
    awful = results(delivered=5_000, block=5_000)
    assert tired(awful, TODAY - timedelta(days=AGE_DAYS - 1), TODAY) is None
    assert tired(awful, TODAY - timedelta(days=AGE_DAYS), TODAY) is not None
    assert tired(awful, LONG_AGO, TODAY + timedelta(days=27)) is None
    assert tired(awful, LONG_AGO, TODAY + timedelta(days=26)) is not None
    assert tired(awful, LONG_AGO, TODAY - timedelta(days=2)) is None, "that day is not over"
