"""Judges the mail of each address that warms up when a day is over, and does something about it.

Where its node has a source of traffic, the next stage comes from here too: after the judgement,
and by what was delivered.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from engine.commands.ip_warmup import JudgeWarmup
from engine.effects import Dispatch
from engine.ids import NodeId
from engine.projections.results import RESULTS, Warming
from engine.reactors import stage_days
from engine.reactors.reactor import Agenda, Reactor, Want, agenda
from engine.rules import days
from engine.rules.rates.judge import judged
from engine.values.results import Kind


def results(counted: Collection[NodeId]) -> Reactor[Warming]:
    """``counted``: nodes that have a source of traffic."""

    def react(view: Warming, now: datetime) -> Agenda:
        if not view.stage or view.paused or view.still:
            return Agenda()
        if judgement := _judgement(view, now):
            return agenda([judgement], now)
        step = stage_days.advance(view, now) if view.node in counted else None
        return _until_midnight(view, agenda([step] if step else [], now), now)

    return Reactor(name="results", reads=RESULTS, react=react)


def _judgement(view: Warming, now: datetime) -> Want | None:
    """Nothing, where it is as the results want it; a pause waits for a person."""
    found = judged(view.by_day, view.standing, now, days.day_of(now, view.day_tz))
    if found is None or _so_already(view, found.kind):
        return None
    command = JudgeWarmup(ip=view.ip, stage=view.stage, results=found)
    return Want(Dispatch(tenant=view.tenant, command=command, cycle=view.since))


def _until_midnight(view: Warming, found: Agenda, now: datetime) -> Agenda:
    """Without mail there is nothing to judge, and no day to count."""
    if not view.by_day:
        return found
    tomorrow = days.day_of(now, view.day_tz) + timedelta(days=1)
    turn = days.midnight(tomorrow, view.day_tz)
    return Agenda(found.effects, min(found.wake_at or turn, turn))


def _so_already(view: Warming, kind: Kind) -> bool:
    """From the first stage there is no step back, and being held is all there is to do."""
    match kind:
        case "ok":
            return not view.standing.held or view.review
        case "hold":
            return view.standing.held
        case "step_back":
            return view.standing.held and view.stage == 1
        case "pause":
            return False
