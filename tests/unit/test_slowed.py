"""What must send less than the old file lets it stands still until a rollout is done."""

from typing import Any

import pytest

from engine.commands.rollout import JudgeRollout, PlanRollout, ReportRollout
from engine.effects import Deploy, HoldQueues, PauseQueues, ResumeQueues
from engine.events.ip_limiter import LimiterEnded, LimiterPaused
from engine.events.node import QueuesPaused
from engine.events.rollout import RolloutEnded, RolloutPlanned
from engine.ids import Position
from engine.reactors.node_pauses import node_pauses
from engine.rules import ladder
from engine.rules.pmta_config import tenant_file
from engine.values.levers import STOPPED, Levers, PerDay, Unlimited, slower
from engine.values.rollout import Kind
from engine.values.tuning import Tuning
from tests.support.samples import registered, stage, stopped
from tests.support.spec import ACME, DAY_1, IP, NODE, ReactorSpec, vmta
from tests.support.watched_rollouts import DONE, FILE, KEEPER, at

KEEPS = ReactorSpec(node_pauses(Tuning()))
FAST, SLOW = vmta(ladder.levers(2)), vmta(ladder.levers(1))


def planned(one: Any) -> RolloutPlanned:
    text = tenant_file.render(ACME, {IP: one})
    return RolloutPlanned(node=NODE, vmtas={IP: one}, digest=tenant_file.digest(text), before="was")


def refused(kind: Kind = "node") -> ReportRollout:
    return ReportRollout(node=NODE, tenant=ACME, answer="refused", kind=kind, why="no")


def failed(still: bool, kind: Kind = "node") -> RolloutEnded:
    ips = (IP,) if still else ()
    return RolloutEnded(node=NODE, ending="failed", kind=kind, why="no", still=ips)


@pytest.mark.parametrize(
    ("told", "then", "still"),
    [
        (FAST, SLOW, True),
        (SLOW, FAST, False),
        (vmta(Levers("open", Unlimited())), FAST, True),
        (FAST, vmta(STOPPED), False),  # its levers say so themselves
        (FAST, vmta(Levers("closed", FAST.levers.output)), False),
    ],
)
def test_only_what_must_send_less_and_something(told: Any, then: Any, still: bool) -> None:
    given = [planned(told), DONE, planned(then)]
    FILE.decides(given=given, when=refused(), then=[failed(still)])


def test_whoever_else_leads_says_himself_what_stands_still() -> None:
    given = [planned(FAST), DONE, planned(SLOW)]
    FILE.decides(given=given, when=refused("fenced"), then=[failed(False, "fenced")])
    FILE.decides(given=given, when=refused("foreign"), then=[failed(True, "foreign")])


def test_so_does_what_a_look_found_undone_and_what_our_validator_refuses() -> None:
    look = JudgeRollout(
        node=NODE,
        tenant=ACME,
        found="was",
        running=tenant_file.expected(ACME, {IP: FAST}),
    )
    (ended,) = FILE.decider.decide(state(planned(FAST), DONE, planned(SLOW)), look, DAY_1)
    assert isinstance(ended, RolloutEnded)
    assert (ended.ending, ended.still) == ("failed", (IP,))
    wrong = vmta(SLOW.levers, hostname="no name")
    plan = PlanRollout(node=NODE, tenant=ACME, vmtas={IP: wrong})
    (ended,) = FILE.decider.decide(state(planned(FAST), DONE), plan, DAY_1)
    assert isinstance(ended, RolloutEnded)
    assert (ended.kind, ended.still) == ("invalid", (IP,))


def state(*given: Any) -> Any:
    found = FILE.decider.initial
    for event in given:
        found = FILE.decider.evolve(found, event)
    return found


def levers(*given: Any) -> list[Any]:
    kinds = (PauseQueues, HoldQueues, ResumeQueues)
    return [one for one in KEEPS.effects([registered(), stage(2), *given]) if type(one) in kinds]


def held(cycle: int) -> QueuesPaused:
    return QueuesPaused(ip=IP, node=NODE, cycle=Position(cycle))


def test_its_queues_are_paused_until_one_is_done() -> None:
    (pause,) = levers(failed(True))
    assert isinstance(pause, PauseQueues)
    assert levers(failed(True), held(3)) == []
    again = levers(failed(True), held(3), failed(False))
    assert [type(one) for one in again] == [HoldQueues], "whatever ends may have ended it"
    for end in (DONE, RolloutEnded(node=NODE, ending="conflict", why="edited")):
        (resume,) = levers(failed(True), held(3), end)
        assert isinstance(resume, ResumeQueues)


def test_a_raise_of_its_levers_meanwhile_opens_nothing() -> None:
    assert [type(one) for one in levers(failed(True), stage(3))] == [PauseQueues]


def test_what_a_list_stopped_meanwhile_stays_stopped() -> None:
    given = (failed(True), held(3), stopped(), DONE)
    assert [type(one) for one in levers(*given)] == [HoldQueues]


def test_neither_it_nor_the_limiter_ends_the_other() -> None:
    limit = LimiterPaused(ip=IP, node=NODE, attempts=56, cap=50, until=DAY_1)
    over = LimiterEnded(ip=IP, node=NODE)
    for first, second, one, other in (
        (failed(True), limit, DONE, over),
        (limit, failed(True), over, DONE),
        (limit, failed(True), DONE, over),
        (failed(True), limit, over, DONE),
    ):
        opened = [type(found) for found in levers(first, second, held(4), one)]
        assert ResumeQueues not in opened
        assert ResumeQueues in [type(found) for found in levers(first, second, held(4), one, other)]


def test_the_file_is_written_again_even_if_it_is_to_be_as_it_was() -> None:
    """Else nothing would ever end it."""
    given = [stage(2), planned(FAST), DONE, stage(1), planned(SLOW), failed(True)]
    back = [*given, stage(2)]
    assert KEEPER.view(back).wanted == KEEPER.view(back).told
    (deploy,) = KEEPER.effects(back, at(99))
    assert isinstance(deploy, Deploy)
    assert KEEPER.effects([*back, planned(FAST), DONE], at(99)) == []


def test_less_is_less_than_more_and_anything_less_than_no_limit() -> None:
    assert slower(PerDay(1), PerDay(2))
    assert not slower(PerDay(2), PerDay(2))
    assert not slower(Unlimited(), PerDay(2))
    assert not slower(STOPPED.output, Unlimited())
