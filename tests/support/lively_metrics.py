"""Figures of an engine that did and saw a little of everything."""

from engine.effects.node import LookAtNode
from engine.events.node import NodeLooked, QueuesSeen
from engine.ids import Position
from engine.rules import ladder
from engine.values.node import Depth, Measures
from engine.values.traffic import Counts
from tests.support import samples
from tests.support.counted_mail import HOUR, mail
from tests.support.metrics import Figures
from tests.support.spec import IP, NODE, record

MEASURES = Measures(
    waiting=12, kb=2.0, connections_in=3, connections_out=4, load=0.5, disks={"/var/spool/pmta": 81}
)


def lively(figures: Figures) -> None:
    """It did and saw a little of everything."""
    counts = Counts(delivered=9, complaints=1)
    figures.fold(
        [
            record(1, samples.registered()),
            record(2, samples.stage(2)),
            record(3, samples.told(ladder.levers(2))),
            record(4, mail((HOUR, IP, "yahoo", counts))),
            record(5, NodeLooked(node=NODE, paused=(), measures=MEASURES)),
            record(6, QueuesSeen(node=NODE, depths={IP: Depth(waiting=5)})),
        ]
    )
    figures.effects("ended", LookAtNode(tenant=None, cycle=Position(1), node=NODE))
    figures.requests("GET", "/healthz", 200, 0.01)
    parts = ("mailwizz", "main"), ("telegram", "telegram"), ("mail", "mail"), ("postgres", "append")
    for part, name in parts:
        figures.parts(part, name, 0.01, answered=True)
