"""A tenant's daily quota, and how its addresses share it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.commands.ip import AdvanceStage, RetireIp, StartWarmup
from engine.commands.ip_cap import LimitCap
from engine.commands.ip_listing import ReleaseStop
from engine.deciders.ip import DECIDER
from engine.effects import Dispatch
from engine.events.ip import RetirementBegan, RetirementStepped, StageEntered, WarmupFinished
from engine.events.ip_cap import CapLimited
from engine.events.ip_listing import StopReleased
from engine.events.ip_warmup import WarmupPaused, WarmupResumed
from engine.events.tenant import TenantChanged, TenantCreated
from engine.ids import IpAddr
from engine.projections.quotas import Quotas
from engine.reactors.quotas import AT_ONCE, QUOTA_REACTOR
from engine.rules import ladder, shares
from engine.rules.days import midnight
from engine.rules.warmup import plans
from engine.values.levers import STOPPED, Levers, PerDay
from tests.support.sample_values import RESULTS
from tests.support.samples import DAYS, registered, retiring, stage, stopped
from tests.support.spec import (
    ACME,
    GUARDS,
    IP,
    NODE,
    OTHER,
    ZEN,
    DeciderSpec,
    ReactorSpec,
    day,
    vmta,
)

SPEC = DeciderSpec(DECIDER)
SHARED = ReactorSpec(QUOTA_REACTOR)
THIRD = IpAddr("203.0.113.9")


# --- the rule ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wants", "quota", "level"),
    [
        ([], 10, None),
        ([50, 200], 250, None),
        ([50, 200], 249, 199),
        ([50, 200], 100, 50),
        ([50, 200], 99, 49),
        ([10, 10, 10], 29, 9),
        ([10_000, 1], 2, 1),
        ([5, 5], 1, 1),  # fewer than addresses: each has at least 1
    ],
)
def test_who_wants_little_gets_it_and_the_others_the_same(
    wants: list[int], quota: int, level: int | None
) -> None:
    assert shares.level(wants, quota) == level


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=30), st.integers(1, 100_000))
def test_the_sum_stays_within_the_quota_and_no_higher_level_would(
    wants: list[int], quota: int
) -> None:
    quota = max(quota, len(wants))
    level = shares.level(wants, quota)
    assert sum(shares.within(want, level) for want in wants) <= quota
    if level is not None:
        assert level >= 1
        assert sum(min(want, level + 1) for want in wants) > quota


# --- the address ---------------------------------------------------------------------------------


def limited(cap: int, limit: int | None, wanted: int = 700, quota: int | None = 300) -> CapLimited:
    levers = Levers("open", PerDay(cap))
    return CapLimited(ip=IP, node=NODE, vmta=vmta(levers), limit=limit, quota=quota, wanted=wanted)


def limit(to: int | None, wanted: int = 700, quota: int | None = 300) -> LimitCap:
    return LimitCap(ip=IP, limit=to, quota=quota, wanted=wanted)


WARM: list[Any] = [registered(), stage(1), stage(2)]


def test_a_limit_holds_the_cap_down_and_its_end_gives_it_back() -> None:
    SPEC.decides(given=WARM, when=limit(120), then=[limited(120, 120)])
    given = [*WARM, limited(120, 120)]
    SPEC.decides(given=given, when=limit(150), then=[limited(150, 150)])
    back = limited(200, None, quota=None)
    SPEC.decides(given=given, when=limit(None, quota=None), then=[back])
    SPEC.decides(given=WARM, when=limit(200), then=[])


def test_the_next_stage_stays_within_the_limit_and_is_the_last_that_is_entered() -> None:
    given = [*WARM, limited(200, 300)]
    entered = StageEntered(
        ip=IP, node=NODE, stage=3, vmta=vmta(Levers("open", PerDay(300))), evidence=DAYS
    )
    SPEC.decides(given=given, when=AdvanceStage(ip=IP, stage=3, days=DAYS), then=[entered])
    given = [*given, entered]
    SPEC.decides(given=given, when=AdvanceStage(ip=IP, stage=4, days=DAYS), then=[])
    freed = [*given, limited(500, None, quota=None)]
    fourth = AdvanceStage(ip=IP, stage=4, days=DAYS)
    SPEC.decides(given=freed, when=fourth, then=[stage(4)])


def test_what_is_active_stays_within_the_limit() -> None:
    last = [*WARM, *(stage(n) for n in range(3, 7)), limited(10_000, 10_000)]
    done = WarmupFinished(ip=IP, node=NODE, vmta=vmta(ladder.active()), evidence=DAYS)
    SPEC.decides(given=last, when=AdvanceStage(ip=IP, stage=7, days=DAYS), then=[done])


def test_a_warm_up_that_starts_anew_stays_within_the_limit() -> None:
    given = [*WARM, limited(20, 20), stopped()]
    (started,) = DECIDER.decide(folded(given), StartWarmup(ip=IP, guards=GUARDS), day(9))
    assert isinstance(started, StageEntered)
    assert started.vmta.levers.output == PerDay(20)


def folded(given: Sequence[Any]) -> Any:
    state = DECIDER.initial
    for event in given:
        state = DECIDER.evolve(state, event)
    return state


def test_what_retires_gets_no_more_than_it_has() -> None:
    falling = [*WARM, retiring("steps", ladder.levers(2)), limited(100, 100)]
    SPEC.decides(given=falling, when=limit(150), then=[])
    lower = limited(60, 60)
    SPEC.decides(given=falling, when=limit(60), then=[lower])


@pytest.mark.parametrize("still", [[], [stage(1), stopped()], [stage(1), "paused"]])
def test_what_sends_nothing_has_no_cap_to_limit(still: list[Any]) -> None:
    pause = WarmupPaused(ip=IP, node=NODE, vmta=vmta(STOPPED), results=RESULTS)
    given = [registered(), *(pause if one == "paused" else one for one in still)]
    SPEC.decides(given=given, when=limit(10), then=[])


def test_a_stop_that_is_released_goes_on_within_the_limit() -> None:
    """The quota may have fallen to others meanwhile."""
    given = [*WARM, limited(120, 120), stopped()]
    release = ReleaseStop(ip=IP, suspected=(ZEN,), reason="the list has trouble")
    state = replace(folded(given), limit=60)
    (released,) = DECIDER.decide(state, release, day(2))
    assert isinstance(released, StopReleased)
    assert released.vmta.levers.output == PerDay(60)


def test_a_retirement_begins_from_what_the_quota_left() -> None:
    given = [*WARM, limited(120, 120)]
    began = RetirementBegan(ip=IP, node=NODE, vmta=vmta(Levers("open", PerDay(120))), how="steps")
    SPEC.decides(given=given, when=RetireIp(ip=IP, how="steps"), then=[began])


# --- all of them ---------------------------------------------------------------------------------


def created(quota: int | None) -> TenantCreated:
    return TenantCreated(
        slug=ACME, name="Acme", brand_domain="acme.example", day_tz="UTC",
        sending_domain_base="mail.acme.example", quota=quota,
    )  # fmt: skip


def changed(quota: int | None) -> TenantChanged:
    return TenantChanged(
        slug=ACME, name="Acme", brand_domain="acme.example",
        sending_domain_base="mail.acme.example", quota=quota,
    )  # fmt: skip


def asks(given: Sequence[Any], at: datetime) -> dict[IpAddr, int | None]:
    commands = [one.command for one in SHARED.effects(given, at) if isinstance(one, Dispatch)]
    return {one.ip: one.limit for one in commands if isinstance(one, LimitCap)}


def sending(*stages: tuple[IpAddr, int]) -> list[Any]:
    return [event for ip, n in stages for event in (registered(ip=ip), stage(n, ip=ip))]


def test_without_a_quota_and_within_it_nothing_is_asked() -> None:
    both = sending((IP, 2), (OTHER, 3))
    assert SHARED.effects([created(None), *both]) == []
    assert SHARED.effects([created(700), *both]) == []
    assert SHARED.wakes([created(700), *both]) is None


def test_a_quota_that_is_passed_lowers_the_highest_at_once() -> None:
    both = sending((IP, 2), (OTHER, 3))
    assert asks([created(400), *both], day(1)) == {OTHER: 200}
    assert asks([created(200), *both], day(1)) == {IP: 100, OTHER: 100}
    assert asks([created(None), *both, changed(400)], day(1)) == {OTHER: 200}


def test_only_what_is_left_over_makes_others_wait_for_midnight() -> None:
    both = sending((IP, 2), (OTHER, 3))
    assert SHARED.view([created(900), *both, changed(800)]).freed_on is None
    assert SHARED.view([created(None), *both, changed(800)]).freed_on is None
    assert SHARED.view([created(800), *both, changed(900)]).freed_on == day(1).date()
    assert SHARED.view([created(800), *both, changed(None)]).freed_on == day(1).date()


def test_what_is_left_over_is_given_back_at_the_next_midnight() -> None:
    both = sending((IP, 3), (OTHER, 3))
    lower = [limited_(IP, 300), limited_(OTHER, 300)]
    given = [created(600), *both, *lower]
    assert SHARED.effects(given, day(2)) == []
    freed = [*given, (day(3), stopped(ip=OTHER))]
    turn = midnight(day(4).date(), "UTC")
    assert asks(freed, day(3)) == {}
    assert SHARED.wakes(freed, day(3)) == turn
    assert asks(freed, turn) == {IP: None}, "alone it gets all it wants"
    raised = [*given, (day(3), changed(900))]
    assert asks(raised, turn - timedelta(seconds=1)) == {}
    assert asks(raised, turn) == {IP: 450, OTHER: 450}
    unlimited = [*given, (day(3), changed(None))]
    assert asks(unlimited, turn) == {IP: None, OTHER: None}


def limited_(ip: IpAddr, cap: int, to: int | None = None) -> CapLimited:
    levers = Levers("open", PerDay(cap))
    return CapLimited(ip=ip, node=NODE, vmta=vmta(levers), limit=to or cap, quota=600, wanted=1_000)


def test_nobody_rises_before_all_that_must_has_fallen() -> None:
    """A new address takes its part: the two others fall, and then it may rise."""
    both = sending((IP, 3), (OTHER, 3))
    given = [created(600), *both, limited_(IP, 300), limited_(OTHER, 300)]
    clamped = StageEntered(
        ip=THIRD, node=NODE, stage=3, vmta=vmta(Levers("open", PerDay(50))), evidence=DAYS
    )
    third = [*given, registered(ip=THIRD), clamped]
    assert asks(third, day(1)) == {IP: 200, OTHER: 200}
    fallen = [*third, limited_(IP, 200), limited_(OTHER, 200)]
    assert asks(fallen, day(1)) == {THIRD: 200}


def test_what_retires_is_not_raised_again() -> None:
    began = RetirementBegan(ip=OTHER, node=NODE, vmta=stage(3).vmta, how="steps")
    given = [created(600), *sending((IP, 3), (OTHER, 3)), began]
    assert asks(given, day(1)) == {IP: 300, OTHER: 300}
    lower = [*given, limited_(IP, 300), limited_(OTHER, 300)]
    view: Quotas = SHARED.view(lower)
    assert (view.wanted, view.given, view.limited) == (800, 600, 1)
    step = RetirementStepped(ip=OTHER, node=NODE, step=1, vmta=vmta(Levers("open", PerDay(240))))
    assert asks([*lower, step], day(2)) == {IP: 360}


def test_a_pause_takes_nothing_and_a_resumed_one_its_part_again() -> None:
    pause = WarmupPaused(ip=OTHER, node=NODE, vmta=vmta(STOPPED), results=RESULTS)
    given = [created(600), *sending((IP, 3), (OTHER, 3)), pause]
    assert asks(given, day(1)) == {}
    again = WarmupResumed(ip=OTHER, node=NODE, vmta=stage(3).vmta, by="person")
    assert asks([*given, again], day(1)) == {IP: 300, OTHER: 300}


def test_a_plan_of_its_own_is_what_an_address_wants() -> None:
    plan = plans.own([100, 400], 2, active_per_day=1_000)
    entered = StageEntered(
        ip=IP, node=NODE, stage=2, plan=plan, vmta=vmta(Levers("open", PerDay(400))),
        evidence=GUARDS,
    )  # fmt: skip
    finished = WarmupFinished(
        ip=IP, node=NODE, vmta=vmta(Levers("open", PerDay(1_000))), evidence=DAYS
    )
    view: Quotas = SHARED.view([created(500), registered(), entered])
    assert (view.wanted, view.given) == (400, 400)
    assert SHARED.view([created(500), registered(), entered, finished]).wanted == 1_000


def test_a_large_fleet_is_asked_part_by_part() -> None:
    many = [(IpAddr(f"198.51.100.{n}"), 3) for n in range(150)]
    given = [created(15_000), *sending(*many)]
    assert set(asks(given, day(1)).values()) == {100}
    assert len(asks(given, day(1))) == AT_ONCE


def test_each_address_is_counted_once() -> None:
    view: Quotas = SHARED.view([created(10), registered(), registered(), registered(ip=OTHER)])
    assert view.addresses == 2
    assert view.knows(IP)
    assert not view.knows(THIRD)


@st.composite
def stories(draw: Any) -> list[tuple[str, int, int]]:
    moves = st.tuples(
        st.sampled_from(["stage", "stop", "quota"]), st.integers(0, 4), st.integers(1, 6)
    )
    return draw(st.lists(moves, min_size=1, max_size=25))  # type: ignore[no-any-return]


@given(stories())
def test_whatever_happens_the_caps_come_to_rest_within_the_quota(
    story: list[tuple[str, int, int]],
) -> None:
    ips = [IpAddr(f"198.51.100.{n}") for n in range(5)]
    given: list[Any] = [created(500), *(registered(ip=ip) for ip in ips)]
    states = {ip: DECIDER.evolve(DECIDER.initial, registered(ip=ip)) for ip in ips}
    quota = 500
    for n, (what, which, number) in enumerate(story, start=1):
        ip = ips[which]
        if what == "quota":
            quota = 5 + 200 * number
            given.append((day(n), changed(quota)))
        elif what == "stop":
            states[ip] = DECIDER.evolve(states[ip], stopped(ip=ip))
            given.append((day(n), stopped(ip=ip)))
        else:
            wanted = ladder.levers(number).output
            assert isinstance(wanted, PerDay)
            cap = shares.within(wanted.cap, states[ip].limit)
            entered = StageEntered(
                ip=ip, node=NODE, stage=number, vmta=vmta(Levers("open", PerDay(cap))),
                evidence=GUARDS,
            )  # fmt: skip
            states[ip] = DECIDER.evolve(states[ip], entered)
            given.append((day(n), entered))
        for _ in range(4):
            for effect in SHARED.effects(given, day(n)):
                assert isinstance(effect, Dispatch)
                events = DECIDER.decide(states[effect.command.ip], effect.command, day(n))  # type: ignore[union-attr,arg-type]
                assert events, "what is asked for is done, or it would be stuck"
                for event in events:
                    states[event.ip] = DECIDER.evolve(states[event.ip], event)
                    given.append((day(n), event))
        view: Quotas = SHARED.view(given)
        assert view.given <= quota
        assert view.given == sum(one.cap for _, one in view.shares())
        assert view.wanted == sum(one.want for _, one in view.shares())
