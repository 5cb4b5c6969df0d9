"""How an address stands, and what comes next, in sentences."""

from collections.abc import Collection, Iterator
from datetime import datetime

from engine.api.sentences.words import both, moment, names
from engine.api.waits import waits_for
from engine.commands.ip import (
    AdvanceStage,
    BeginMonitoring,
    RestIp,
    StartWarmup,
    StepRetirement,
)
from engine.effects import Dispatch, Effect
from engine.ids import NodeId
from engine.projections.ip_row import IpRow
from engine.reactors import warmup
from engine.rules.dnsbl_catalogue import Catalogue
from engine.values.phase import Phase
from engine.values.plan import Plan


def state(row: IpRow) -> str:
    since = f" since {moment(row.entered_at)}" if row.entered_at else ""
    where = f"{row.ip} ({row.tenant}, {row.vmta.purpose}, on {row.node})"
    wanted = f"wanted: {both(row.vmta.levers)}"
    paused = f"; paused by a person since {moment(row.paused.since)}" if row.paused else ""
    return f"{where} is {_phase(row)}{since}{paused}; {wanted}; {_told(row)}"


def _phase(row: IpRow) -> str:
    match row.phase:
        case Phase.STANDBY if row.reason == "listed":
            return f"STANDBY (listed by {names(row.listed_by)})"
        case Phase.STANDBY:
            return f"STANDBY ({row.reason})"
        case Phase.WARMING:
            return f"WARMING, stage {row.stage} of {row.plan.stages},"
        case _:
            return str(row.phase.value)


def _told(row: IpRow) -> str:
    if row.told is None or row.told_at is None:
        return f"{row.node} was told nothing of it yet"
    what = "so" if row.told == row.vmta.levers else both(row.told)
    last = "" if row.told == row.vmta.levers else "last "
    return f"{row.node} was {last}told {what} at {moment(row.told_at)}"


def coming(
    row: IpRow, now: datetime, catalogue: Catalogue, counted: Collection[NodeId]
) -> Iterator[str]:
    """What comes by itself, and what holds it.  ``counted``: nodes with a source of traffic."""
    if row.phase is Phase.WARMING and row.node in counted and not (row.holds or row.still):
        yield (
            f"{next_stage(row.stage + 1, row.plan)}: when enough days have counted by what was"
            f" delivered (GET /api/v2/ips/{row.ip}/warmup says how many have)"
        )
    for want in warmup.steps(row, now, catalogue, counted):
        due = want.at is None or want.at <= now
        when = "now" if due or want.at is None else moment(want.at)
        yield f"{step(want.effect, row.plan)}: {when}"
    yield from waits_for(row, catalogue, now)
    if row.phase is Phase.WARMING and row.told != row.vmta.levers:
        yield f"told: days count once {row.node} was told the stage's levers"
    if row.retry.at is not None and row.retry.at > now:
        yield f"retry: the last try was refused; again at {moment(row.retry.at)}"
    if row.phase is Phase.ACTIVE:
        yield "active: it goes on until a list names it or somebody asks for something else"


def step(effect: Effect, plan: Plan) -> str:
    """What an effect of the life of an address brings."""
    command = effect.command if isinstance(effect, Dispatch) else None
    match command:
        case StartWarmup():
            return "start of warm-up"
        case AdvanceStage(stage=stage):
            return next_stage(stage, plan)
        case StepRetirement(step=number):
            return f"step {number} of retirement"
        case RestIp(why="limit"):
            return "rest, once its queue is empty, or when the time to drain is over"
        case RestIp(why="drained"):
            return "rest, for its queue is empty"
        case RestIp():
            return "rest, if it is still listed"
        case BeginMonitoring():
            return "end of rest"
        case _:
            return "next step"


def next_stage(stage: int, plan: Plan) -> str:
    return "end of warm-up" if stage > plan.stages else f"stage {stage}"
