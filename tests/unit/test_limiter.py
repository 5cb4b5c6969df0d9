"""The engine's own count is the second limiter."""

from datetime import timedelta
from typing import Any

import pytest

from engine.commands.ip import QuarantineIp, RegisterIp
from engine.commands.ip_limiter import EndLimiter, PauseByLimiter
from engine.deciders.ip import DECIDER
from engine.effects import Dispatch, PauseQueues, ResumeQueues
from engine.events.dns import FcrdnsLooked
from engine.events.host import HostRegistered
from engine.events.ip import IpQuarantined
from engine.events.ip_limiter import LimiterEnded, LimiterPaused
from engine.events.node import QueuesPaused
from engine.events.tenant import OverlaySet
from engine.events.traffic import TrafficCounted
from engine.ids import Position
from engine.reactors.limiter import LIMITER
from engine.reactors.node_pauses import node_pauses
from engine.rules import ladder
from engine.values.levers import STOPPED
from engine.values.overlay import Chosen, Quota
from engine.values.traffic import Counts
from engine.values.tuning import Tuning
from tests.support.lives import Lives
from tests.support.samples import registered, stage, stopped
from tests.support.spec import (
    ACME,
    DAY_1,
    HOSTNAME,
    IP,
    NODE,
    PURPOSE,
    DeciderSpec,
    ReactorSpec,
    vmta,
)

SPEC, IPS = ReactorSpec(LIMITER), DeciderSpec(DECIDER)
WARM: list[Any] = [registered(), stage(1)]  # 50 a day
TURN = DAY_1.replace(hour=0) + timedelta(days=1)
HELD = LimiterPaused(ip=IP, node=NODE, attempts=56, cap=50, until=TURN)
ENDED = LimiterEnded(ip=IP, node=NODE)


def tried(counts: Counts, hour: int = 8, clock: str = "") -> TrafficCounted:
    at = DAY_1.replace(hour=hour)
    return TrafficCounted(
        node=NODE, file="a", end=1, day_tz="UTC", hours={at: {IP: {"gmail": counts}}}, clock=clock
    )


def asked(given: list[Any], at: Any = DAY_1) -> list[Any]:
    return [one.command for one in SPEC.effects(given, at) if isinstance(one, Dispatch)]


@pytest.mark.parametrize(("attempts", "pauses"), [(50, False), (55, False), (56, True)])
def test_more_than_110_percent_of_the_cap_pauses_it(attempts: int, pauses: bool) -> None:
    pause = PauseByLimiter(ip=IP, attempts=attempts, cap=50, until=TURN)
    assert asked([*WARM, tried(Counts(delivered=attempts))]) == ([pause] if pauses else [])


def test_attempts_count_and_not_what_was_delivered() -> None:
    (pause,) = asked([*WARM, tried(Counts(delivered=10, deferred=40, hard=3, block=3))])
    assert pause.attempts == 56
    assert not asked([*WARM, tried(Counts(delivered=50, remote=9, complaints=9, held=90))])


def test_the_day_is_powermtas() -> None:
    """At 09:00 UTC it is 04:00 there: what was tried at 03:00 UTC belongs to the day before."""
    before = [*WARM, tried(Counts(delivered=56), hour=3, clock="-05:00")]
    assert not asked(before)
    (pause,) = asked([*WARM, tried(Counts(delivered=56), hour=6, clock="-05:00")])
    assert pause.until == TURN + timedelta(hours=5)


def test_mail_of_other_days_counts_for_none() -> None:
    assert not asked([*WARM, tried(Counts(delivered=56))], TURN)
    assert not asked([*WARM, tried(Counts(delivered=30)), tried(Counts(delivered=30), hour=23)])


def test_a_later_file_adds_to_the_hour() -> None:
    assert asked([*WARM, tried(Counts(delivered=30)), tried(Counts(delivered=30))])


def test_a_lowered_cap_counts_at_once() -> None:
    assert asked([registered(), stage(2), tried(Counts(delivered=100)), stage(1)])
    assert not asked([registered(), stage(2), tried(Counts(delivered=100))])


def chosen(quota: Quota | None) -> OverlaySet:
    mtas = {IP: Chosen("one", quota=quota)}
    return OverlaySet(slug=ACME, version=1, virtual_mtas=mtas, drained=(), nodes={IP: NODE})


def test_a_quota_that_people_chose_lower_is_the_cap() -> None:
    """Of a file that is in conflict nothing can be lowered, so this alone keeps it."""
    (pause,) = asked([*WARM, tried(Counts(delivered=23)), chosen(Quota(20, "day"))])
    assert (pause.attempts, pause.cap) == (23, 20)
    assert not asked([*WARM, tried(Counts(delivered=22)), chosen(Quota(20, "day"))])
    assert not asked([*WARM, tried(Counts(delivered=55)), chosen(Quota(500, "day"))])
    assert asked([*WARM, tried(Counts(delivered=56)), chosen(Quota(500, "day"))])
    given = [*WARM, tried(Counts(delivered=23)), chosen(Quota(20, "day")), chosen(None)]
    assert not asked(given), "it is the engine's again"
    assert not asked([*WARM, tried(Counts(delivered=23)), chosen(Quota(20, "day")), stopped()])


def test_it_ends_when_powermtas_day_turns() -> None:
    given = [*WARM, tried(Counts(delivered=56)), HELD]
    assert (asked(given), SPEC.wakes(given)) == ([], TURN)
    assert asked(given, TURN) == [EndLimiter(ip=IP)]
    assert asked([*given, ENDED], TURN) == []


def test_what_sends_nothing_is_not_limited() -> None:
    pause = PauseByLimiter(ip=IP, attempts=56, cap=50, until=TURN)
    assert not asked([*WARM, tried(Counts(delivered=56)), stopped()])
    IPS.decides(given=[registered()], when=pause, then=[])
    IPS.decides(given=WARM, when=pause, then=[HELD])
    IPS.decides(given=[*WARM, HELD], when=EndLimiter(ip=IP), then=[ENDED])
    IPS.decides(given=WARM, when=EndLimiter(ip=IP), then=[])


def test_a_quarantine_meanwhile_is_a_reason_of_its_own() -> None:
    command = QuarantineIp(ip=IP, reason="x")
    quarantined = IpQuarantined(ip=IP, node=NODE, vmta=vmta(STOPPED), reason="x")
    IPS.decides(given=[*WARM, HELD], when=command, then=[quarantined])


# --- the node ------------------------------------------------------------------------------------

HOST = HostRegistered(
    node=NODE, host="h", port=22, user="u", host_key="k", config_dir="/etc/pmta", pmta="pmta"
)
LEVERS = ReactorSpec(node_pauses(Tuning()))
QUARANTINED = IpQuarantined(ip=IP, node=NODE, vmta=vmta(STOPPED), reason="x")


def levers(*events: Any) -> list[type]:
    given = [HOST, registered(), stage(1), *events]
    wanted = LEVERS.effects(given)
    return [type(one) for one in wanted if isinstance(one, PauseQueues | ResumeQueues)]


def obeyed(cycle: int) -> QueuesPaused:
    return QueuesPaused(node=NODE, ip=IP, cycle=Position(cycle))


def test_its_queues_are_paused_and_resumed_again() -> None:
    assert levers(HELD) == [PauseQueues]
    assert levers(HELD, obeyed(4)) == []
    assert levers(HELD, obeyed(4), ENDED) == [ResumeQueues]


def test_another_stage_does_not_open_what_the_limiter_holds() -> None:
    assert levers(HELD, obeyed(4), stage(2)) == []
    assert levers(HELD, obeyed(4), stage(2), ENDED) == [ResumeQueues]


def test_its_end_does_not_open_what_something_else_holds() -> None:
    assert levers(HELD, obeyed(4), QUARANTINED, ENDED) == []
    assert levers(QUARANTINED, HELD, obeyed(4), ENDED) == []


def test_what_else_held_it_may_end_before_the_limiter() -> None:
    back = [HELD, obeyed(4), QUARANTINED, stage(1)]
    assert levers(*back) == []
    assert levers(*back, ENDED) == [ResumeQueues]


def test_days_on_which_it_was_held_count_and_intake_stays_open() -> None:
    lives = Lives(lambda *_: None, counted=True, day_tz="UTC", quota=None)
    lives.ask(RegisterIp(ip=IP, node=NODE, purpose=PURPOSE, hostname=HOSTNAME))
    looked = FcrdnsLooked(ip=IP, names=(HOSTNAME,), confirmed=(HOSTNAME,))
    lives.happens(f"dns-{IP}", looked)
    lives.looked(IP, {})
    lives.settle()
    lives.pass_days(6, lambda row: Counts(delivered=60))
    held = [one for one in lives.log if isinstance(one.event, LimiterPaused)]
    assert len(held) == 6
    assert lives.row(IP).limiter is not None
    assert lives.row(IP).vmta.levers == ladder.levers(1)
    lives.pass_days(1, lambda row: Counts(delivered=60))
    assert lives.row(IP).stage == 2
