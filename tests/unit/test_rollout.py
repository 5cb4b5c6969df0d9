"""One tenant's file on one node."""

from datetime import timedelta

import pytest

from engine.commands.rollout import JudgeRollout, PlanRollout, ReportRollout
from engine.deciders.rollout import DECIDER
from engine.effects import Deploy, ReadBack, Restore
from engine.errors import Rejected
from engine.events import Event
from engine.events.rollout import RolloutEnded, RolloutPlanned, RolloutTorn, RolloutUnknown
from engine.ids import IpAddr, Position
from engine.reactors.rollout import ROLLOUT
from engine.rules import ladder, pmta_config
from engine.values.levers import STOPPED, Levers
from engine.values.rollout import Ending
from engine.values.vmta import Running, Vmta
from tests.support.samples import registered, stage, stopped
from tests.support.spec import ACME, DAY_1, IP, NODE, OTHER, DeciderSpec, ReactorSpec, vmta

Vmtas = dict[IpAddr, Vmta]
FILE = DeciderSpec(DECIDER)
KEEPER = ReactorSpec(ROLLOUT)
OLD = {IP: vmta(ladder.levers(1))}
NEW = {IP: vmta(ladder.levers(2))}
SOON = DAY_1 + timedelta(seconds=20)
LATER = DAY_1 + timedelta(minutes=1)


def digest(vmtas: Vmtas) -> str:
    return pmta_config.digest(pmta_config.render(ACME, vmtas))


def planned(vmtas: Vmtas, before: str) -> RolloutPlanned:
    return RolloutPlanned(node=NODE, vmtas=vmtas, digest=digest(vmtas), before=before)


FIRST, SECOND = planned(OLD, ""), planned(NEW, digest(OLD))
DONE = RolloutEnded(node=NODE, ending="done", changed={IP: ladder.levers(1)})
OPEN = [FIRST, DONE, SECOND]


def plan(vmtas: Vmtas) -> PlanRollout:
    return PlanRollout(node=NODE, tenant=ACME, vmtas=vmtas)


def runs(vmtas: Vmtas) -> tuple[Running, ...]:
    return pmta_config.expected(ACME, vmtas)


def judge(found: str, running: tuple[Running, ...]) -> JudgeRollout:
    return JudgeRollout(node=NODE, tenant=ACME, found=found, running=running)


def deploy(cycle: int, attempt: int, levers: Levers) -> Deploy:
    now = {IP: vmta(levers)}
    return Deploy(tenant=ACME, node=NODE, vmtas=now, cycle=Position(cycle), attempt=attempt)


def look(cycle: int, attempt: int) -> ReadBack:
    return ReadBack(tenant=ACME, node=NODE, ips=(IP,), cycle=Position(cycle), attempt=attempt)


def test_a_plan_says_what_shall_be_and_what_was() -> None:
    FILE.decides(given=[], when=plan(OLD), then=[FIRST])
    FILE.decides(given=[FIRST, DONE], when=plan(NEW), then=[SECOND])


def test_one_plan_at_a_time() -> None:
    refused = Rejected("a rollout of this file is open; its end is looked for first")
    FILE.decides(given=[FIRST], when=plan(OLD), then=refused)


def test_a_file_edited_by_hand_is_not_overwritten() -> None:
    conflict = RolloutEnded(node=NODE, ending="conflict")
    refused = Rejected("the file was edited by hand; adopt or overwrite it first")
    FILE.decides(given=[FIRST, conflict], when=plan(OLD), then=refused)


def test_what_ran_is_told_with_what_changed() -> None:
    ran = ReportRollout(node=NODE, tenant=ACME, answer="ran")
    both = {**OLD, OTHER: vmta(STOPPED)}
    done = RolloutEnded(node=NODE, ending="done", changed={OTHER: STOPPED})
    FILE.decides(given=[FIRST, DONE, planned(both, digest(OLD))], when=ran, then=[done])


def test_a_refusal_is_a_failure_and_the_old_file_is_what_was_told() -> None:
    no = ReportRollout(node=NODE, tenant=ACME, answer="refused", kind="foreign", why="line 3")
    failed = RolloutEnded(node=NODE, ending="failed", kind="foreign", why="line 3")
    FILE.decides(given=OPEN, when=no, then=[failed])
    FILE.decides(given=[*OPEN, failed], when=plan(NEW), then=[SECOND])


def test_a_silent_node_leaves_the_plan_open() -> None:
    doubt = ReportRollout(node=NODE, tenant=ACME, answer="silent", why="silence")
    unknown = RolloutUnknown(node=NODE, attempt=1, why="silence")
    FILE.decides(given=OPEN, when=doubt, then=[unknown])


def test_as_planned_in_bytes_and_in_what_runs_is_done() -> None:
    done = RolloutEnded(node=NODE, ending="done", changed={IP: ladder.levers(2)})
    FILE.decides(given=OPEN, when=judge(digest(NEW), runs(NEW)), then=[done])


def test_as_before_in_both_is_failed() -> None:
    why = "a look found the old file"
    failed = RolloutEnded(node=NODE, ending="failed", kind="node", why=why)
    FILE.decides(given=OPEN, when=judge(digest(OLD), runs(OLD)), then=[failed])
    FILE.decides(given=[FIRST], when=judge("", ()), then=[failed])


@pytest.mark.parametrize(
    ("found", "running", "why"),
    [
        (digest(NEW), runs(OLD), "our file lies there, but PowerMTA runs something else"),
        (digest(NEW), (), "our file lies there, but PowerMTA runs something else"),
        (digest(OLD), runs(NEW), "the old file lies there, but PowerMTA runs something else"),
    ],
)
def test_a_crash_between_swap_and_reload_is_never_taken_for_done(
    found: str, running: tuple[Running, ...], why: str
) -> None:
    torn = RolloutTorn(node=NODE, found=found, why=why)
    FILE.decides(given=OPEN, when=judge(found, running), then=[torn])


def test_bytes_that_this_log_never_planned_are_a_conflict() -> None:
    why = "the file has the digest abc, which this log never planned"
    conflict = RolloutEnded(node=NODE, ending="conflict", why=why)
    FILE.decides(given=OPEN, when=judge("abc", runs(OLD)), then=[conflict])


def test_a_second_answer_changes_nothing() -> None:
    late = ReportRollout(node=NODE, tenant=ACME, answer="refused")
    FILE.decides(given=[FIRST, DONE], when=late, then=[])
    FILE.decides(given=[FIRST, DONE], when=judge("abc", ()), then=[])


def test_what_is_wanted_waits_a_little_for_company() -> None:
    KEEPER.asks(given=[stage(1)], then=[], wakes=SOON)
    KEEPER.asks(given=[stage(1)], at=SOON, then=[deploy(1, 1, ladder.levers(1))])


def test_more_company_does_not_lengthen_the_wait() -> None:
    second = (DAY_1 + timedelta(seconds=15), stage(2))
    assert KEEPER.wakes([stage(1), second]) == SOON


def test_a_stop_waits_for_nobody() -> None:
    given: list[Event] = [stage(1), stopped()]
    KEEPER.asks(given=given, then=[deploy(2, 1, STOPPED)])


def test_an_address_without_a_hostname_is_not_deployed() -> None:
    KEEPER.asks(given=[registered(hostname="")], at=SOON, then=[])


def test_an_open_plan_wants_a_look_and_no_second_deploy() -> None:
    KEEPER.asks(given=[stage(1), FIRST], at=SOON, then=[look(2, 1)])


def test_a_look_that_was_not_answered_is_repeated_later() -> None:
    unknown = RolloutUnknown(node=NODE, attempt=1, why="silence")
    KEEPER.asks(given=[stage(1), FIRST, unknown], then=[], wakes=LATER)
    KEEPER.asks(given=[stage(1), FIRST, unknown], at=LATER, then=[look(2, 2)])


def test_a_torn_file_is_put_back() -> None:
    torn = RolloutTorn(node=NODE, found=digest(OLD), why="x")
    back = Restore(tenant=ACME, node=NODE, vmtas={}, cycle=Position(3))
    KEEPER.asks(given=[stage(1), FIRST, torn], then=[back])


def test_a_restore_that_was_not_answered_is_tried_again() -> None:
    torn = RolloutTorn(node=NODE, found=digest(OLD), why="x")
    first = RolloutUnknown(node=NODE, attempt=1, why="the deploy was not answered")
    again = RolloutUnknown(node=NODE, attempt=1, why="nor was the restore")
    doubt = ReportRollout(node=NODE, tenant=ACME, answer="silent", why="nor was the restore")
    FILE.decides(given=[FIRST, first, torn], when=doubt, then=[again])
    back = Restore(tenant=ACME, node=NODE, vmtas={}, cycle=Position(4), attempt=2)
    given: list[Event] = [stage(1), FIRST, first, torn, again]
    KEEPER.asks(given=given, at=LATER, then=[back])


def test_what_the_node_runs_needs_nothing() -> None:
    KEEPER.asks(given=[stage(1), FIRST, DONE], at=LATER, then=[])


@pytest.mark.parametrize("ending", ["failed"])
def test_a_failed_rollout_is_planned_anew_after_a_pause(ending: Ending) -> None:
    given: list[Event] = [stage(1), FIRST, RolloutEnded(node=NODE, ending=ending)]
    KEEPER.asks(given=given, then=[], wakes=LATER)
    KEEPER.asks(given=given, at=LATER, then=[deploy(1, 2, ladder.levers(1))])


def test_a_conflict_blocks_the_file() -> None:
    conflict = RolloutEnded(node=NODE, ending="conflict")
    KEEPER.asks(given=[stage(1), FIRST, conflict, stopped()], at=LATER, then=[])
