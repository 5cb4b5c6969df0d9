"""Which standby address starts in time for growth, and which tired one retires, and when."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from engine.commands.ip import RequestWarmup, RetireIp
from engine.commands.tenant import JudgeCapacity, SetCapacity
from engine.deciders.tenant import DECIDER
from engine.deciders.tenant_capacity import HELD
from engine.effects import Dispatch
from engine.events.effect import EffectRefused
from engine.events.ip import StageEntered, WarmupFinished, WarmupRequested
from engine.events.ip_removal import IpRemoved
from engine.events.tenant import (
    CapacityJudged,
    CapacitySet,
    ReviewBegan,
    ReviewEnded,
    TenantCreated,
)
from engine.events.traffic import TrafficCounted
from engine.ids import EffectKey, IpAddr
from engine.projections.capacity import Capacity
from engine.reactors import rotation
from engine.reactors.rotation import ROTATION_REACTOR
from engine.rules import ladder
from engine.rules.capacity.demand import Day
from engine.rules.capacity.rotation import APART
from engine.rules.capacity.tired import AGE_DAYS, Tired, tired
from engine.values.capacity import Planned, Rotation
from engine.values.target import Target
from engine.values.traffic import Counts
from tests.support.samples import DAYS, registered, retiring, stage, stopped
from tests.support.spec import (
    ACME,
    DAY_1,
    GUARDS,
    IP,
    NODE,
    OTHER,
    PURPOSE,
    DeciderSpec,
    ReactorSpec,
    day,
    vmta,
)

THIRD, FOURTH = IpAddr("203.0.113.9"), IpAddr("203.0.113.10")
TENANT = DeciderSpec(DECIDER)
MORNINGS = ReactorSpec(ROTATION_REACTOR)
TODAY = day(1).date()
CREATED = TenantCreated(
    slug=ACME, name="Acme", brand_domain="acme.example", day_tz="UTC",
    sending_domain_base="mail.acme.example",
)  # fmt: skip
ACTS = CapacitySet(slug=ACME, planned=(), rotation="act")
REVIEW = ReviewBegan(slug=ACME, why="listings", ips=(IP,), addresses=(IP, OTHER))


def active(*ips: IpAddr) -> list[Any]:
    """Registered, warmed up, and ACTIVE since long ago."""
    long_ago = day(1) - timedelta(days=90)
    return [
        (long_ago, event)
        for ip in ips
        for event in (
            registered(ip=ip),
            stage(1, ip=ip),
            WarmupFinished(ip=ip, node=NODE, vmta=vmta(ladder.active()), evidence=DAYS),
        )
    ]


def reserve(ip: IpAddr, days_ago: int = 10) -> tuple[datetime, Any]:
    return day(1) - timedelta(days=days_ago), registered("manual", ip=ip)


def mail(per_day: int, weeks: int = 8) -> list[Any]:
    """On each day of so many weeks before today."""
    found = []
    for n in range(7 * weeks, 0, -1):
        at = day(1) - timedelta(days=n)
        hours = {at: {IP: {"gmail": Counts(delivered=per_day)}}}
        counted = TrafficCounted(node=NODE, file="f", end=n, day_tz="UTC", hours=hours)
        found.append((at, counted))
    return found


def plans(first: int, per_day: int, mode: Rotation = "act") -> CapacitySet:
    """So much a day, from so many days from today on."""
    begins = TODAY + timedelta(days=first)
    return CapacitySet(slug=ACME, planned=(Planned(begins, date.max, per_day),), rotation=mode)


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


def moved(
    *, starts: IpAddr | None = None, retires: IpAddr | None = None, ago: int = 0
) -> tuple[datetime, CapacityJudged]:
    at = day(1) - timedelta(days=ago)
    return at, CapacityJudged(
        slug=ACME, day=at.date(), rotation="act", short=None, starts=starts, retires=retires,
        why=("demand grows", "it stands by"),
    )  # fmt: skip


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


# --- each morning --------------------------------------------------------------------------------


def looks(given: Sequence[Any], at: datetime) -> list[date]:
    commands = [one.command for one in MORNINGS.effects(given, at) if isinstance(one, Dispatch)]
    return [one.day for one in commands if isinstance(one, JudgeCapacity)]


def dispatched(given: Sequence[Any], at: datetime = DAY_1) -> list[Any]:
    commands = [one.command for one in MORNINGS.effects(given, at) if isinstance(one, Dispatch)]
    return [one for one in commands if not isinstance(one, JudgeCapacity)]


def test_it_is_looked_at_in_the_morning_of_each_day() -> None:
    given = [CREATED, *active(IP), plans(0, 100)]
    early = datetime.fromisoformat("2026-01-05T08:59:59+00:00")
    assert looks(given, early) == []
    assert MORNINGS.wakes(given, early) == day(1)
    assert looks(given, day(1)) == [TODAY]
    once = [*given, moved()]
    assert looks(once, day(1)) == []
    assert MORNINGS.wakes(once, day(1)) == day(2)
    assert looks(once, day(5)) == [day(5).date()], "a daemon that was off looks once"


def test_the_morning_is_its_tenants() -> None:
    west = replace(CREATED, day_tz="America/New_York")
    given = [west, *active(IP), plans(0, 100)]
    assert MORNINGS.wakes(given, day(1)) == datetime.fromisoformat("2026-01-05T14:00:00+00:00")


def test_nobody_is_judged_who_sent_and_plans_nothing_or_wants_no_judgement() -> None:
    assert MORNINGS.effects([CREATED, *active(IP)], day(9)) == []
    assert MORNINGS.effects([CREATED, *active(IP), plans(0, 100, "off")], day(9)) == []
    assert MORNINGS.wakes([CREATED, *active(IP), plans(0, 100, "off")], day(9)) is None


def test_what_was_chosen_is_asked_for_with_its_reasons_until_it_is_so() -> None:
    given = [CREATED, ACTS, *active(IP, OTHER), reserve(THIRD), *mail(100)]
    why = "demand grows; it stands by"
    starts = [*given, moved(starts=THIRD)]
    assert dispatched(starts) == [RequestWarmup(ip=THIRD, why=why)]
    assert dispatched([*starts, WarmupRequested(ip=THIRD, why=why)]) == []
    goes = [*given, moved(retires=OTHER)]
    assert dispatched(goes) == [RetireIp(ip=OTHER, how="steps", why=why)]


@pytest.mark.parametrize(
    "then",
    [
        REVIEW,
        CapacitySet(slug=ACME, planned=(), rotation="advise"),
        EffectRefused(
            key=EffectKey("k"), effect="command.dispatch", target=Target("ip", THIRD), why="no"
        ),
    ],
)
def test_it_is_dropped_when_a_review_begins_a_person_says_so_or_it_was_refused(then: Any) -> None:
    given = [CREATED, ACTS, *active(IP, OTHER), reserve(THIRD), *mail(100), moved(starts=THIRD)]
    assert dispatched([*given, then]) == []


def test_a_refusal_of_somebody_else_drops_nothing() -> None:
    other = EffectRefused(
        key=EffectKey("k"), effect="command.dispatch", target=Target("ip", OTHER), why="no"
    )
    given = [CREATED, ACTS, *active(IP), reserve(THIRD), *mail(100), moved(starts=THIRD), other]
    assert len(dispatched(given)) == 1


# --- the view ------------------------------------------------------------------------------------


def test_days_are_kept_with_the_caps_that_they_had() -> None:
    view: Capacity = MORNINGS.view([CREATED, *active(IP, OTHER), *mail(100, weeks=1)])
    yesterday = TODAY - timedelta(days=1)
    assert dict(view.by_pool(TODAY))[PURPOSE].history[yesterday] == Day(100, 20_000)
    assert view.given == 20_000
    assert MORNINGS.view([CREATED, *active(IP, OTHER), stopped(ip=IP)]).given == 10_000


def test_an_address_of_nobody_known_changes_nothing() -> None:
    view: Capacity = MORNINGS.view([CREATED, stage(1, ip=FOURTH)])
    assert dict(view.addresses()) == {}


def test_what_waited_last_night_is_demand_of_today() -> None:
    night = day(1) - timedelta(days=1)
    hours = {night: {IP: {"gmail": Counts(delivered=100, deferred=40)}}}
    late = TrafficCounted(node=NODE, file="f", end=1, day_tz="UTC", hours=hours)
    view: Capacity = MORNINGS.view([CREATED, *active(IP), (night, late)])
    assert rotation.found(view, TODAY, 3).total.demand.per_day == (140, 100, 100)


def test_one_that_is_removed_carries_nothing_any_more() -> None:
    gone = IpRemoved(ip=OTHER, node=NODE)
    view: Capacity = MORNINGS.view([CREATED, *active(IP, OTHER), gone])
    assert [ip for ip, _ in view.addresses()] == [IP]
    assert view.given == 10_000


# --- the tenant ----------------------------------------------------------------------------------


def test_what_is_set_stays_until_it_is_set_again() -> None:
    plan = (Planned(TODAY, TODAY, 100),)
    first = CapacitySet(slug=ACME, planned=plan, rotation="advise")
    TENANT.decides(given=[CREATED], when=SetCapacity(slug=ACME, planned=plan), then=[first])
    both = CapacitySet(slug=ACME, planned=plan, rotation="act")
    TENANT.decides(given=[CREATED, first], when=SetCapacity(slug=ACME, rotation="act"), then=[both])
    TENANT.decides(given=[CREATED, first], when=SetCapacity(slug=ACME, planned=plan), then=[])
    none = CapacitySet(slug=ACME, planned=(), rotation="act")
    TENANT.decides(given=[CREATED, both], when=SetCapacity(slug=ACME, planned=()), then=[none])


def look(starts: IpAddr | None = None, on: date = TODAY) -> JudgeCapacity:
    return JudgeCapacity(slug=ACME, day=on, rotation="act", starts=starts)


def test_a_day_is_judged_once() -> None:
    found = CapacityJudged(slug=ACME, day=TODAY, rotation="act", short=None, starts=IP)
    TENANT.decides(given=[CREATED, ACTS], when=look(IP), then=[found])
    TENANT.decides(given=[CREATED, ACTS, found], when=look(), then=[])
    TENANT.decides(given=[CREATED, ACTS, found], when=look(on=TODAY - timedelta(days=1)), then=[])


@pytest.mark.parametrize("given", [[CREATED], [CREATED, ACTS, REVIEW]])
def test_in_review_or_without_leave_nobody_is_put_in_the_place_of_another(given: list[Any]) -> None:
    (rotation,) = {one.rotation for one in given if isinstance(one, CapacitySet)} or {"advise"}
    still = CapacityJudged(slug=ACME, day=TODAY, rotation=rotation, short=None, why=(HELD,))
    TENANT.decides(given=given, when=look(IP), then=[still])
