"""One tenant's file on one node."""

from datetime import timedelta

import pytest

from engine.commands.rollout import (
    EndConflict,
    JudgeRollout,
    NoteCommit,
    PlanRollout,
    ReportRollout,
)
from engine.deciders.rollout import DECIDER
from engine.effects import Deploy, ReadBack, Restore
from engine.errors import Rejected
from engine.events import Event
from engine.events.rollout import (
    ConflictEnded,
    RolloutEnded,
    RolloutPlanned,
    RolloutTorn,
    RolloutUnknown,
    VersionCommitted,
)
from engine.events.tenant import OverlaySet
from engine.ids import IpAddr, Position
from engine.reactors.rollout import ROLLOUT
from engine.rules import ladder
from engine.rules.pmta_config import tenant_file
from engine.values.levers import STOPPED, Levers, PerDay
from engine.values.overlay import Chosen, Key, Quota
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
    return tenant_file.digest(tenant_file.render(ACME, vmtas))


def planned(vmtas: Vmtas, before: str) -> RolloutPlanned:
    return RolloutPlanned(node=NODE, vmtas=vmtas, digest=digest(vmtas), before=before)


FIRST, SECOND = planned(OLD, ""), planned(NEW, digest(OLD))
DONE = RolloutEnded(node=NODE, ending="done", changed={IP: ladder.levers(1)})
OPEN = [FIRST, DONE, SECOND]


def plan(vmtas: Vmtas) -> PlanRollout:
    return PlanRollout(node=NODE, tenant=ACME, vmtas=vmtas)


def runs(vmtas: Vmtas) -> tuple[Running, ...]:
    return tenant_file.expected(ACME, vmtas)


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


# --- what our own validator has against a file


def test_a_file_that_is_wrong_is_never_planned_and_ends_as_invalid_with_its_line_and_fix() -> None:
    both = {**OLD, OTHER: vmta(ladder.levers(1), hostname="192.0.2.9")}
    why = "acme.conf cannot be written: 192.0.2.9 is an address and no host name"
    ended = RolloutEnded(node=NODE, ending="failed", kind="invalid", why=why)
    state = FILE.decider.fold([])
    assert list(FILE.decider.decide(state, plan(both), DAY_1)) == [ended]


def test_a_finding_of_the_validator_refuses_with_line_rule_and_fix(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As if the renderer had a fault that its own reading back does not see."""
    bad = "<virtual-mta a>\n  smtp-source-host 192.0.2.1 a.example\n  weight 3\n</virtual-mta>\n"
    monkeypatch.setattr(tenant_file, "render", lambda *_: bad)
    (ended,) = FILE.decider.decide(FILE.decider.fold([]), plan(OLD), DAY_1)
    assert isinstance(ended, RolloutEnded)
    assert (ended.ending, ended.kind) == ("failed", "invalid")
    assert ended.why.startswith("acme.conf:3: error E2: There is no directive weight.")


def test_what_ended_as_invalid_is_tried_again_later_and_stays_wanted() -> None:
    ended = RolloutEnded(node=NODE, ending="failed", kind="invalid", why="acme.conf:3")
    view = KEEPER.view([stage(1), ended])
    assert (view.state, view.why) == ("wanted", "acme.conf:3")
    KEEPER.asks(given=[stage(1), ended], then=[], wakes=LATER)


# --- how a conflict ends

CONFLICT = RolloutEnded(node=NODE, ending="conflict")
EDITED = [FIRST, DONE, SECOND, CONFLICT]


def end(how: str, found: str = "ab") -> EndConflict:
    return EndConflict(node=NODE, tenant=ACME, end=how, found=found, reason="why")  # type: ignore[arg-type]


def ended(how: str, found: str = "ab") -> ConflictEnded:
    return ConflictEnded(node=NODE, end=how, found=found, reason="why")  # type: ignore[arg-type]


@pytest.mark.parametrize("how", ["adopt", "overwrite"])
def test_after_a_conflict_the_next_plan_goes_in_place_of_what_was_seen(how: str) -> None:
    FILE.decides(given=EDITED, when=end(how), then=[ended(how)])
    FILE.decides(given=[*EDITED, ended(how)], when=plan(NEW), then=[planned(NEW, "ab")])


def test_only_a_conflict_is_ended() -> None:
    refused = Rejected(
        "the file of acme on pmta-1 is in no conflict; GET /api/v2/rollouts says how it stands"
    )
    FILE.decides(given=[FIRST, DONE], when=end("overwrite"), then=refused)


def test_overwrite_deploys_at_once_and_adopt_waits_for_another_wish() -> None:
    story: list[Event] = [stage(1), FIRST, DONE, stage(2), SECOND, CONFLICT]
    (deployed,) = KEEPER.effects([*story, ended("overwrite")], LATER)
    assert isinstance(deployed, Deploy)
    assert KEEPER.effects([*story, ended("adopt")], LATER) == []
    (other,) = KEEPER.effects([*story, ended("adopt"), stopped()], LATER)
    assert isinstance(other, Deploy)
    assert other.vmtas[IP].levers == STOPPED


def test_overwrite_writes_even_what_was_told_already() -> None:
    story: list[Event] = [stage(1), FIRST, DONE, CONFLICT, ended("overwrite")]
    (deployed,) = KEEPER.effects(story, LATER)
    assert isinstance(deployed, Deploy)
    assert KEEPER.effects([*story, FIRST, DONE], LATER) == []


# --- what lies in git


def test_a_version_is_committed_once_and_never_before_it_ran() -> None:
    note = NoteCommit(node=NODE, tenant=ACME, version=1, commit="cd")
    committed = VersionCommitted(node=NODE, version=1, commit="cd")
    FILE.decides(given=[FIRST], when=note, then=[])
    FILE.decides(given=[FIRST, DONE], when=note, then=[committed])
    FILE.decides(given=[FIRST, DONE, committed], when=note, then=[])


# --- what people chose

CHOSEN = Chosen("one", "given.example", Quota(2, "hour"), Key("s", "acme.example", "/k/a.pem"))


def chosen(*drained: IpAddr, version: int = 1, **mtas: Chosen) -> OverlaySet:
    of = dict(zip((IP,), mtas.values(), strict=False))
    nodes = {IP: NODE}
    return OverlaySet(slug=ACME, version=version, virtual_mtas=of, drained=drained, nodes=nodes)


@pytest.mark.parametrize("later", [[], [stage(3)]])
def test_what_is_chosen_is_laid_over_what_the_engine_wants_then_and_later(
    later: list[Event],
) -> None:
    (wish,) = KEEPER.view([stage(2), chosen(one=CHOSEN), *later]).wanted.values()
    assert (wish.hostname, wish.levers.output) == ("given.example", PerDay(48))
    assert wish.chosen == CHOSEN


def test_a_choice_waits_for_company_and_carries_its_version() -> None:
    given = [stage(1), FIRST, DONE, chosen(one=CHOSEN)]
    KEEPER.asks(given=given, then=[], wakes=SOON)
    (deployed,) = KEEPER.effects(given, SOON)
    assert isinstance(deployed, Deploy)
    assert deployed.overlay == 1


def test_a_choice_does_not_delay_a_stop() -> None:
    given: list[Event] = [stage(1), FIRST, DONE, stopped(), chosen(one=CHOSEN)]
    (deployed,) = KEEPER.effects(given)
    assert isinstance(deployed, Deploy)
    assert deployed.vmtas[IP].levers == STOPPED


def test_a_choice_that_changes_nothing_is_no_rollout() -> None:
    KEEPER.asks(given=[stage(1), FIRST, DONE, chosen()], at=LATER, then=[])
