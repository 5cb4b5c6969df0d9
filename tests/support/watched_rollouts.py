"""Rollouts of one file with choices in it, and the looks of their watches."""

from datetime import datetime, timedelta
from typing import Any

from engine.deciders.rollout import DECIDER
from engine.events import Event
from engine.events.rollout import RolloutEnded, RolloutPlanned, RolloutWatched
from engine.events.tenant import OverlaySet
from engine.reactors.rollout import ROLLOUT
from engine.rules import ladder
from engine.rules.pmta_config import tenant_file
from engine.values.overlay import Chosen
from engine.values.vmta import Vmta
from tests.support.spec import ACME, DAY_1, IP, NODE, DeciderSpec, ReactorSpec, vmta

FILE = DeciderSpec(DECIDER)
KEEPER = ReactorSpec(ROLLOUT)
WATCH_S = 600
STARTED = "2026-01-05 08:00:00"
NAMED, RENAMED = Chosen("one"), Chosen("other")
OLD, NEW = vmta(ladder.levers(1)), vmta(ladder.levers(2))


def chosen_in(of: Vmta, chosen: Chosen) -> Vmta:
    return Vmta(of.purpose, of.hostname, of.levers, chosen)


def planned(one: Vmta, overlay: int = 0, **more: Any) -> RolloutPlanned:
    text = tenant_file.render(ACME, {IP: one})
    return RolloutPlanned(
        node=NODE,
        vmtas={IP: one},
        digest=tenant_file.digest(text),
        before="",
        overlay=overlay,
        watch_s=WATCH_S,
        **more,
    )


DONE = RolloutEnded(node=NODE, ending="done")


def good(n: int, version: int = 1, **more: Any) -> RolloutWatched:
    return RolloutWatched(node=NODE, version=version, look=n, started=STARTED, **more)


FIRST = planned(chosen_in(OLD, NAMED), 1)
STOOD: list[Event] = [FIRST, DONE, good(1), good(2), good(3), good(4, over=True, overlay=1)]


def at(minutes: float) -> datetime:
    return DAY_1 + timedelta(minutes=minutes)


PLAIN = planned(OLD)


def overlay(version: int, one: Chosen | None, **more: Any) -> OverlaySet:
    of = {} if one is None else {IP: one}
    return OverlaySet(
        slug=ACME,
        version=version,
        virtual_mtas=of,
        drained=() if one else (IP,),
        nodes={IP: NODE},
        **more,
    )
