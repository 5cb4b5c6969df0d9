"""What must stand still on a node, whoever's reload comes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from engine.effects import Effect, HoldQueues, LookAtNode, PauseQueues, ResumeQueues
from engine.events import Event
from engine.events.host import HostRegistered
from engine.events.node import NodeLooked, PauseFailed, QueuesHeld, QueuesPaused, QueuesResumed
from engine.events.rollout import RolloutEnded, RolloutPlanned, RolloutUnknown
from engine.ids import IpAddr, Position
from engine.projections.pauses import PAUSES
from engine.reactors.node_pauses import node_pauses
from engine.values.rollout import Ending
from engine.values.tuning import Tuning
from tests.support.samples import registered, stage, stopped
from tests.support.spec import ACME, DAY_1, IP, NODE, OTHER, RIVAL, ReactorSpec, record

KEEPER = ReactorSpec(node_pauses(Tuning()))
IN_1_MIN = DAY_1 + timedelta(minutes=1)
STOPPED: list[Event] = [stage(1), stopped()]  # at position 2
VMTA = "acme--203-0-113-7"
SECOND, THIRD = OTHER, IpAddr("203.0.113.9")
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


def again(cycle: int, attempt: int = 1, *ips: IpAddr) -> HoldQueues:
    at = Position(cycle)
    return HoldQueues(tenant=ACME, node=NODE, ips=ips or (IP,), cycle=at, attempt=attempt)


def held(cycle: int, *failed: IpAddr) -> QueuesHeld:
    return QueuesHeld(node=NODE, cycle=Position(cycle), failed=dict.fromkeys(failed, "busy"))


def levers(given: Sequence[Any], at: datetime = DAY_1) -> list[Effect]:
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
    assert levers(given) == [again(4)]
    assert levers([*given, held(4)]) == []
    assert levers([*given, held(4)], IN_1_MIN) == [again(4, 2)]


def test_one_that_is_refused_is_given_again_in_a_minute_and_not_sooner() -> None:
    """Also where it had been obeyed since the rollout was planned."""
    given = [*STOPPED, paused(2), PLANNED, held(4, IP)]
    assert levers(given) == []
    assert levers(given, IN_1_MIN) == [again(4, 2)]
    later, in_2_min = (IN_1_MIN, held(4, IP)), IN_1_MIN + timedelta(minutes=1)
    twice: list[Any] = [*STOPPED, paused(2), PLANNED, held(4), later]
    assert levers(twice, in_2_min - timedelta(seconds=1)) == []
    assert levers(twice, in_2_min) == [again(4, 3)]


def test_what_stands_still_is_paused_again_together_and_a_new_stop_alone_and_first() -> None:
    others = [(stage(1, ip=ip), stopped(ip=ip)) for ip in (SECOND, THIRD)]
    (one, halt), (two, last) = others
    given = [*STOPPED, paused(2), one, halt, replace(paused(5), ip=SECOND), PLANNED, two, last]
    new = replace(pause(9), ip=THIRD)
    assert levers(given) == [new, again(7, 1, IP, SECOND)]
    after = [*given, held(7), replace(paused(9), ip=THIRD)]
    assert levers(after) == []
    assert levers(after, IN_1_MIN) == [again(7, 2, IP, SECOND, THIRD)]
    part = [*given, held(7, SECOND), replace(paused(9), ip=THIRD), ended()]
    assert levers(part) == [again(12, 2, IP, THIRD)], "the other one in a minute"


def test_each_tenant_is_paused_again_by_itself() -> None:
    view = PAUSES.initial
    theirs: list[Event] = [stopped(ip=SECOND), replace(paused(4), ip=SECOND)]
    both = [(one, ACME) for one in (*STOPPED, paused(2))] + [(one, RIVAL) for one in theirs]
    for n, (event, tenant) in enumerate([*both, (PLANNED, ACME), (held(6), ACME)], start=1):
        if n == 7:
            asked = KEEPER.reactor.react(view, DAY_1).effects
            assert asked == (again(6), replace(again(6, 1, SECOND), tenant=RIVAL))
        view = PAUSES.evolve(view, record(n, event, tenant=tenant))
    (left,) = KEEPER.reactor.react(view, DAY_1).effects
    assert left == replace(again(6, 1, SECOND), tenant=RIVAL)


def test_what_was_stopped_meanwhile_is_not_said_to_stand_still() -> None:
    halt = [stage(1, ip=SECOND), stopped(ip=SECOND)]
    assert levers([*STOPPED, paused(2), PLANNED, *halt, held(4)]) == [
        replace(pause(6), ip=SECOND),
    ]
    assert levers([*STOPPED, paused(2), *halt, PLANNED, held(6)]) == [
        replace(pause(6), ip=SECOND),
    ]


@pytest.mark.parametrize("ending", ["done", "failed", "conflict"])
def test_so_does_its_end_whatever_it_is(ending: Ending) -> None:
    given = [*STOPPED, PLANNED, paused(3), ended(ending)]
    assert levers(given) == [again(5)]
    assert levers([*given, held(5)], IN_1_MIN) == []


def test_so_does_an_end_that_is_not_known() -> None:
    unknown = RolloutUnknown(node=NODE, attempt=1, why="x")
    assert levers([*STOPPED, PLANNED, paused(3), unknown]) == [again(5)]


def test_what_was_paused_before_a_reload_is_no_answer_to_it() -> None:
    assert levers([*STOPPED, paused(2), ended(), held(3), ended(), held(4)]) == [again(6, 3)]


def test_a_look_is_believed() -> None:
    assert levers([*STOPPED, paused(2), shown(VMTA, "rival--1")]) == []
    assert levers([*STOPPED, paused(2), shown("rival--1")]) == [again(4)]


def test_a_pause_not_yet_obeyed_is_not_missed_by_a_look() -> None:
    assert levers([*STOPPED, shown()]) == [pause(2)]


def test_after_a_restart_of_powermta_every_pause_is_due_again() -> None:
    given = [*STOPPED, paused(2), shown(VMTA)]
    assert levers([*given, shown(VMTA, started="now")]) == [again(5)]


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
