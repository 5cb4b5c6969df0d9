"""A node that was to go first has nothing left to be tried on it: another goes first, and nobody
waits for ever.
"""

from typing import Any, get_args

from engine.commands.rollout import PassCanary
from engine.deciders.rollout import DECIDER
from engine.deciders.rollout_state import State
from engine.effects import Deploy, Dispatch
from engine.events import Event
from engine.events.ip import IpRegistered, LeverEvent
from engine.events.ip_removal import IpWithdrawn
from engine.events.rollout import (
    CanaryPassed,
    ConflictEnded,
    RolloutApproved,
    RolloutEnded,
    RolloutEvent,
    RolloutPlanned,
    RolloutUnknown,
    RolloutWatched,
)
from engine.events.tenant import OverlaySet
from engine.ids import IpAddr, NodeId
from engine.projections.alerts import ALERTS
from engine.projections.projection import first
from engine.projections.rollouts import ROLLOUTS, Rollout
from engine.reactors.rollout import ROLLOUT
from engine.rules.pmta_config import tenant_file
from engine.values.levers import STOPPED
from engine.values.overlay import Chosen
from tests.support.spec import ACME, DeciderSpec, record, vmta
from tests.support.watched_rollouts import at

ONE, TWO, THREE = (NodeId(f"pmta-{n}") for n in (1, 2, 3))
IPS = {node: IpAddr(f"203.0.113.{n}") for n, node in enumerate((ONE, TWO, THREE), start=1)}
SECOND = IpAddr("203.0.113.9")  # of the first node
GONE = IpWithdrawn(ip=IPS[ONE], node=ONE, vmta=vmta(STOPPED))


def registered(ip: IpAddr, node: NodeId) -> LeverEvent:
    return IpRegistered(ip=ip, node=node, vmta=vmta(STOPPED), warmup="manual", day_tz="UTC")


def put(*waits: NodeId, version: int = 1) -> OverlaySet:
    nodes = (ONE, *waits)
    return OverlaySet(
        slug=ACME,
        version=version,
        virtual_mtas={IPS[node]: Chosen(f"mta-{node}-{version}") for node in nodes},
        drained=(),
        nodes={IPS[node]: node for node in nodes},
        canary=ONE,
        waits=waits,
    )


class Files:
    """A tenant's files on three nodes, of which the first was not written yet; what their reactors
    ask of their deciders is decided."""

    def __init__(self, *given: Event, written: tuple[NodeId, ...] = (TWO, THREE)) -> None:
        self.views: dict[str, Rollout] = {}
        self.states: dict[str, State] = {}
        self.happened: list[Event] = []
        for node, ip in IPS.items():
            self.happens(registered(ip, node))
        for node in written:
            self.done(node)
            self.stood(node)
        for event in given:
            self.happens(event)

    def happens(self, *events: Event) -> None:
        for event in events:
            self._happens(event)

    def _happens(self, event: Event) -> None:
        self.happened.append(event)
        recorded = record(len(self.happened), event)
        if isinstance(event, get_args(RolloutEvent)):
            state = self.states.get(event.node, State())
            self.states[event.node] = DECIDER.evolve(state, event)
        keys = ROLLOUTS.keys(recorded)
        for key in keys:
            view = self.views.get(key, first(ROLLOUTS, key))
            self.views[key] = ROLLOUTS.evolve(view, recorded)
        for key in keys:
            for passing in self.asked(key, Dispatch):
                assert isinstance(passing.command, PassCanary)
                assert passing.target == ("tenant", f"{ACME}/{passing.command.node}")
                state = self.states.get(passing.command.node, State())
                self.happens(*DECIDER.decide(state, passing.command, at(99)))

    def asked(self, key: str, kind: Any) -> list[Any]:
        return [one for one in ROLLOUT.react(self.views[key], at(99)).effects if type(one) is kind]

    def of(self, node: NodeId) -> Rollout:
        return self.views[f"{node}/{ACME}"]

    def deploys(self, node: NodeId) -> list[Deploy]:
        return self.asked(f"{node}/{ACME}", Deploy)

    def done(self, node: NodeId) -> None:
        """The next rollout there, as far as it is asked for."""
        (deploy,) = self.deploys(node)
        text = tenant_file.render(ACME, deploy.vmtas)
        self.happens(
            RolloutPlanned(
                node=node,
                vmtas=dict(deploy.vmtas),
                digest=tenant_file.digest(text),
                before=self.of(node).digest,
                overlay=deploy.overlay,
                watch_s=600,
                followers=deploy.followers,
            ),
            RolloutEnded(node=node, ending="done"),
        )

    def stood(self, node: NodeId) -> None:
        view = self.of(node)
        plan = self.states[node].watched
        assert plan is not None
        self.happens(
            RolloutWatched(
                node=node,
                version=view.version,
                look=4,
                started="",
                over=True,
                overlay=plan.plan.overlay,
                followers=plan.plan.followers,
            )
        )


def test_the_only_one_that_waits_for_a_withdrawn_address_goes_at_once() -> None:
    files = Files(put(TWO))
    assert files.of(TWO).state == "waits"
    files.happens(GONE)
    assert files.happened[-1] == CanaryPassed(node=ONE, overlay=1, followers=(TWO,))
    (deploy,) = files.deploys(TWO)
    assert (deploy.overlay, deploy.followers) == (1, ())


def test_of_several_the_first_is_tried_and_the_others_wait_for_it() -> None:
    files = Files(put(TWO, THREE), GONE)
    assert not files.deploys(THREE)
    waiting = files.of(THREE).waiting
    assert waiting is not None
    assert (waiting.why, waiting.canary) == ("canary", TWO)
    files.done(TWO)
    assert not files.deploys(THREE)
    files.stood(TWO)
    (deploy,) = files.deploys(THREE)
    assert (deploy.overlay, deploy.followers) == (1, ())


def test_one_after_the_other_may_have_nothing_to_try() -> None:
    files = Files(put(TWO, THREE), written=(THREE,))
    files.happens(IpWithdrawn(ip=IPS[TWO], node=TWO, vmta=vmta(STOPPED)), GONE)
    passed = [one.node for one in files.happened if isinstance(one, CanaryPassed)]
    assert passed == [ONE, TWO]
    assert [one.overlay for one in files.deploys(THREE)] == [1]


def test_a_file_that_runs_without_the_withdrawn_address_passes_it_on_too() -> None:
    files = Files()
    files.happens(registered(SECOND, ONE), GONE)
    files.done(ONE)
    files.stood(ONE)
    files.happens(registered(IPS[ONE], ONE), put(TWO))
    assert files.deploys(ONE)
    files.happens(GONE)
    assert [one.overlay for one in files.deploys(TWO)] == [1]


def test_what_is_being_tried_or_will_be_is_not_passed_on() -> None:
    open_ = Files(put(TWO))
    open_.done(ONE)
    assert open_.of(ONE).watch
    open_.happens(GONE)
    assert not [one for one in open_.happened if isinstance(one, CanaryPassed)]
    silent = Files(put(TWO))
    (deploy,) = silent.deploys(ONE)
    text = tenant_file.render(ACME, deploy.vmtas)
    plan = RolloutPlanned(
        node=ONE,
        vmtas=dict(deploy.vmtas),
        digest=tenant_file.digest(text),
        before="",
        overlay=1,
        followers=(TWO,),
    )
    silent.happens(plan, RolloutUnknown(node=ONE, attempt=1, why="silent"), GONE)
    assert not [one for one in silent.happened if isinstance(one, CanaryPassed)]


def test_one_whom_a_person_let_go_has_the_others_behind_it_all_the_same() -> None:
    files = Files(put(TWO, THREE), RolloutApproved(node=TWO, overlay=1, reason="a hurry"))
    files.done(TWO)
    files.happens(GONE)
    assert not files.deploys(THREE), "it is still watched"
    files.stood(TWO)
    assert [one.overlay for one in files.deploys(THREE)] == [1]


def test_an_edit_that_stays_leaves_the_trial_to_another_node() -> None:
    files = Files(put(TWO))
    files.happens(RolloutEnded(node=ONE, ending="conflict", why="edited", followers=(TWO,)))
    assert not files.deploys(TWO)
    files.happens(ConflictEnded(node=ONE, end="adopt", found="ab", reason="it is right"))
    assert [one.overlay for one in files.deploys(TWO)] == [1]


def test_whom_the_watch_has_told_nobody_is_waiting_for_any_more() -> None:
    files = Files(put(TWO))
    files.done(ONE)
    assert files.of(ONE).followers == (TWO,)
    files.stood(ONE)
    assert files.of(ONE).followers == ()
    files.happens(registered(SECOND, ONE))
    (deploy,) = files.deploys(ONE)
    assert deploy.followers == (), "a later failure here keeps nobody waiting"


def test_it_is_passed_on_once_and_not_while_it_is_tried() -> None:
    spec = DeciderSpec(DECIDER)
    passing = PassCanary(node=ONE, tenant=ACME, overlay=1, followers=(TWO,))
    passed = CanaryPassed(node=ONE, overlay=1, followers=(TWO,))
    spec.decides(given=[], when=passing, then=[passed])
    spec.decides(given=[passed], when=passing, then=[])
    plan = RolloutPlanned(node=ONE, vmtas={}, digest="ab", before="", overlay=1, watch_s=600)
    spec.decides(given=[plan], when=passing, then=[])
    done = RolloutEnded(node=ONE, ending="done")
    spec.decides(given=[plan, done], when=passing, then=[])
    spec.decides(given=[passed, plan, done, looked(ONE)], when=passing, then=[])


def looked(node: NodeId) -> RolloutWatched:
    return RolloutWatched(node=node, version=1, look=4, started="", over=True)


def test_who_was_told_that_others_wait_hears_that_they_do_not() -> None:
    edited = RolloutEnded(node=ONE, ending="conflict", why="edited", followers=(TWO,))
    view = first(ALERTS, f"{ACME}/canary_waits/{ONE}")
    passed = CanaryPassed(node=ONE, overlay=1, followers=(TWO,))
    given: tuple[Event, ...] = (edited, passed)
    for n, event in enumerate(given, start=1):
        assert f"{ACME}/canary_waits/{ONE}" in ALERTS.keys(record(n, event))
        view = ALERTS.evolve(view, record(n, event))
    assert (view.firing, view.facts["Now"]) == (
        False,
        "nothing is left to be tried on it; pmta-2 goes first",
    )
