"""What waits before it goes to a node: choices that take too much away, and the canary's watch."""

from engine.commands.rollout import ApproveRollout, PlanRollout, ReportRollout
from engine.effects import Deploy
from engine.errors import Rejected
from engine.events import Event
from engine.events.rollout import RolloutApproved, RolloutBreached, RolloutEnded, RolloutWatched
from engine.events.tenant import OverlaySet
from engine.ids import NodeId
from engine.values.levers import STOPPED
from engine.values.overlay import Chosen, Quota
from engine.values.rollout import Evidence
from tests.support.samples import stage, stopped
from tests.support.spec import ACME, DAY_1, IP, NODE
from tests.support.watched_rollouts import (
    DONE,
    FILE,
    FIRST,
    KEEPER,
    NAMED,
    PLAIN,
    STOOD,
    at,
    good,
    overlay,
)

SECOND = NodeId("pmta-2")
TOO_LARGE = RolloutEnded(node=NODE, ending="failed", kind="too_large", why="all of it")


def held() -> list[Event]:
    return [stage(1), overlay(1, NAMED), FIRST, DONE, *STOOD[2:], overlay(2, None), TOO_LARGE]


def test_choices_that_take_too_much_away_wait_and_the_old_ones_run_on() -> None:
    view = KEEPER.view(held())
    assert view.state == "waits"
    assert view.waiting is not None
    assert (view.waiting.why, view.waiting.choices.overlay) == ("too_large", 2)
    KEEPER.asks(given=held(), at=at(99), then=[])


def test_a_stop_goes_meanwhile_and_without_them() -> None:
    (deployed,) = KEEPER.effects([*held(), stopped()], at(99))
    assert isinstance(deployed, Deploy)
    assert (deployed.vmtas[IP].levers, deployed.overlay, deployed.drained) == (STOPPED, 1, ())


def test_a_lower_quota_among_them_holds_at_once() -> None:
    lower = Chosen(quota=Quota(20, "day"))
    given = [*held()[:-2], overlay(2, lower), TOO_LARGE]
    wish = KEEPER.view(given).wanted[IP]
    assert wish.chosen == Chosen("one", quota=Quota(20, "day"))


def test_what_a_person_approves_goes_confirmed() -> None:
    approved = RolloutApproved(node=NODE, overlay=2, reason="meant")
    (deployed,) = KEEPER.effects([*held(), approved], at(99))
    assert isinstance(deployed, Deploy)
    assert (deployed.confirmed, deployed.overlay, deployed.drained) == (True, 2, (IP,))
    assert deployed.vmtas[IP].levers.intake == "closed"


def test_only_what_waits_is_approved_and_once() -> None:
    approve = ApproveRollout(node=NODE, tenant=ACME, overlay=2, waits=2, reason="meant")
    approved = RolloutApproved(node=NODE, overlay=2, reason="meant")
    FILE.decides(given=STOOD, when=approve, then=[approved])
    other = ApproveRollout(node=NODE, tenant=ACME, overlay=3, waits=2, reason="meant")
    no = Rejected("no choices of version 3 wait for acme on pmta-1; version 2 does")
    FILE.decides(given=STOOD, when=other, then=no)


# --- the canary


def canary(version: int, one: Chosen, first: NodeId, *waits: NodeId) -> OverlaySet:
    return overlay(version, one, canary=first, waits=waits)


def test_a_file_that_is_no_canary_waits_for_its_watch_and_then_goes() -> None:
    given: list[Event] = [stage(1), PLAIN, DONE, good(1, over=True), canary(1, NAMED, SECOND, NODE)]
    assert KEEPER.view(given).state == "waits"
    KEEPER.asks(given=given, at=at(99), then=[])
    first = RolloutWatched(
        node=SECOND, version=1, look=4, started="", over=True, overlay=1, followers=(NODE,)
    )
    (deployed,) = KEEPER.effects([*given, first], at(99))
    assert isinstance(deployed, Deploy)
    assert (deployed.overlay, deployed.confirmed) == (1, False)
    assert deployed.vmtas[IP].chosen == NAMED


def test_a_canary_of_other_choices_releases_nobody() -> None:
    given: list[Event] = [stage(1), PLAIN, DONE, good(1, over=True), canary(2, NAMED, SECOND, NODE)]
    late = RolloutWatched(
        node=SECOND, version=1, look=4, started="", over=True, overlay=1, followers=(NODE,)
    )
    KEEPER.asks(given=[*given, late], at=at(99), then=[])


def test_a_ladder_step_and_a_stop_do_not_wait_for_the_canary() -> None:
    given: list[Event] = [stage(1), PLAIN, DONE, canary(1, NAMED, SECOND, NODE)]
    for change in (stage(2), stopped()):
        deploys = [
            one for one in KEEPER.effects([*given, change], at(0.5)) if isinstance(one, Deploy)
        ]
        assert [(one.overlay, one.vmtas[IP].chosen) for one in deploys] == [(0, None)]


def test_a_breach_of_the_canary_stops_those_that_wait() -> None:
    given: list[Event] = [stage(1), PLAIN, DONE, good(1, over=True), canary(1, NAMED, SECOND, NODE)]
    fell = RolloutBreached(
        node=SECOND,
        version=1,
        evidence=(Evidence("down", found="dead"),),
        overlay=1,
        back_to=0,
        followers=(NODE,),
    )
    view = KEEPER.view([*given, fell])
    assert view.waiting is not None
    assert (view.waiting.why, view.waiting.said) == ("breached", "PowerMTA does not run: dead")
    KEEPER.asks(given=[*given, fell], at=at(99), then=[])
    later = RolloutWatched(
        node=SECOND, version=1, look=4, started="", over=True, overlay=1, followers=(NODE,)
    )
    KEEPER.asks(given=[*given, fell, later], at=at(99), then=[])


def test_the_canarys_plan_carries_who_waits_and_its_last_look_tells_them() -> None:
    given: list[Event] = [stage(1), canary(1, NAMED, NODE, SECOND)]
    (deployed,) = KEEPER.effects(given, at(99))
    assert isinstance(deployed, Deploy)
    assert deployed.followers == (SECOND,)
    plan = PlanRollout(
        node=NODE, tenant=ACME, vmtas=deployed.vmtas, overlay=1, followers=(SECOND,), watch_s=0
    )
    ran = ReportRollout(node=NODE, tenant=ACME, answer="ran")
    (event,) = FILE.decider.decide(FILE.decider.fold([]), plan, DAY_1)
    state = FILE.decider.evolve(FILE.decider.fold([]), event)
    _, told = FILE.decider.decide(state, ran, DAY_1)
    assert told == RolloutWatched(
        node=NODE, version=1, look=0, started="", over=True, overlay=1, followers=(SECOND,)
    )
