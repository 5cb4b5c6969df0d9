"""Plans, holds, steps back and skips of a warm-up: may this happen, and what comes of it?"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import reduce

import pytest
from msgspec.structs import replace

from engine.commands.ip import AdvanceStage, RequestWarmup, StartWarmup
from engine.commands.ip_warmup import (
    HoldWarmup,
    IpWarmupCommand,
    JudgeWarmup,
    ResumeWarmup,
    SkipStage,
    StepBackStage,
)
from engine.deciders.ip import DECIDER
from engine.effects import Dispatch
from engine.errors import Rejected
from engine.events.ip import IpEvent, StageEntered, WarmupFinished, WarmupRequested
from engine.events.ip_warmup import (
    StageSkipped,
    WarmupHeld,
    WarmupPaused,
    WarmupResumed,
    WarmupSteppedBack,
)
from engine.projections.ip_row import IpRow
from engine.reactors.warmup import life
from engine.rules import ladder
from engine.rules.days import midnight
from engine.rules.dnsbl_catalogue import DEFAULT
from engine.rules.warmup import plans
from engine.values.clocks import Clocks
from engine.values.hold import Hold
from engine.values.levers import STOPPED, Levers
from engine.values.phase import Phase
from engine.values.results import Kind, Results
from tests.support.sample_values import RESULTS
from tests.support.samples import (
    DAYS,
    finished,
    looked,
    pointed,
    registered,
    stage,
    stopped,
    told,
)
from tests.support.spec import (
    DAY_1,
    GUARDS,
    HOSTNAME,
    IP,
    NODE,
    DeciderSpec,
    ReactorSpec,
    day,
    vmta,
)

ADDRESS = DeciderSpec(DECIDER)
LIFE = ReactorSpec(life(DEFAULT))
OWN = plans.own([100, 400], 2, active_per_day=500)
WARM: list[IpEvent] = [registered(), stage(1), stage(2)]
HOLD = WarmupHeld(ip=IP, by="person", reason="a new list")
TODAY = date(2026, 1, 5)


def results(kind: Kind) -> Results:
    return Results(kind=kind, rates=(), first=TODAY, last=TODAY, alpha=0.01, rules=1)


def judged(kind: Kind, of: int = 2) -> JudgeWarmup:
    return JudgeWarmup(ip=IP, stage=of, results=results(kind))


def skip(to: int = 3, entered: date = TODAY - timedelta(days=1)) -> SkipStage:
    return SkipStage(ip=IP, stage=to, entered=entered, guards=GUARDS, reason="warm elsewhere")


def resumed(by_stage: int = 2) -> WarmupResumed:
    return WarmupResumed(ip=IP, node=NODE, vmta=vmta(ladder.levers(by_stage)), by="person")


def back(to: int, levers: Levers | None = None) -> WarmupSteppedBack:
    wanted = vmta(levers or ladder.levers(to))
    return WarmupSteppedBack(ip=IP, node=NODE, stage=to, vmta=wanted, by="person")


def paused() -> WarmupPaused:
    return WarmupPaused(ip=IP, node=NODE, vmta=vmta(STOPPED), results=results("pause"))


def folded(*given: IpEvent) -> IpRow:
    row: IpRow = LIFE.view(given)
    return row


# --- plans ---------------------------------------------------------------------------------------


def test_a_plan_that_is_asked_for_is_frozen_into_the_start_of_the_warm_up() -> None:
    asked = WarmupRequested(ip=IP, plan=OWN)
    ADDRESS.decides(given=[registered()], when=RequestWarmup(ip=IP, plan=OWN), then=[asked])
    first = StageEntered(
        ip=IP,
        node=NODE,
        stage=1,
        vmta=vmta(ladder.levers(1, OWN)),
        evidence=GUARDS,
        plan=OWN,
    )
    start = StartWarmup(ip=IP, guards=GUARDS)
    ADDRESS.decides(given=[registered(), asked], when=start, then=[first])
    ADDRESS.decides(given=[registered()], when=start, then=[stage(1)])


def own_stage(n: int) -> StageEntered:
    evidence = GUARDS if n == 1 else DAYS
    levers = ladder.levers(n, OWN)
    plan = OWN if n == 1 else None
    return StageEntered(ip=IP, node=NODE, stage=n, vmta=vmta(levers), evidence=evidence, plan=plan)


def test_an_address_climbs_its_own_plan_and_stays_where_that_ends() -> None:
    given = [registered(), WarmupRequested(ip=IP, plan=OWN), own_stage(1)]
    step = AdvanceStage(ip=IP, stage=2, days=DAYS)
    ADDRESS.decides(given=given, when=step, then=[own_stage(2)])
    active = vmta(ladder.active(OWN))
    ended = WarmupFinished(ip=IP, node=NODE, vmta=active, evidence=DAYS)
    last = AdvanceStage(ip=IP, stage=3, days=DAYS)
    ADDRESS.decides(given=[*given, own_stage(2)], when=last, then=[ended])


def test_a_plan_is_not_changed_once_the_warm_up_has_started() -> None:
    given = [registered(), WarmupRequested(ip=IP, plan=OWN), own_stage(1)]
    ADDRESS.decides(given=given, when=RequestWarmup(ip=IP, plan=OWN), then=[])
    ADDRESS.decides(given=given, when=RequestWarmup(ip=IP), then=[])
    refused = Rejected(
        f"{IP} is WARMING on the ladder 'own', and a plan is frozen once a warm-up has started;"
        " another one can be given when it starts the next time"
    )
    other = RequestWarmup(ip=IP, plan=plans.named("sendgrid"))
    ADDRESS.decides(given=given, when=other, then=refused)


def test_after_a_listing_it_returns_to_a_stage_of_its_own_plan() -> None:
    given = [registered(), WarmupRequested(ip=IP, plan=OWN), own_stage(1), stopped()]
    start = StartWarmup(ip=IP, guards=GUARDS, told=ladder.levers(2, OWN))  # 400 a day: a quarter
    again = replace(own_stage(1), evidence=replace(GUARDS, sustained=400))
    ADDRESS.decides(given=given, when=start, then=[again])


def test_a_stage_of_a_plan_lasts_its_days() -> None:
    given = [registered(), pointed(HOSTNAME), looked(), WarmupRequested(ip=IP, plan=OWN)]
    begun = [*given, own_stage(1), told(ladder.levers(1, OWN))]
    assert LIFE.wakes(begun) == midnight(TODAY + timedelta(days=1), "UTC") + timedelta(hours=9)
    assert advances(begun, midnight(date(2026, 1, 7), "UTC") - timedelta(seconds=1)) == []
    (step,) = advances(begun, midnight(date(2026, 1, 7), "UTC"))
    assert (step.stage, step.days.counted, step.days.needed) == (2, 2, 2)


def advances(given: Sequence[object], at: datetime) -> list[AdvanceStage]:
    effects = LIFE.effects(given, at)
    commands = [one.command for one in effects if isinstance(one, Dispatch)]
    return [one for one in commands if isinstance(one, AdvanceStage)]


# --- people --------------------------------------------------------------------------------------


def test_a_held_warm_up_keeps_its_cap_and_does_not_advance() -> None:
    ADDRESS.decides(given=WARM, when=HoldWarmup(ip=IP, reason="a new list"), then=[HOLD])
    step = AdvanceStage(ip=IP, stage=3, days=DAYS)
    ADDRESS.decides(given=[*WARM, HOLD], when=step, then=[])
    row = folded(*WARM, HOLD)
    assert (row.vmta.levers, row.stage) == (ladder.levers(2), 2)
    assert row.holds == (Hold("person", day(1), "a new list"),)


def test_a_hold_lets_the_days_go_by_and_its_end_waits_for_midnight() -> None:
    warm: list[object] = [registered(), stage(1), told(ladder.levers(1)), HOLD]
    assert advances(warm, day(30)) == []
    on: list[object] = [*warm, (day(20), resumed(1))]
    assert advances(on, day(20) + timedelta(hours=14)) == []
    (step,) = advances(on, midnight(day(21).date(), "UTC"))
    assert step.stage == 2


def test_resuming_ends_every_hold_and_asks_nothing_of_what_is_not_held() -> None:
    ADDRESS.decides(given=WARM, when=ResumeWarmup(ip=IP), then=[])
    by_results = WarmupHeld(ip=IP, by="results", results=results("hold"))
    held = [*WARM, HOLD, by_results]
    assert [one.by for one in folded(*held).holds] == ["person", "results"]
    ADDRESS.decides(given=held, when=ResumeWarmup(ip=IP), then=[resumed()])
    assert folded(*held, resumed()).holds == ()


def test_a_step_back_has_the_cap_of_the_stage_before_at_once() -> None:
    step = StepBackStage(ip=IP, stage=1)
    ADDRESS.decides(given=WARM, when=step, then=[back(1)])
    row = folded(*WARM, back(1))
    assert (row.stage, row.vmta.levers, row.first_day) == (1, ladder.levers(1), TODAY)
    assert row.phase is Phase.WARMING


def test_there_is_no_step_back_from_the_first_stage() -> None:
    refused = Rejected(
        f"{IP} is at stage 1, and there is none before it; hold it, or quarantine it"
    )
    ADDRESS.decides(given=WARM[:2], when=StepBackStage(ip=IP, stage=0), then=refused)


def test_what_is_paused_stays_paused_when_it_steps_back() -> None:
    step = StepBackStage(ip=IP, stage=1)
    ADDRESS.decides(given=[*WARM, paused()], when=step, then=[back(1, STOPPED)])


def test_a_skipped_stage_begins_at_once_with_reason_and_guards() -> None:
    skipped = StageSkipped(
        ip=IP,
        node=NODE,
        stage=3,
        vmta=vmta(ladder.levers(3)),
        reason="warm elsewhere",
        evidence=GUARDS,
    )
    ADDRESS.decides(given=WARM, when=skip(), then=[skipped])
    row = folded(*WARM, skipped)
    assert (row.stage, row.vmta.levers, row.first_day) == (3, ladder.levers(3), TODAY)


def test_there_is_one_change_up_a_day() -> None:
    refused = Rejected(f"{IP} entered stage 2 today; there is one change up a day")
    ADDRESS.decides(given=WARM, when=skip(entered=TODAY), then=refused)


@pytest.mark.parametrize(
    ("clocks", "for_whom"),
    [
        (Clocks(zones={"PowerMTA on pmta-1": "-11:00"}), "midnight of PowerMTA on pmta-1 (-11:00)"),
        (Clocks(calm_at=DAY_1 + timedelta(hours=2)), "an hour after the engine's clock was set"),
    ],
)
def test_a_skip_is_refused_until_a_cap_may_rise(clocks: Clocks, for_whom: str) -> None:
    """PowerMTA would use it on a day that began under the lower one."""
    command, eleven = replace(skip(), clocks=clocks), DAY_1.replace(hour=11)
    refused = Rejected(f"no cap of {IP} rises before 2026-01-05 11:00Z: {for_whom}; ask again then")
    early = eleven - timedelta(seconds=1)
    ADDRESS.decides(given=WARM, when=command, then=refused, at=early)
    skipped = StageSkipped(
        ip=IP,
        node=NODE,
        stage=3,
        vmta=vmta(ladder.levers(3)),
        reason="warm elsewhere",
        evidence=GUARDS,
    )
    ADDRESS.decides(given=WARM, when=command, then=[skipped], at=eleven)


def test_the_day_of_a_skip_is_the_tenants() -> None:
    """At 09:00 UTC of the 5th it is still the 4th in Honolulu at 23:00."""
    west: list[IpEvent] = [registered(day_tz="Pacific/Honolulu"), stage(1), stage(2)]
    refused = Rejected(f"{IP} entered stage 2 today; there is one change up a day")
    yesterday = skip(entered=TODAY - timedelta(days=1))
    ADDRESS.decides(given=west, when=yesterday, then=refused, at=day(1))
    state = reduce(DECIDER.evolve, west, DECIDER.initial)
    assert DECIDER.decide(state, yesterday, day(1) + timedelta(hours=2))


@pytest.mark.parametrize(
    ("given", "who"),
    [
        ([HOLD], "person"),
        ([paused()], "results"),
        ([HOLD, paused()], "person and results"),
    ],
)
def test_what_is_held_is_resumed_before_a_stage_is_skipped(given: list[IpEvent], who: str) -> None:
    refused = Rejected(f"{IP} is held by {who}; resume it before a stage is skipped")
    ADDRESS.decides(given=[*WARM, *given], when=skip(), then=refused)


def test_the_last_stage_is_not_skipped() -> None:
    given = [registered(), *(stage(n) for n in range(1, 7))]
    refused = Rejected(f"{IP} is at its last stage; it is ACTIVE when the days of that are over")
    ADDRESS.decides(given=given, when=skip(to=7), then=refused)


@pytest.mark.parametrize(
    "command", [HoldWarmup(ip=IP), ResumeWarmup(ip=IP), StepBackStage(ip=IP, stage=1), skip()]
)
def test_only_a_warm_up_under_way_is_changed(command: IpWarmupCommand) -> None:
    for given, place in (
        ([registered()], "STANDBY (new)"),
        ([*WARM, stopped()], "STANDBY (listed)"),
        ([*WARM, finished()], "ACTIVE"),
    ):
        refused = Rejected(f"{IP} is {place}; only a warm-up under way can be changed so")
        ADDRESS.decides(given=given, when=command, then=refused)


def test_a_warm_up_that_starts_anew_is_held_by_nobody() -> None:
    again = [*WARM, HOLD, stopped(), stage(1)]
    assert folded(*again).holds == ()
    step = AdvanceStage(ip=IP, stage=2, days=DAYS)
    ADDRESS.decides(given=again, when=step, then=[stage(2)])


# --- results -------------------------------------------------------------------------------------


def test_results_hold_step_back_and_pause_with_their_evidence() -> None:
    held = WarmupHeld(ip=IP, by="results", results=results("hold"))
    ADDRESS.decides(given=WARM, when=judged("hold"), then=[held])
    lower = WarmupSteppedBack(
        ip=IP,
        node=NODE,
        stage=1,
        vmta=vmta(ladder.levers(1)),
        by="results",
        results=results("step_back"),
    )
    ADDRESS.decides(given=WARM, when=judged("step_back"), then=[lower])
    ADDRESS.decides(given=WARM, when=judged("pause"), then=[paused()])
    assert [one.by for one in folded(*WARM, lower).holds] == ["results"]
    (pause,) = folded(*WARM, paused()).holds
    assert (pause.by, pause.paused) == ("results", True)


def test_at_the_first_stage_there_is_nothing_to_step_back_to_and_it_is_held() -> None:
    held = WarmupHeld(ip=IP, by="results", results=results("step_back"))
    ADDRESS.decides(given=WARM[:2], when=judged("step_back", of=1), then=[held])


def test_good_results_end_their_own_hold_and_nobody_elses() -> None:
    ADDRESS.decides(given=WARM, when=judged("ok"), then=[])
    ADDRESS.decides(given=[*WARM, HOLD], when=judged("ok"), then=[])
    by_results = WarmupHeld(ip=IP, by="results", results=results("hold"))
    on = WarmupResumed(
        ip=IP, node=NODE, vmta=vmta(ladder.levers(2)), by="results", results=results("ok")
    )
    given = [*WARM, HOLD, by_results]
    ADDRESS.decides(given=given, when=judged("ok"), then=[on])
    assert [one.by for one in folded(*given, on).holds] == ["person"]
    step = AdvanceStage(ip=IP, stage=3, days=DAYS)
    ADDRESS.decides(given=[*given, on], when=step, then=[])


def test_a_pause_by_results_is_ended_by_a_person_alone() -> None:
    given = [*WARM, paused()]
    for kind in ("ok", "hold", "step_back", "pause"):
        ADDRESS.decides(given=given, when=judged(kind), then=[])
    ADDRESS.decides(given=given, when=ResumeWarmup(ip=IP), then=[resumed()])
    assert folded(*given, resumed()).vmta.levers == ladder.levers(2)


def test_results_of_another_stage_or_of_what_warms_up_no_more_change_nothing() -> None:
    for given in ([*WARM, stage(3)], [*WARM, stopped()], [registered()], [*WARM, finished()]):
        ADDRESS.decides(given=given, when=judged("pause"), then=[])


def test_the_evidence_of_a_judgement_is_in_the_event_as_it_was() -> None:
    given = JudgeWarmup(ip=IP, stage=2, results=RESULTS)
    state = reduce(DECIDER.evolve, WARM, DECIDER.initial)
    (event,) = DECIDER.decide(state, given, day(1))
    assert isinstance(event, WarmupSteppedBack)
    assert event.results == RESULTS
