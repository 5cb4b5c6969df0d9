"""A person pauses one address: a reason to stand still beside its phase and beside the others."""

from itertools import permutations
from typing import Any

import pytest

from engine.commands.ip import (
    AdvanceStage,
    IpCommand,
    QuarantineIp,
    RetireIp,
    StartWarmup,
    StepRetirement,
    StopIp,
)
from engine.commands.ip_cap import LimitCap
from engine.commands.ip_listing import ReleaseStop
from engine.commands.ip_pause import PauseIp, ResumeIp
from engine.commands.ip_removal import RemoveIp
from engine.commands.ip_suspension import EndSuspension, SuspendIp
from engine.commands.ip_warmup import JudgeWarmup, ResumeWarmup, SkipStage, StepBackStage
from engine.deciders.ip import DECIDER
from engine.errors import Rejected
from engine.events.ip import IpQuarantined, RetirementStepped
from engine.events.ip_listing import StopReleased
from engine.events.ip_pause import PauseEnded
from engine.events.ip_removal import IpRemoved, RemovalAsked
from engine.events.ip_warmup import WarmupHeld, WarmupPaused, WarmupSteppedBack
from engine.ids import Position
from engine.rules import ladder
from engine.values.levers import STOPPED, Levers, PerDay
from engine.values.phase import Phase
from tests.support.pauses import FULL, PAUSED, SENDING, SUSPENDED, WHY, resumed, unsuspended
from tests.support.sample_values import RESULTS
from tests.support.samples import (
    DAYS,
    finished,
    registered,
    rested,
    retiring,
    stage,
    stopped,
)
from tests.support.spec import (
    DAY_1,
    GUARDS,
    IP,
    NODE,
    ZEN,
    DeciderSpec,
    day,
    vmta,
)

ADDRESS = DeciderSpec(DECIDER)
PAUSE, RESUME = PauseIp(ip=IP, reason=WHY), ResumeIp(ip=IP, reason="it was a test")
SUSPEND, END = SuspendIp(ip=IP, reason="unpaid"), EndSuspension(ip=IP)
STOP = StopIp(ip=IP, zones={ZEN: ("127.0.0.2",)}, looked=Position(9))


# --- what it stands at afterwards


@pytest.mark.parametrize(
    ("given", "then"),
    [
        (SENDING, resumed(FULL)),
        ([*SENDING, finished()], resumed(ladder.active(), Phase.ACTIVE, 0)),
        (
            [*SENDING, retiring("at_once", Levers("closed", FULL.output))],
            resumed(Levers("closed", FULL.output), Phase.RETIRING, 0),
        ),
        ([registered()], resumed(STOPPED, Phase.STANDBY, 0)),
        ([*SENDING, stopped()], resumed(STOPPED, Phase.STANDBY, 0)),
        ([*SENDING, rested()], resumed(STOPPED, Phase.RESTING, 0)),
    ],
)
def test_it_stands_still_in_every_phase_and_goes_on_as_it_was(
    given: list[Any], then: PauseEnded
) -> None:
    ADDRESS.decides(given=given, when=PAUSE, then=[PAUSED])
    ADDRESS.decides(given=[*given, PAUSED], when=RESUME, then=[then])


def test_who_resumes_what_nobody_paused_hears_what_may_be_meant() -> None:
    says = Rejected(
        f"{IP} is not paused by a person; GET /api/v2/ips/{IP}/explain says what stops it,"
        " if anything does"
    )
    ADDRESS.decides(given=SENDING, when=RESUME, then=says)
    held: list[Any] = [*SENDING, WarmupHeld(ip=IP, by="person", reason="r")]
    says = Rejected(
        f"{IP} is not paused by a person; its warm-up is held,"
        f" which POST /api/v2/ips/{IP}/warmup/resume ends"
    )
    ADDRESS.decides(given=held, when=RESUME, then=says)
    says = Rejected(f"{IP} is not paused by a person; its tenant is suspended, which an admin ends")
    ADDRESS.decides(given=[*SENDING, SUSPENDED], when=RESUME, then=says)


def test_of_a_pause_and_a_suspension_each_ends_only_its_own_in_every_order() -> None:
    both: list[Any] = [(PAUSE, PAUSED), (SUSPEND, SUSPENDED)]
    for begun in permutations(both):
        given: list[Any] = [*SENDING]
        for command, event in begun:
            ADDRESS.decides(given=given, when=command, then=[event])
            given.append(event)
        ADDRESS.decides(given=given, when=PAUSE, then=[])
        ADDRESS.decides(given=given, when=SUSPEND, then=[])
        first_left, then_left = resumed(STOPPED), unsuspended(FULL)
        ADDRESS.decides(given=given, when=RESUME, then=[first_left])
        ADDRESS.decides(given=[*given, first_left], when=END, then=[then_left])
        first_left, then_left = unsuspended(STOPPED), resumed(FULL)  # type: ignore[assignment]
        ADDRESS.decides(given=given, when=END, then=[first_left])
        ADDRESS.decides(given=[*given, first_left], when=RESUME, then=[then_left])


def test_a_pause_by_results_outlives_it_and_is_not_ended_under_it() -> None:
    by_results = WarmupPaused(ip=IP, node=NODE, vmta=vmta(STOPPED), results=RESULTS)
    given: list[Any] = [*SENDING, by_results, PAUSED]
    ADDRESS.decides(given=given, when=RESUME, then=[resumed(STOPPED)])
    barred = Rejected(
        f"{IP} sends nothing while a person pauses it, and this would let it send; resume the"
        f" address first (POST /api/v2/ips/{IP}/resume)"
    )
    ADDRESS.decides(given=given, when=ResumeWarmup(ip=IP), then=barred)


def test_a_list_that_stops_it_meanwhile_outlives_it_and_its_release_brings_back_what_was() -> None:
    ADDRESS.decides(given=[*SENDING, PAUSED], when=STOP, then=[stopped(at=DAY_1)])
    listed: list[Any] = [*SENDING, PAUSED, stopped(at=DAY_1)]
    release = ReleaseStop(ip=IP, suspected=(ZEN,), reason="a false alarm")
    barred = Rejected(
        f"{IP} sends nothing while a person pauses it, and this would let it send; resume the"
        f" address first (POST /api/v2/ips/{IP}/resume)"
    )
    ADDRESS.decides(given=listed, when=release, then=barred)
    ended = resumed(STOPPED, Phase.STANDBY, 0)
    ADDRESS.decides(given=listed, when=RESUME, then=[ended])
    back = StopReleased(
        ip=IP, node=NODE, vmta=vmta(FULL), phase=Phase.WARMING, stage=2, zones=(ZEN,),
        reason="a false alarm",
    )  # fmt: skip
    ADDRESS.decides(given=[*listed, ended], when=release, then=[back])


def test_one_that_drains_and_is_listed_meanwhile_stays_stopped() -> None:
    drains = retiring("at_once", Levers("closed", FULL.output))
    given: list[Any] = [*SENDING, drains, PAUSED]
    ADDRESS.decides(given=given, when=STOP, then=[stopped(at=DAY_1)])
    then = [resumed(STOPPED, Phase.RETIRING, 0)]
    ADDRESS.decides(given=[*given, stopped(at=DAY_1)], when=RESUME, then=then)


def test_a_second_pause_gives_back_what_it_stood_at_then_and_not_at_the_first() -> None:
    began, less = retiring("steps", FULL), Levers("open", PerDay(100))
    on = resumed(FULL, Phase.RETIRING, 0)
    step = RetirementStepped(ip=IP, node=NODE, vmta=vmta(less), step=1)
    given: list[Any] = [*SENDING, began, PAUSED, on, step, PAUSED]
    ADDRESS.decides(given=given, when=RESUME, then=[resumed(less, Phase.RETIRING, 0)])


def test_a_quarantine_meanwhile_outlives_it() -> None:
    quarantine = IpQuarantined(ip=IP, node=NODE, vmta=vmta(STOPPED), reason="r")
    given: list[Any] = [*SENDING, PAUSED]
    ADDRESS.decides(given=given, when=QuarantineIp(ip=IP, reason="r"), then=[quarantine])
    then = [resumed(STOPPED, Phase.STANDBY, 0)]
    ADDRESS.decides(given=[*given, quarantine], when=RESUME, then=then)


def test_a_step_back_meanwhile_holds_afterwards() -> None:
    back = WarmupSteppedBack(ip=IP, node=NODE, stage=1, vmta=vmta(STOPPED), by="person")
    ADDRESS.decides(given=[*SENDING, PAUSED], when=StepBackStage(ip=IP, stage=1), then=[back])
    then = [resumed(ladder.levers(1), n=1)]
    ADDRESS.decides(given=[*SENDING, PAUSED, back], when=RESUME, then=then)


def test_one_that_is_to_go_drains_once_resumed_and_takes_nothing_in() -> None:
    asked = RemovalAsked(ip=IP, reason="given back")
    given: list[Any] = [*SENDING, PAUSED]
    ADDRESS.decides(given=given, when=RemoveIp(ip=IP, reason="given back"), then=[asked])
    then = [resumed(Levers("closed", FULL.output))]
    ADDRESS.decides(given=[*given, asked], when=RESUME, then=then)


def test_whoever_has_the_address_next_is_not_paused() -> None:
    gone = IpRemoved(ip=IP, node=NODE, forced=True, left=0, reason="r", listings=())
    ADDRESS.decides(given=[*SENDING, PAUSED, gone, registered()], when=PAUSE, then=[PAUSED])


# --- what is not done meanwhile


@pytest.mark.parametrize(
    "command",
    [
        AdvanceStage(ip=IP, stage=3, days=DAYS),
        JudgeWarmup(ip=IP, stage=2, results=RESULTS),
        LimitCap(ip=IP, limit=5, quota=9, wanted=9),
        StepRetirement(ip=IP, step=1),
    ],
)
def test_nothing_moves_by_itself(command: IpCommand) -> None:
    ADDRESS.decides(given=[*SENDING, PAUSED], when=command, then=[])


def test_a_start_that_was_under_way_is_not_made() -> None:
    start = StartWarmup(ip=IP, guards=GUARDS)
    ADDRESS.decides(given=[registered()], when=start, then=[stage(1)])
    ADDRESS.decides(given=[registered(), PAUSED], when=start, then=[])
    ADDRESS.decides(given=[registered(), SUSPENDED], when=start, then=[])


def test_nobody_retires_it_or_skips_a_stage_before_it_is_resumed() -> None:
    first = f"resume the address first (POST /api/v2/ips/{IP}/resume)"
    retire = Rejected(
        f"{IP} sends nothing while a person pauses it, so nothing of it can fall in steps or"
        f" drain; {first}, or remove the address"
    )
    ADDRESS.decides(given=[*SENDING, PAUSED], when=RetireIp(ip=IP, how="steps"), then=retire)
    skip = SkipStage(ip=IP, stage=3, entered=day(-3).date(), guards=GUARDS, reason="r")
    barred = Rejected(
        f"{IP} sends nothing while a person pauses it, and this would let it send; {first}"
    )
    ADDRESS.decides(given=[*SENDING, PAUSED], when=skip, then=barred)
