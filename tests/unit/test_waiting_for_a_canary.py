"""Other nodes wait for the one that is tried first: people hear of it when that never ends."""

import pytest

from engine.commands.rollout import JudgeRollout, ReportRollout, WatchRollout
from engine.deciders.rollout import DECIDER
from engine.events import Event
from engine.events.rollout import (
    RolloutBreached,
    RolloutEnded,
    RolloutPlanned,
    RolloutUnknown,
    RolloutWatched,
    WatchUnanswered,
)
from engine.events.tenant import OverlaySet
from engine.ids import NodeId
from engine.projections.alerts import ALERTS, Alert
from engine.projections.projection import first
from engine.rules import ladder
from engine.rules.pmta_config import tenant_file
from tests.support.spec import ACME, IP, NODE, DeciderSpec, record, vmta

FILE = DeciderSpec(DECIDER)
WAITING = (NodeId("pmta-2"), NodeId("pmta-3"))
VMTAS = {IP: vmta(ladder.levers(1))}
TEXT = tenant_file.render(ACME, VMTAS)
PLANNED = RolloutPlanned(
    node=NODE,
    vmtas=VMTAS,
    digest=tenant_file.digest(TEXT),
    before="",
    followers=WAITING,
    watch_s=600,
)
SILENT = RolloutUnknown(node=NODE, attempt=1, why="no answer in time", followers=WAITING)
DONE = RolloutEnded(node=NODE, ending="done", changed={IP: ladder.levers(1)})
UNSEEN = WatchUnanswered(
    node=NODE, version=1, attempt=2, down=False, why="no answer in time", followers=WAITING
)
FAILED = RolloutEnded(node=NODE, ending="failed", kind="node", why="no", followers=WAITING)
EDITED = RolloutEnded(node=NODE, ending="conflict", why="edited", followers=WAITING)


def alert(*given: Event) -> Alert:
    key = f"{ACME}/canary_waits/{NODE}"
    view = first(ALERTS, key)
    for n, event in enumerate(given, start=1):
        recorded = record(n, event)
        if key in ALERTS.keys(recorded):
            view = ALERTS.evolve(view, recorded)
    return view


def test_what_does_not_end_names_the_nodes_that_wait_for_it() -> None:
    report = ReportRollout(node=NODE, tenant=ACME, answer="silent", why="no answer in time")
    FILE.decides(given=[PLANNED], when=report, then=[SILENT])
    refused = ReportRollout(node=NODE, tenant=ACME, answer="refused", kind="node", why="no")
    FILE.decides(given=[PLANNED], when=refused, then=[FAILED])
    conflict = ReportRollout(node=NODE, tenant=ACME, answer="conflict", why="edited")
    FILE.decides(given=[PLANNED], when=conflict, then=[EDITED])
    old = JudgeRollout(node=NODE, tenant=ACME, found="", running=())
    found = "a look found the old file"
    ended = RolloutEnded(node=NODE, ending="failed", kind="node", why=found, followers=WAITING)
    FILE.decides(given=[PLANNED], when=old, then=[ended])
    unseen = WatchRollout(
        node=NODE,
        tenant=ACME,
        version=1,
        look=1,
        answer="silent",
        attempt=2,
        why="no answer in time",
    )
    FILE.decides(given=[PLANNED, DONE], when=unseen, then=[UNSEEN])


@pytest.mark.parametrize("one", [SILENT, UNSEEN, FAILED])
def test_people_hear_of_it_once_it_has_gone_on_for_a_while(one: Event) -> None:
    assert not alert(one, one).firing
    fired = alert(one, one, one)
    assert fired.firing
    assert fired.facts["Waiting"] == "pmta-2, pmta-3"
    assert "POST /api/v2/powermta/nodes/pmta-2/approve" in fired.facts["Next"]


def test_an_edit_by_hand_is_told_at_once_for_nothing_ends_it_but_a_person() -> None:
    assert alert(EDITED).firing


def test_where_nobody_waits_there_is_nothing_to_tell() -> None:
    alone = RolloutUnknown(node=NODE, attempt=1, why="no answer in time")
    failed = RolloutEnded(node=NODE, ending="conflict", why="edited")
    assert not alert(alone, alone, alone, failed).episode


@pytest.mark.parametrize(
    "end",
    [
        DONE,
        RolloutWatched(node=NODE, version=1, look=4, started="", over=True, followers=WAITING),
        RolloutBreached(node=NODE, version=1, evidence=()),
        OverlaySet(slug=ACME, version=2, virtual_mtas={}, drained=(), nodes={IP: NODE}),
    ],
    ids=lambda one: type(one).__name__,
)
def test_it_ends_with_the_waiting(end: Event) -> None:
    assert not alert(SILENT, SILENT, SILENT, end).firing
    assert not alert(SILENT, SILENT, SILENT, end, SILENT, SILENT).firing, "counted anew"
