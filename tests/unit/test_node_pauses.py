"""What must stand still on a node, whoever's reload comes."""

from datetime import datetime, timedelta

import pytest

from engine.effects import Effect, LookAtNode, PauseQueues, ResumeQueues
from engine.events import Event
from engine.events.host import HostRegistered
from engine.events.node import NodeLooked, PauseFailed, QueuesPaused, QueuesResumed
from engine.events.rollout import RolloutEnded, RolloutPlanned, RolloutUnknown
from engine.ids import Position
from engine.reactors.node_pauses import node_pauses
from engine.values.rollout import Ending
from engine.values.tuning import Tuning
from tests.support.samples import registered, stage, stopped
from tests.support.spec import ACME, DAY_1, IP, NODE, ReactorSpec

KEEPER = ReactorSpec(node_pauses(Tuning()))
IN_1_MIN = DAY_1 + timedelta(minutes=1)
STOPPED: list[Event] = [stage(1), stopped()]  # at position 2
VMTA = "acme--203-0-113-7"
HOST = HostRegistered(
    node=NODE, host="h", port=22, user="u", host_key="k", config_dir="/etc/pmta", pmta="pmta"
)
PLANNED = RolloutPlanned(node=NODE, vmtas={}, digest="d", before="")


def ended(ending: Ending = "done") -> RolloutEnded:
    return RolloutEnded(node=NODE, ending=ending)


def paused(cycle: int) -> QueuesPaused:
    return QueuesPaused(node=NODE, ip=IP, cycle=Position(cycle))


def shown(*found: str, started: str = "then") -> NodeLooked:
    return NodeLooked(node=NODE, paused=found, started=started)


def pause(cycle: int, attempt: int = 1) -> PauseQueues:
    return PauseQueues(tenant=ACME, node=NODE, ip=IP, cycle=Position(cycle), attempt=attempt)


def levers(given: list[Event], at: datetime = DAY_1) -> list[Effect]:
    return [one for one in KEEPER.effects(given, at) if not isinstance(one, LookAtNode)]


def test_a_stop_pauses_the_queues_at_once() -> None:
    assert levers([stage(1)]) == []
    assert levers(STOPPED) == [pause(2)]
    assert levers([*STOPPED, paused(2)]) == []


def test_an_address_that_is_not_on_the_node_yet_has_nothing_to_pause() -> None:
    assert levers([registered(hostname="")]) == []
    assert levers([registered()]) == [pause(1)]


def test_a_pause_that_failed_is_tried_again_each_minute() -> None:
    failed = PauseFailed(node=NODE, ip=IP, cycle=Position(2), why="busy")
    assert levers([*STOPPED, failed]) == []
    assert levers([*STOPPED, failed], IN_1_MIN) == [pause(2, 2)]
    assert levers([*STOPPED, failed, failed, failed], IN_1_MIN) == [pause(2, 4)]


def test_a_planned_rollout_makes_every_pause_due_again_and_each_minute_until_it_ends() -> None:
    given = [*STOPPED, paused(2), PLANNED]
    assert levers(given) == [pause(4, 2)]
    assert levers([*given, paused(4)]) == []
    assert levers([*given, paused(4)], IN_1_MIN) == [pause(4, 3)]


@pytest.mark.parametrize("ending", ["done", "failed", "conflict"])
def test_so_does_its_end_whatever_it_is(ending: Ending) -> None:
    given = [*STOPPED, PLANNED, paused(3), ended(ending)]
    assert levers(given) == [pause(5, 2)]
    assert levers([*given, paused(5)], IN_1_MIN) == []


def test_so_does_an_end_that_is_not_known() -> None:
    unknown = RolloutUnknown(node=NODE, attempt=1, why="x")
    assert levers([*STOPPED, PLANNED, paused(3), unknown]) == [pause(5, 2)]


def test_what_was_paused_before_a_reload_is_no_answer_to_it() -> None:
    assert levers([*STOPPED, ended(), paused(2)]) == [pause(3, 2)]


def test_a_look_is_believed() -> None:
    assert levers([*STOPPED, paused(2), shown(VMTA, "rival--1")]) == []
    assert levers([*STOPPED, paused(2), shown("rival--1")]) == [pause(4, 2)]


def test_a_pause_not_yet_obeyed_is_not_missed_by_a_look() -> None:
    assert levers([*STOPPED, shown()]) == [pause(2)]


def test_after_a_restart_of_powermta_every_pause_is_due_again() -> None:
    given = [*STOPPED, paused(2), shown(VMTA)]
    assert levers([*given, shown(VMTA, started="now")]) == [pause(5, 2)]


def test_what_may_send_again_is_resumed_if_it_was_we_who_paused_it() -> None:
    resume = ResumeQueues(tenant=ACME, node=NODE, ip=IP, cycle=Position(4))
    given = [*STOPPED, paused(2), stage(1)]
    assert levers(given) == [resume]
    resumed = QueuesResumed(node=NODE, ip=IP, cycle=Position(4))
    assert levers([*given, resumed]) == []


def test_an_address_stopped_again_before_it_was_resumed_stays_paused() -> None:
    assert levers([*STOPPED, paused(2), stage(1), stopped()]) == [pause(5)]


def test_a_registered_node_is_looked_at_and_again_each_minute() -> None:
    first = LookAtNode(tenant=None, node=NODE, cycle=Position(1))
    KEEPER.asks(given=[HOST], then=[first])
    KEEPER.asks(given=[HOST, shown()], then=[], wakes=IN_1_MIN)


def test_an_unanswered_look_says_nothing_and_is_repeated() -> None:
    silence = NodeLooked(node=NODE, paused=None, why="no route")
    given = [HOST, *STOPPED, paused(3), silence]
    assert levers(given) == []
    again = LookAtNode(tenant=None, node=NODE, cycle=Position(1), attempt=2)
    KEEPER.asks(given=given, at=IN_1_MIN, then=[again])
