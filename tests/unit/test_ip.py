"""May this happen to a sending address?"""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from engine.commands.ip import (
    AdvanceStage,
    BeginMonitoring,
    IpCommand,
    QuarantineIp,
    RecordRemedy,
    RegisterIp,
    ReleaseIp,
    RequestWarmup,
    RestIp,
    RetireIp,
    StartWarmup,
    StepRetirement,
    StopIp,
)
from engine.deciders.ip import DECIDER
from engine.errors import Rejected
from engine.events.ip import (
    IpEvent,
    IpQuarantined,
    IpRegistered,
    MonitoringBegan,
    RemedyRecorded,
    RetirementStepped,
    WarmupRequested,
)
from engine.ids import Position
from engine.rules import ladder
from engine.rules.warmup import start as start_rules
from engine.rules.warmup.plans import DEFAULT_PLAN
from engine.values.levers import STOPPED, Levers, PerDay, Unlimited
from tests.support.samples import (
    DAYS,
    finished,
    monitored,
    registered,
    rested,
    retiring,
    stage,
    stopped,
)
from tests.support.spec import (
    DAY_1,
    GUARDS,
    HOSTNAME,
    IP,
    NODE,
    PURPOSE,
    ZEN,
    DeciderSpec,
    day,
    vmta,
)

ADDRESS = DeciderSpec(DECIDER)
REGISTER = RegisterIp(ip=IP, node=NODE, purpose=PURPOSE, hostname=HOSTNAME)
STOP = StopIp(ip=IP, zones={ZEN: ("127.0.0.2",)}, looked=Position(9))
WARM: list[IpEvent] = [registered(), stage(1)]
ACTIVE: list[IpEvent] = [*WARM, finished()]


def start(told: Levers | None = None) -> StartWarmup:
    return StartWarmup(ip=IP, guards=GUARDS, told=told)


def test_a_registered_address_is_closed_and_paused() -> None:
    ADDRESS.decides(given=[], when=REGISTER, then=[registered()])
    assert registered().vmta.levers == STOPPED


def test_an_address_is_registered_once() -> None:
    taken = Rejected("this address is taken")
    ADDRESS.decides(given=[registered()], when=REGISTER, then=taken)


def test_nothing_can_be_asked_of_an_address_nobody_registered() -> None:
    ADDRESS.decides(given=[], when=RequestWarmup(ip=IP), then=Rejected("not found"))


def test_warm_up_starts_at_the_first_step_with_the_hostname_frozen() -> None:
    ADDRESS.decides(given=[registered(hostname="")], when=start(), then=[stage(1)])


def test_a_manual_address_waits_until_it_is_asked_for() -> None:
    manual = registered("manual")
    ADDRESS.decides(given=[manual], when=start(), then=[])
    ADDRESS.decides(given=[manual], when=RequestWarmup(ip=IP), then=[WarmupRequested(ip=IP)])
    ADDRESS.decides(given=[manual, WarmupRequested(ip=IP)], when=start(), then=[stage(1)])


def test_an_address_that_warms_up_or_is_about_to_needs_no_asking() -> None:
    for given in ([registered()], WARM, ACTIVE):
        ADDRESS.decides(given=given, when=RequestWarmup(ip=IP), then=[])


@pytest.mark.parametrize(
    ("given", "place", "way_back"),
    [
        (
            [*ACTIVE, rested()],
            "RESTING",
            "it warms up again after its 30 days of rest and 7 clean days",
        ),
        (
            [*ACTIVE, retiring("at_once", Levers("closed", PerDay(10_000)))],
            "RETIRING",
            "it drains, rests 30 days and is watched for 7 before it can warm up again",
        ),
        (
            [*ACTIVE, IpQuarantined(ip=IP, node=NODE, vmta=vmta(STOPPED), reason="x")],
            "STANDBY (quarantined)",
            "release it first",
        ),
    ],
)
def test_a_warm_up_that_cannot_be_asked_for_says_the_way_back(
    given: list[IpEvent], place: str, way_back: str
) -> None:
    refused = Rejected(f"{IP} is {place}; {way_back}")
    ADDRESS.decides(given=given, when=RequestWarmup(ip=IP), then=refused)


@pytest.mark.parametrize("n", range(2, 7))
def test_each_stage_follows_the_one_before(n: int) -> None:
    given = [registered(), *(stage(k) for k in range(1, n))]
    ADDRESS.decides(given=given, when=AdvanceStage(ip=IP, stage=n, days=DAYS), then=[stage(n)])


def test_no_stage_is_skipped_or_entered_twice() -> None:
    for n in (1, 3):
        ADDRESS.decides(given=WARM, when=AdvanceStage(ip=IP, stage=n, days=DAYS), then=[])


def test_beyond_the_last_stage_the_warm_up_is_finished() -> None:
    given = [registered(), *(stage(k) for k in range(1, 7))]
    ADDRESS.decides(given=given, when=AdvanceStage(ip=IP, stage=7, days=DAYS), then=[finished()])


def test_a_confirmed_listing_closes_and_pauses() -> None:
    for given in (WARM, ACTIVE, [*ACTIVE, rested(), monitored()]):
        ADDRESS.decides(given=given, when=STOP, then=[stopped()])


def test_what_does_not_send_is_not_stopped_again() -> None:
    for given in ([registered()], [*WARM, stopped()], [*ACTIVE, rested()]):
        ADDRESS.decides(given=given, when=STOP, then=[])


def test_a_listed_address_that_retires_is_stopped_and_goes_on_retiring() -> None:
    given = [*ACTIVE, retiring("steps", Levers("open", PerDay(10_000)))]
    ADDRESS.decides(given=given, when=STOP, then=[stopped()])
    ADDRESS.decides(given=[*given, stopped()], when=STOP, then=[])
    ADDRESS.decides(given=[*given, stopped()], when=RestIp(ip=IP, why="limit"), then=[rested()])


@pytest.mark.parametrize(("told", "step"), [(50, 1), (799, 1), (800, 2), (5000, 3), (10_000, 4)])
def test_after_a_listing_it_starts_at_a_quarter_of_what_it_was_told(told: int, step: int) -> None:
    again = stage(step, evidence=replace(GUARDS, sustained=told))
    before = Levers("open", PerDay(told))
    ADDRESS.decides(given=[*WARM, stopped()], when=start(before), then=[again])


@pytest.mark.parametrize(("delivered", "step"), [(50, 1), (799, 1), (800, 2), (9_999, 4)])
def test_or_of_what_it_delivered_where_that_is_counted(delivered: int, step: int) -> None:
    """However much it was allowed."""
    again = stage(step, evidence=replace(GUARDS, sustained=delivered))
    command = replace(start(ladder.active()), delivered=delivered)
    ADDRESS.decides(given=[*ACTIVE, stopped()], when=command, then=[again])


def test_after_a_second_listing_a_person_says_cause_and_remedy_first() -> None:
    given = [*WARM, stopped(at=DAY_1), stage(1), stopped(at=day(60))]
    refused = Rejected(f"{IP} was listed repeatedly; a person records cause and remedy first")
    ADDRESS.decides(given=given, when=start(), at=day(62), then=refused)
    remedy = RemedyRecorded(ip=IP, cause="old list", remedy="removed")
    ADDRESS.decides(given=[*given, remedy], when=start(), at=day(62), then=[stage(1)])


def test_a_listing_of_more_than_90_days_ago_is_forgotten() -> None:
    given = [*WARM, stopped(at=DAY_1), stage(1), stopped(at=day(100))]
    ADDRESS.decides(given=given, when=start(), at=day(102), then=[stage(1)])


def test_a_remedy_is_recorded_once() -> None:
    record = RecordRemedy(ip=IP, cause="a", remedy="b")
    ADDRESS.decides(given=WARM, when=record, then=[RemedyRecorded(ip=IP, cause="a", remedy="b")])


def test_retired_at_once_closes_intake_and_leaves_output() -> None:
    closed = retiring("at_once", Levers("closed", ladder.levers(1).output))
    ADDRESS.decides(given=WARM, when=RetireIp(ip=IP, how="at_once"), then=[closed])


def test_retired_in_steps_sends_on_for_now() -> None:
    began = retiring("steps", ladder.levers(1))
    ADDRESS.decides(given=WARM, when=RetireIp(ip=IP, how="steps"), then=[began])


def test_output_falls_in_seven_steps_and_then_intake_closes() -> None:
    given: list[IpEvent] = [*ACTIVE, retiring("steps", ladder.active())]
    caps = []
    for n in range(1, 8):
        state = DECIDER.initial
        for event in given:
            state = DECIDER.evolve(state, event)
        (step,) = DECIDER.decide(state, StepRetirement(ip=IP, step=n), DAY_1)
        assert isinstance(step, RetirementStepped)
        assert isinstance(step.vmta.levers.output, PerDay)
        caps.append((step.vmta.levers.intake, step.vmta.levers.output.cap))
        given.append(step)
    falling = [8571, 7142, 5714, 4285, 2857, 1428]
    assert caps == [*(("open", cap) for cap in falling), ("closed", 1428)]


def test_only_what_sends_can_be_retired() -> None:
    refused = Rejected(f"{IP} is STANDBY (new); only a WARMING or ACTIVE address can be retired")
    ADDRESS.decides(given=[registered()], when=RetireIp(ip=IP, how="steps"), then=refused)


def test_it_rests_only_once_intake_is_closed() -> None:
    rest = RestIp(ip=IP, why="limit")
    ADDRESS.decides(given=[*ACTIVE, retiring("steps", ladder.active())], when=rest, then=[])
    closed = retiring("at_once", Levers("closed", ladder.active().output))
    ADDRESS.decides(given=[*ACTIVE, closed], when=rest, then=[rested()])


def test_a_listed_address_rests_when_it_stays_listed_and_not_by_a_drain_limit() -> None:
    given = [*WARM, stopped()]
    ADDRESS.decides(given=given, when=RestIp(ip=IP, why="limit"), then=[])
    still = RestIp(ip=IP, why="still_listed")
    ADDRESS.decides(given=given, when=still, then=[rested("still_listed")])


def test_after_its_rest_it_is_watched_and_then_warms_up_from_the_start() -> None:
    given = [*ACTIVE, rested()]
    ADDRESS.decides(given=given, when=BeginMonitoring(ip=IP), then=[monitored()])
    told = ladder.active()
    ADDRESS.decides(given=[*given, monitored()], when=start(told), then=[stage(1)])


def test_what_stood_by_for_a_while_starts_within_a_quarter_of_what_it_was_told() -> None:
    """Receivers have not forgotten it after a week of quarantine; after a month they have."""
    given = [*ACTIVE, monitored()]
    told = ladder.active()
    for days, to in ((7, 4), (14, 4), (30, 4), (31, 1)):
        since = day(1) - timedelta(days=days)
        again = StartWarmup(ip=IP, guards=GUARDS, told=told, sent_until=since)
        begun = stage(to, evidence=replace(GUARDS, sustained=10_000))
        ADDRESS.decides(given=given, when=again, then=[begun], at=day(1))
    never = StartWarmup(ip=IP, guards=GUARDS, sent_until=day(1))
    ADDRESS.decides(given=given, when=never, then=[stage(1)], at=day(1))


def test_quarantine_is_ended_by_a_person_alone() -> None:
    quarantine = QuarantineIp(ip=IP, reason="leaked password")
    put = IpQuarantined(ip=IP, node=NODE, vmta=vmta(STOPPED), reason="leaked password")
    ADDRESS.decides(given=ACTIVE, when=quarantine, then=[put])
    ADDRESS.decides(given=[*ACTIVE, put], when=start(), then=[])
    out = MonitoringBegan(ip=IP, node=NODE, vmta=vmta(STOPPED), why="released", reason="changed")
    ADDRESS.decides(given=[*ACTIVE, put], when=ReleaseIp(ip=IP, reason="changed"), then=[out])


def test_a_released_manual_address_waits_to_be_asked_for_again() -> None:
    put = IpQuarantined(ip=IP, node=NODE, vmta=vmta(STOPPED), reason="x")
    out = MonitoringBegan(ip=IP, node=NODE, vmta=vmta(STOPPED), why="released")
    given = [registered("manual"), WarmupRequested(ip=IP), stage(1), put, out]
    ADDRESS.decides(given=given, when=start(), at=day(9), then=[])


def test_an_unlimited_address_returns_at_the_top_of_the_ladder() -> None:
    before = start_rules.sustained(Unlimited(), DEFAULT_PLAN)
    assert start_rules.after_listing(before, DEFAULT_PLAN) == len(ladder.LADDER)
    assert start_rules.after_listing(0, DEFAULT_PLAN) == 1


@pytest.mark.parametrize(("idle", "stage_"), [(1, 4), (14, 4), (30, 4), (31, 1), (80, 1)])
def test_the_longer_a_listed_address_was_idle_the_lower_it_starts_again(
    idle: int, stage_: int
) -> None:
    """A quarter of its 10,000 a day, and after 30 idle days the whole ladder again."""
    given = [*ACTIVE, stopped(at=DAY_1)]
    again = stage(stage_, evidence=replace(GUARDS, sustained=10_000))
    ADDRESS.decides(
        given=given, when=start(ladder.active()), at=DAY_1 + timedelta(days=idle), then=[again]
    )


def test_every_command_has_a_case() -> None:
    """An address nobody registered refuses each of them, and none falls through."""
    commands: list[IpCommand] = [
        RequestWarmup(ip=IP),
        start(),
        AdvanceStage(ip=IP, stage=1, days=DAYS),
        STOP,
        RecordRemedy(ip=IP, cause="a", remedy="b"),
        RetireIp(ip=IP, how="steps"),
        StepRetirement(ip=IP, step=1),
        RestIp(ip=IP, why="limit"),
        BeginMonitoring(ip=IP),
        QuarantineIp(ip=IP, reason="x"),
        ReleaseIp(ip=IP, reason="x"),
    ]
    for command in commands:
        ADDRESS.decides(given=[], when=command, then=Rejected("not found"))
    assert isinstance(registered(), IpRegistered)
    assert timedelta(days=7) == day(8) - DAY_1
