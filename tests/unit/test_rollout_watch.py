"""What a node runs since a rollout was done stands its watch, or is taken back."""

from collections.abc import Sequence
from functools import reduce
from typing import Any

import pytest

from engine.commands.rollout import WatchRollout
from engine.commands.tenant import RestoreOverlay
from engine.effects import Deploy, Dispatch, WatchFile
from engine.events import Event
from engine.events.rollout import (
    RolloutBreached,
    RolloutEnded,
    RolloutPlanned,
    RolloutWatched,
    WatchUnanswered,
)
from engine.ids import Position
from engine.rules.pmta_config import tenant_file
from engine.values.levers import STOPPED
from engine.values.overlay import Chosen, Quota
from engine.values.rollout import Evidence
from engine.values.vmta import Running, Vmta
from tests.support.samples import stage, stopped
from tests.support.spec import ACME, DAY_1, IP, NODE, vmta
from tests.support.watched_rollouts import (
    DONE,
    FILE,
    FIRST,
    KEEPER,
    NAMED,
    NEW,
    OLD,
    PLAIN,
    RENAMED,
    STARTED,
    STOOD,
    at,
    chosen_in,
    good,
    overlay,
    planned,
)


def runs(one: Vmta) -> tuple[Running, ...]:
    return tenant_file.expected(ACME, {IP: one})


def look(of: RolloutPlanned, version: int = 1, **more: Any) -> WatchRollout:
    seen: dict[str, Any] = {
        "found": of.digest,
        "running": tenant_file.expected(ACME, of.vmtas),
        "started": STARTED,
    }
    said = {"look": 1} | seen | more
    return WatchRollout(node=NODE, tenant=ACME, version=version, answer="seen", **said)


def told_nothing(answer: Any, attempt: int = 1) -> WatchRollout:
    why = "no word"
    return WatchRollout(
        node=NODE, tenant=ACME, version=1, look=1, answer=answer, attempt=attempt, why=why
    )


SECOND_ONE = planned(chosen_in(OLD, RENAMED), 2)


def breached(
    of: RolloutPlanned, *evidence: Evidence, version: int = 1, **m: Any
) -> RolloutBreached:
    return RolloutBreached(node=NODE, version=version, evidence=evidence, overlay=of.overlay, **m)


def decided(given: Sequence[Any], when: WatchRollout) -> Event:
    state = reduce(FILE.decider.evolve, given, FILE.decider.initial)
    (event,) = FILE.decider.decide(state, when, DAY_1)
    return event


# --- the decisions


def test_a_look_that_finds_what_was_planned_says_so_and_the_last_one_ends_the_watch() -> None:
    FILE.decides(given=[FIRST, DONE], when=look(FIRST), then=[good(1, overlay=1)])
    last = good(4, over=True, overlay=1)
    given = [FIRST, DONE, good(1), good(2), good(3)]
    assert decided(given, look(FIRST, look=4)) == last
    FILE.decides(given=STOOD, when=look(FIRST), then=[])


def test_a_rollout_of_before_there_were_watches_is_not_looked_at() -> None:
    unwatched = RolloutPlanned(node=NODE, vmtas={IP: OLD}, digest="ab", before="")
    FILE.decides(given=[unwatched, DONE], when=look(FIRST), then=[])


@pytest.mark.parametrize("what", ["another version", "a plan is open"])
def test_a_late_look_decides_nothing(what: str) -> None:
    if what == "another version":
        FILE.decides(given=[FIRST, DONE], when=look(FIRST, version=2, running=()), then=[])
    else:
        FILE.decides(given=[FIRST, DONE, SECOND_ONE], when=look(FIRST, running=()), then=[])


def test_a_vmta_that_is_gone_brings_the_choices_of_the_last_version_that_stood_back() -> None:
    name = tenant_file.vmta(ACME, IP)
    gone = Evidence("missing", name, f"{IP} mail1.acme.example 50/d")
    then = breached(SECOND_ONE, gone, version=2, back_to=1)
    given = [*STOOD, SECOND_ONE, DONE]
    FILE.decides(given=given, when=look(SECOND_ONE, 2, running=()), then=[then])


def test_a_vmta_that_runs_otherwise_is_a_breach_which_names_both() -> None:
    name = tenant_file.vmta(ACME, IP)
    other = Evidence(
        "other", name, f"{IP} mail1.acme.example 50/d", f"{IP} mail1.acme.example 200/d"
    )
    found = look(SECOND_ONE, 2, running=runs(NEW))
    then = breached(SECOND_ONE, other, version=2, back_to=1)
    FILE.decides(given=[*STOOD, SECOND_ONE, DONE], when=found, then=[then])


def test_where_nobody_chose_anything_new_a_breach_is_told_and_nothing_comes_back() -> None:
    raised = planned(chosen_in(NEW, NAMED), 1)
    event = decided([*STOOD, raised, DONE], look(raised, 2, running=()))
    assert isinstance(event, RolloutBreached)
    assert (event.back_to, event.why_not) == (None, "nobody chose anything new in it")


def test_a_quota_alone_does_not_come_back_since_a_rollback_raises_no_cap() -> None:
    lower = planned(chosen_in(OLD, Chosen("one", quota=Quota(20, "day"))), 2)
    event = decided([*STOOD, lower, DONE], look(lower, 2, running=()))
    assert isinstance(event, RolloutBreached)
    assert event.back_to is None


def test_the_breach_of_a_rollback_is_told_and_not_rolled_back_again() -> None:
    back = planned(chosen_in(OLD, RENAMED), 3, rollback=True)
    event = decided([*STOOD, back, DONE], look(back, 2, running=()))
    assert isinstance(event, RolloutBreached)
    assert (event.back_to, event.why_not) == (None, "it is a rollback itself")


def test_what_was_not_believed_yet_is_no_version_to_go_back_to() -> None:
    """A ladder's step a minute after the choice that was wrong must not shield it."""
    step = planned(chosen_in(NEW, RENAMED), 2)
    given = [*STOOD, SECOND_ONE, DONE, step, DONE]
    event = decided(given, look(step, 3, running=()))
    assert isinstance(event, RolloutBreached)
    assert event.back_to == 1


def test_a_file_that_somebody_edits_meanwhile_is_a_conflict_and_no_breach() -> None:
    why = "the file has the digest (no file), and not the planned one; somebody edited it"
    conflict = RolloutEnded(node=NODE, ending="conflict", why=why)
    FILE.decides(given=[FIRST, DONE], when=look(FIRST, found=""), then=[conflict])


def test_a_silent_node_is_neither_well_nor_a_breach() -> None:
    silent = WatchUnanswered(node=NODE, version=1, attempt=1, down=False, why="no word")
    FILE.decides(given=[FIRST, DONE], when=told_nothing("silent"), then=[silent])
    second = WatchUnanswered(node=NODE, version=1, attempt=2, down=False, why="no word")
    again = told_nothing("silent", 2)
    FILE.decides(given=[FIRST, DONE, silent], when=again, then=[second])


def test_a_powermta_that_is_down_twice_in_a_row_is_a_breach_and_once_is_a_restart() -> None:
    down = WatchUnanswered(node=NODE, version=1, attempt=1, down=True, why="no word")
    silent = WatchUnanswered(node=NODE, version=1, attempt=2, down=False, why="no word")
    FILE.decides(given=[FIRST, DONE], when=told_nothing("down"), then=[down])
    then = breached(FIRST, Evidence("down", found="no word"), back_to=0)
    FILE.decides(given=[FIRST, DONE, down], when=told_nothing("down", 2), then=[then])
    other = WatchUnanswered(node=NODE, version=1, attempt=3, down=True, why="no word")
    given = [FIRST, DONE, down, silent]
    FILE.decides(given=given, when=told_nothing("down", 3), then=[other])


def test_one_restart_is_an_operators_and_a_second_one_a_breach() -> None:
    given: list[Event] = [FIRST, DONE, good(1)]
    seen = decided(given, look(FIRST, look=2, started="08:05"))
    assert isinstance(seen, RolloutWatched)
    event = decided([*given, seen], look(FIRST, look=3, started="08:07"))
    assert isinstance(event, RolloutBreached)
    assert [one.sign for one in event.evidence] == ["restarts"]


@pytest.mark.parametrize(
    ("before", "now", "breach"),
    [
        (0, 5, False),
        (0, 6, True),
        (10, 20, False),
        (10, 21, True),
        (None, 99, False),
        (9, None, False),
    ],
)
def test_errors_are_compared_with_those_of_the_first_look(
    before: int | None, now: int | None, breach: bool
) -> None:
    event = decided(
        [FIRST, DONE, good(1, failing=before), good(2, failing=0)], look(FIRST, look=3, failing=now)
    )
    assert isinstance(event, RolloutBreached) == breach


# --- the looks


def watch(cycle: int, n: int = 1, attempt: int = 1, version: int = 1) -> WatchFile:
    at: dict[str, Any] = {"cycle": Position(cycle), "attempt": attempt}
    return WatchFile(tenant=ACME, node=NODE, version=version, look=n, ips=(IP,), **at)


def test_looks_come_after_one_three_six_and_ten_minutes() -> None:
    given: list[Any] = [stage(1), PLAIN, DONE]
    for n, minutes in enumerate((1, 3, 6, 10), start=1):
        early = at(minutes - 0.1)
        KEEPER.asks(given=given, at=early, then=[], wakes=at(minutes))
        KEEPER.asks(given=given, at=at(minutes), then=[watch(n + 2, n)])
        given.append((at(minutes), good(n, over=n == 4)))
    KEEPER.asks(given=given, at=at(99), then=[])


def test_a_look_that_told_nothing_is_repeated_even_after_the_watchs_time() -> None:
    silent = WatchUnanswered(node=NODE, version=1, attempt=1, down=False, why="")
    given = [stage(1), PLAIN, DONE, good(1), good(2), good(3), (at(10), silent)]
    KEEPER.asks(given=given, at=at(10.5), then=[], wakes=at(11))
    KEEPER.asks(given=given, at=at(11), then=[watch(6, 4, attempt=2)])


def test_a_watch_holds_up_no_stop_and_ends_with_the_next_version() -> None:
    given: list[Event] = [stage(1), PLAIN, DONE, stopped()]
    effects = KEEPER.effects(given, at(1))
    assert [type(one) for one in effects] == [Deploy, WatchFile]
    next_ = planned(vmta(STOPPED))
    assert KEEPER.effects([*given, next_, DONE], at(1)) == [watch(6, version=2)]


def test_a_breach_asks_the_tenants_choices_back_and_once_they_are_nothing_more() -> None:
    chosen = overlay(2, RENAMED)
    given: list[Event] = [stage(1), chosen, planned(chosen_in(OLD, RENAMED), 2), DONE]
    gone = Evidence("missing", "x", "y")
    fell = RolloutBreached(node=NODE, version=1, evidence=(gone,), overlay=2, back_to=1)
    (asked,) = KEEPER.effects([*given, fell], at(1))
    reason = "version 1 on pmta-1: x is not defined, planned was y"
    command = RestoreOverlay(slug=ACME, version=1, reason=reason, confirmed=True, over=2)
    assert asked == Dispatch(tenant=ACME, command=command, cycle=Position(5))
    restored = overlay(3, NAMED, restored=1)
    (deployed,) = KEEPER.effects([*given, fell, restored], at(1))
    assert isinstance(deployed, Deploy)
    assert (deployed.rollback, deployed.overlay) == (True, 3)
    assert deployed.vmtas[IP].chosen == NAMED
