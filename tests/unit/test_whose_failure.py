"""A configuration that fails as it stands is somebody else's, unless a file of ours may be why."""

from typing import Any

import pytest

from engine.commands.rollout import ReportRollout
from engine.events import Event
from engine.events.rollout import RolloutEnded, RolloutPlanned, RolloutUnknown
from engine.ids import NodeId, TenantId
from engine.ports import Fence, NodeFile, NodeRefused
from engine.projections import PROJECTIONS
from engine.runtime.perform.file_steps import applied
from engine.runtime.views import Views
from engine.values.node_file import NodeOwn
from tests.support.samples import registered
from tests.support.spec import ACME, NODE, OTHER, RIVAL, record
from tests.support.world import virtually

FOREIGN = NodeRefused("the configuration as it stands does not pass: line 3", "foreign")
FILE = NodeFile(tenant=ACME, text="", expect=())
OPEN = RolloutPlanned(node=NODE, vmtas={}, digest="ab", before="")
OWN = RolloutPlanned(node=NODE, vmtas={}, digest="ab", before="", own=NodeOwn())
ELSEWHERE = RolloutPlanned(node=NodeId("pmta-9"), vmtas={}, digest="ab", before="")
SILENT = RolloutUnknown(node=NODE, attempt=1, why="connection lost")
OVER = RolloutEnded(node=NODE, ending="failed", kind="node", why="the old file was put back")


class Refusing:
    """As much of a node as a rollout that is refused needs."""

    def __init__(self, no: NodeRefused) -> None:
        self._no = no

    async def apply(self, *_: object, **__: object) -> None:
        raise self._no


def reported(*given: tuple[TenantId | None, Event], no: NodeRefused = FOREIGN) -> ReportRollout:
    views, pmta = Views(PROJECTIONS), Refusing(no)
    lives = [(RIVAL, registered(ip=OTHER)), (ACME, registered())]
    for n, (tenant, event) in enumerate([*lives, *given], start=1):
        list(views.fold(record(n, event, tenant=tenant)))

    async def story() -> ReportRollout:
        node: Any = pmta
        return await applied(node, NODE, FILE, before="", fence=Fence(1, "a"), views=views)

    return virtually(story)


@pytest.mark.parametrize(
    "open_", [[(RIVAL, OPEN)], [(RIVAL, OPEN), (RIVAL, SILENT)], [(None, OWN)]]
)
def test_while_another_file_of_ours_there_awaits_its_end_nobody_else_is_blamed(
    open_: list[tuple[TenantId | None, Event]],
) -> None:
    report = reported(*open_)
    assert (report.answer, report.kind) == ("refused", "node")
    assert "line 3" in report.why
    assert report.why.endswith(
        "another file of the engine there awaits its end, and may be what fails"
    )


@pytest.mark.parametrize(
    "given", [[], [(RIVAL, OPEN), (RIVAL, OVER)], [(RIVAL, ELSEWHERE)], [(ACME, OPEN)]]
)
def test_else_it_is_its_owners(given: list[tuple[TenantId | None, Event]]) -> None:
    assert reported(*given).kind == "foreign"


def test_what_we_brought_ourselves_stays_ours() -> None:
    report = reported((RIVAL, OPEN), no=NodeRefused("line 4", "invalid"))
    assert (report.kind, report.why) == ("invalid", "line 4")
