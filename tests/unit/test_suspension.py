"""A suspended tenant: its addresses stand still for a reason of their own, and go on as before."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from engine.commands.ip import (
    AdvanceStage,
    IpCommand,
    QuarantineIp,
    RegisterIp,
    ReleaseIp,
    RetireIp,
    StepRetirement,
    StopIp,
)
from engine.commands.ip_cap import LimitCap
from engine.commands.ip_listing import ReleaseStop
from engine.commands.ip_removal import RemoveIp
from engine.commands.ip_suspension import EndSuspension, SuspendIp
from engine.commands.ip_warmup import JudgeWarmup, StepBackStage
from engine.commands.tenant import JudgeCapacity
from engine.commands.tenant_suspension import ResumeTenant, SuspendTenant
from engine.deciders import tenant
from engine.deciders.ip import DECIDER
from engine.errors import Rejected
from engine.events.ip import IpQuarantined, IpRegistered
from engine.events.ip_listing import StopReleased
from engine.events.ip_removal import RemovalAsked
from engine.events.ip_suspension import IpSuspended, SuspensionEnded
from engine.events.ip_warmup import WarmupPaused, WarmupSteppedBack
from engine.events.tenant import CapacityJudged, CapacitySet
from engine.events.tenant_suspension import TenantResumed, TenantSuspended
from engine.events.traffic import TrafficCounted
from engine.ids import Position
from engine.projections.idling import IDLING
from engine.projections.quotas import QUOTAS
from engine.reactors.node_pauses import node_pauses
from engine.reactors.pools import POOL_REACTOR
from engine.reactors.reactor import Reactor
from engine.reactors.results import results
from engine.reactors.warmup import life
from engine.rules import ladder
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.values.levers import STOPPED, Levers
from engine.values.phase import Phase
from engine.values.traffic import Counts
from engine.values.tuning import Tuning
from tests.support.event_samples import SAMPLES
from tests.support.sample_values import RESULTS
from tests.support.samples import (
    DAYS,
    finished,
    looked,
    monitored,
    pointed,
    registered,
    rested,
    retiring,
    stage,
    stopped,
    told,
)
from tests.support.spec import (
    ACME,
    DAY_1,
    IP,
    NODE,
    PURPOSE,
    ZEN,
    DeciderSpec,
    ReactorSpec,
    day,
    vmta,
)

ADDRESS, TENANT = DeciderSpec(DECIDER), DeciderSpec(tenant.DECIDER)
LIFE = ReactorSpec(life(DEFAULT))
WHY = "an unpaid invoice"
SUSPEND, GO_ON = SuspendIp(ip=IP, reason=WHY), EndSuspension(ip=IP)
SUSPENDED = IpSuspended(ip=IP, node=NODE, vmta=vmta(STOPPED), reason=WHY)
SENDING: list[Any] = [registered(), stage(1), stage(2)]
CREATED = next(one for one in SAMPLES if type(one).__name__ == "TenantCreated")


def goes_on(levers: Levers, phase: Phase, n: int = 0) -> SuspensionEnded:
    return SuspensionEnded(ip=IP, node=NODE, vmta=vmta(levers), phase=phase, stage=n)


# --- what an address stands at afterwards


@pytest.mark.parametrize(
    ("given", "then"),
    [
        (SENDING, goes_on(ladder.levers(2), Phase.WARMING, 2)),
        ([*SENDING, finished()], goes_on(ladder.active(), Phase.ACTIVE)),
        (
            [*SENDING, retiring("at_once", Levers("closed", ladder.levers(2).output))],
            goes_on(Levers("closed", ladder.levers(2).output), Phase.RETIRING),
        ),
        ([registered()], goes_on(STOPPED, Phase.STANDBY)),
        ([*SENDING, stopped()], goes_on(STOPPED, Phase.STANDBY)),
        ([*SENDING, rested()], goes_on(STOPPED, Phase.RESTING)),
    ],
)
def test_it_stands_still_and_goes_on_as_it_was(given: list[Any], then: SuspensionEnded) -> None:
    ADDRESS.decides(given=given, when=SUSPEND, then=[SUSPENDED])
    ADDRESS.decides(given=[*given, SUSPENDED], when=GO_ON, then=[then])
    ADDRESS.decides(given=given, when=GO_ON, then=[])


def test_a_pause_by_results_outlives_it() -> None:
    paused = WarmupPaused(ip=IP, node=NODE, vmta=vmta(STOPPED), results=RESULTS)
    given: list[Any] = [*SENDING, paused, SUSPENDED]
    ADDRESS.decides(given=given, when=GO_ON, then=[goes_on(STOPPED, Phase.WARMING, 2)])


def test_a_stop_by_a_list_meanwhile_outlives_it_and_its_release_brings_back_what_was_before() -> (
    None
):
    stop = StopIp(ip=IP, zones={ZEN: ("127.0.0.2",)}, looked=Position(9))
    ADDRESS.decides(given=[*SENDING, SUSPENDED], when=stop, then=[stopped(at=DAY_1)])
    listed: list[Any] = [*SENDING, SUSPENDED, stopped(at=DAY_1)]
    ended = goes_on(STOPPED, Phase.STANDBY)
    ADDRESS.decides(given=listed, when=GO_ON, then=[ended])
    back = StopReleased(
        ip=IP, node=NODE, vmta=vmta(ladder.levers(2)), phase=Phase.WARMING, stage=2,
        zones=(ZEN,), reason="a false alarm",
    )  # fmt: skip
    release = ReleaseStop(ip=IP, suspected=(ZEN,), reason="a false alarm")
    ADDRESS.decides(given=[*listed, ended], when=release, then=[back])


def test_one_that_retires_and_is_listed_meanwhile_stays_stopped() -> None:
    drains = retiring("at_once", Levers("closed", ladder.levers(2).output))
    stop = StopIp(ip=IP, zones={ZEN: ("127.0.0.2",)}, looked=Position(9))
    given: list[Any] = [*SENDING, drains, SUSPENDED]
    ADDRESS.decides(given=given, when=stop, then=[stopped(at=DAY_1)])
    then = [goes_on(STOPPED, Phase.RETIRING)]
    ADDRESS.decides(given=[*given, stopped(at=DAY_1)], when=GO_ON, then=then)


def test_a_quarantine_meanwhile_outlives_it() -> None:
    quarantine = IpQuarantined(ip=IP, node=NODE, vmta=vmta(STOPPED), reason="leaked password")
    given: list[Any] = [*SENDING, SUSPENDED]
    when = QuarantineIp(ip=IP, reason="leaked password")
    ADDRESS.decides(given=given, when=when, then=[quarantine])
    then = [goes_on(STOPPED, Phase.STANDBY)]
    ADDRESS.decides(given=[*given, quarantine], when=GO_ON, then=then)


def test_a_step_back_and_a_smaller_share_of_the_quota_hold_afterwards() -> None:
    back = WarmupSteppedBack(
        ip=IP, node=NODE, stage=1, vmta=vmta(STOPPED), by="person", reason="to be sure"
    )
    when = StepBackStage(ip=IP, stage=1, reason="to be sure")
    ADDRESS.decides(given=[*SENDING, SUSPENDED], when=when, then=[back])
    then = [goes_on(ladder.levers(1), Phase.WARMING, 1)]
    ADDRESS.decides(given=[*SENDING, SUSPENDED, back], when=GO_ON, then=then)


def test_one_that_is_to_go_drains_afterwards_and_takes_nothing_in() -> None:
    asked = RemovalAsked(ip=IP, reason="given back")
    given: list[Any] = [*SENDING, SUSPENDED]
    ADDRESS.decides(given=given, when=RemoveIp(ip=IP, reason="given back"), then=[asked])
    closed = Levers("closed", ladder.levers(2).output)
    then = [goes_on(closed, Phase.WARMING, 2)]
    ADDRESS.decides(given=[*given, asked], when=GO_ON, then=then)


# --- what is not done meanwhile


@pytest.mark.parametrize(
    "command",
    [
        AdvanceStage(ip=IP, stage=3, days=DAYS),
        JudgeWarmup(ip=IP, stage=2, results=RESULTS),
        LimitCap(ip=IP, limit=5, quota=9, wanted=9),
    ],
)
def test_nothing_moves_by_itself(command: IpCommand) -> None:
    ADDRESS.decides(given=[*SENDING, SUSPENDED], when=command, then=[])


def test_a_retirement_takes_no_step() -> None:
    given: list[Any] = [*SENDING, retiring("steps", ladder.levers(2)), SUSPENDED]
    ADDRESS.decides(given=given, when=StepRetirement(ip=IP, step=1), then=[])


def test_nobody_retires_what_cannot_drain() -> None:
    barred = Rejected(
        f"{IP} sends nothing while its tenant is suspended, so nothing of it can fall in steps or"
        " drain; resume the tenant first, or remove the address"
    )
    ADDRESS.decides(given=[*SENDING, SUSPENDED], when=RetireIp(ip=IP, how="steps"), then=barred)


def test_a_quarantine_can_be_released_and_starts_nothing() -> None:
    quarantine = IpQuarantined(ip=IP, node=NODE, vmta=vmta(STOPPED), reason="r")
    state = DECIDER.initial
    for event in [*SENDING, SUSPENDED, quarantine]:
        state = DECIDER.evolve(state, event)
    (event,) = DECIDER.decide(state, ReleaseIp(ip=IP, reason="r"), DAY_1)
    assert event.vmta.levers == STOPPED  # type: ignore[union-attr]


def test_what_is_registered_meanwhile_waits_for_its_end_too() -> None:
    command = RegisterIp(ip=IP, node=NODE, purpose=PURPOSE, suspended=True)
    made = IpRegistered(
        ip=IP, node=NODE, vmta=vmta(STOPPED, hostname=""), warmup="auto", day_tz="UTC",
        suspended=True,
    )  # fmt: skip
    ADDRESS.decides(given=[], when=command, then=[made])
    ended = SuspensionEnded(
        ip=IP, node=NODE, vmta=vmta(STOPPED, hostname=""), phase=Phase.STANDBY, stage=0
    )
    ADDRESS.decides(given=[made], when=GO_ON, then=[ended])
    ready: list[Any] = [made, pointed("mail1.acme.example"), looked()]
    assert not orders(ready, day(2))
    assert orders([*ready, ended], day(2)) == ["ip.start_warmup"]


# --- what the reactors want meanwhile


def orders(given: Sequence[Any], at: datetime) -> list[str]:
    """Tags of the commands that its life asks for."""
    effects = LIFE.effects(given, at)
    commands = [one.command for one in effects if hasattr(one, "command")]
    return [str(one.__struct_config__.tag) for one in commands]


def test_no_stage_ends_and_no_start_comes_while_it_lasts() -> None:
    warming: list[Any] = [registered(), stage(1), told(ladder.levers(1))]
    assert orders(warming, day(8)) == ["ip.advance_stage"]
    held: list[Any] = [*warming, SUSPENDED, told(STOPPED)]
    assert orders(held, day(60)) == []
    standing: list[Any] = [registered(), pointed("mail1.acme.example"), looked()]
    assert orders(standing, day(2)) == ["ip.start_warmup"]
    assert orders([*standing, SUSPENDED], day(2)) == []


def test_days_of_a_stage_count_from_the_day_on_which_its_node_is_told_to_go_on() -> None:
    held: list[Any] = [registered(), stage(1), told(ladder.levers(1)), SUSPENDED, told(STOPPED)]
    on = (day(20), goes_on(ladder.levers(1), Phase.WARMING, 1))
    again: list[Any] = [*held, on, (day(20), told(ladder.levers(1)))]
    assert orders(again, day(23)) == []
    assert orders(again, day(24)) == ["ip.advance_stage"]


def test_a_retirement_waits_and_then_has_its_whole_time_to_drain() -> None:
    drains = Levers("closed", ladder.levers(2).output)
    given: list[Any] = [*SENDING, retiring("at_once", drains), SUSPENDED]
    assert orders(given, day(30)) == []
    on = (day(30), goes_on(drains, Phase.RETIRING))
    assert orders([*given, on], day(34)) == []
    assert orders([*given, on], day(35)) == ["ip.rest"]


def test_rest_goes_on_by_the_calendar() -> None:
    given: list[Any] = [*SENDING, rested(), SUSPENDED]
    assert orders(given, day(31)) == ["ip.begin_monitoring"]
    assert orders([*given, monitored()], day(60)) == []


def test_its_queues_are_paused_at_once_and_resumed_afterwards() -> None:
    pauses = ReactorSpec(node_pauses(Tuning()))
    kinds = [one.kind for one in pauses.effects([*SENDING, SUSPENDED])]
    assert "node.pause" in str(kinds), kinds
    after = pauses.view([*SENDING, SUSPENDED, goes_on(ladder.levers(2), Phase.WARMING, 2)])
    assert (after.stops, list(after.resumes)) == ({}, [IP])


def test_no_pool_is_said_to_be_exhausted_because_its_tenant_is_suspended() -> None:
    spec = ReactorSpec(POOL_REACTOR)
    given: list[Any] = [CREATED, *SENDING]
    assert spec.effects([*given, SUSPENDED])
    held: list[Any] = [*given, TenantSuspended(slug=ACME, reason=WHY), SUSPENDED]
    assert not spec.effects(held)
    assert spec.effects([*held, TenantResumed(slug=ACME, reason="paid")])


def test_its_part_of_the_quota_is_free_meanwhile_and_its_own_again_afterwards() -> None:
    spec = ReactorSpec(Reactor(name="q", reads=QUOTAS, react=lambda view, now: None))  # type: ignore[arg-type, return-value]
    for given, on in (
        (SENDING, goes_on(ladder.levers(2), Phase.WARMING, 2)),
        ([*SENDING, finished()], goes_on(ladder.active(), Phase.ACTIVE)),
    ):
        before = spec.view([CREATED, *given])
        held = spec.view([CREATED, *given, SUSPENDED])
        after = spec.view([CREATED, *given, SUSPENDED, on])
        assert (held.given, held.wanted, held.sending) == (0, 0, 0)
        assert (after.given, after.wanted, after.limited) == (before.given, before.wanted, 0)
        assert after.pools == before.pools == {PURPOSE: 1}


def test_results_judge_nobody_who_stands_still() -> None:
    counted = ReactorSpec(results((NODE,)))
    awful = {DAY_1: {IP: {"gmail": Counts(delivered=100, hard=100)}}}
    mail = TrafficCounted(node=NODE, file="f", end=1, day_tz="UTC", hours=awful)
    given: list[Any] = [*SENDING, (DAY_1, mail)]
    assert counted.effects(given, day(2))
    assert not counted.effects([*given, SUSPENDED], day(2))
    on = goes_on(ladder.levers(2), Phase.WARMING, 2)
    assert counted.effects([*given, SUSPENDED, on], day(2)), "what it sent before still stands"


def test_days_on_which_it_could_not_send_are_none_of_idling() -> None:
    spec = ReactorSpec(Reactor(name="i", reads=IDLING, react=lambda view, now: None))  # type: ignore[arg-type, return-value]
    assert spec.view([*SENDING, SUSPENDED]).stage == 0
    on = (day(20), goes_on(ladder.levers(2), Phase.WARMING, 2))
    after = spec.view([*SENDING, SUSPENDED, on])
    assert (after.stage, after.begun) == (2, day(20).date())
    active = spec.view([*SENDING, finished(), SUSPENDED, goes_on(ladder.active(), Phase.ACTIVE)])
    assert active.stage == 7
    paused: list[Any] = [
        *SENDING,
        WarmupPaused(ip=IP, node=NODE, vmta=vmta(STOPPED), results=RESULTS),
    ]
    still = spec.view([*paused, SUSPENDED, goes_on(STOPPED, Phase.WARMING, 2)])
    assert still.stage == 0


# --- the tenant


def test_a_tenant_is_suspended_once_and_resumed_once() -> None:
    suspend, resume = SuspendTenant(slug=ACME, reason=WHY), ResumeTenant(slug=ACME, reason="paid")
    suspended, resumed = (
        TenantSuspended(slug=ACME, reason=WHY),
        TenantResumed(slug=ACME, reason="paid"),
    )
    TENANT.decides(given=[CREATED], when=suspend, then=[suspended])
    TENANT.decides(given=[CREATED, suspended], when=suspend, then=[])
    TENANT.decides(given=[CREATED, suspended], when=resume, then=[resumed])
    nothing = Rejected("acme is not suspended; there is nothing to resume")
    TENANT.decides(given=[CREATED], when=resume, then=nothing)
    TENANT.decides(given=[CREATED, suspended, resumed], when=resume, then=nothing)
    TENANT.decides(given=[], when=suspend, then=Rejected("not found", code="not_found"))


def test_rotation_moves_nothing_of_it() -> None:
    acts = CapacitySet(slug=ACME, planned=(), rotation="act")
    judge = JudgeCapacity(slug=ACME, day=DAY_1.date(), rotation="act", starts=IP)
    state = tenant.DECIDER.initial
    for event in [CREATED, acts, TenantSuspended(slug=ACME, reason=WHY)]:
        state = tenant.DECIDER.evolve(state, event)  # type: ignore[arg-type]
    (event,) = tenant.DECIDER.decide(state, judge, DAY_1)
    assert isinstance(event, CapacityJudged)
    assert event.starts is None
