"""What moves a sending address from phase to phase, and from stage to stage."""

from datetime import datetime

from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.ip import (
    IpStopped,
    StageEntered,
)
from engine.events.ip_warmup import (
    RewarmBegan,
    StageSkipped,
    WarmupPaused,
    WarmupResumed,
    WarmupSteppedBack,
)
from engine.projections import ip_holds
from engine.projections.ip_row import IpRow
from engine.rules import days
from engine.values.evidence import Guards
from engine.values.levers import Levers
from engine.values.phase import Phase, Reason
from engine.values.retry import Retry
from engine.values.vmta import Vmta


def entered(row: IpRow, entered: StageEntered, recorded: Recorded[Event]) -> IpRow:
    """A warm-up that starts anew is held by nobody."""
    starts = isinstance(entered.evidence, Guards)
    row = replace(row, plan=entered.plan or row.plan, holds=() if starts else row.holds)
    return at_stage(row, entered.stage, entered.vmta, recorded)


def at_stage(row: IpRow, stage: int, vmta: Vmta, recorded: Recorded[Event]) -> IpRow:
    today = days.day_of(recorded.at, row.day_tz)
    row = replace(row, stage=stage, first_day=today, stage_told_on=None)
    return moved(row, recorded, vmta, Phase.WARMING)


def held(row: IpRow, recorded: Recorded[Event]) -> IpRow:
    row = replace(row, holds=ip_holds.after(row.holds, recorded))
    match recorded.event:
        case RewarmBegan(stage=stage, vmta=vmta):
            return at_stage(row, stage, vmta, recorded)
        case WarmupSteppedBack(stage=stage, vmta=vmta) | StageSkipped(stage=stage, vmta=vmta):
            return at_stage(row, stage, vmta, recorded)
        case WarmupPaused(vmta=vmta):
            return replace(row, vmta=vmta, stage_told_on=None)
        case WarmupResumed(vmta=vmta):
            return replace(row, vmta=vmta, resumed_on=days.day_of(recorded.at, row.day_tz))
        case _:
            return row


def moved(
    row: IpRow, recorded: Recorded[Event], vmta: Vmta, phase: Phase, reason: Reason | None = None
) -> IpRow:
    return replace(
        row,
        phase=phase,
        reason=reason,
        vmta=vmta,
        sent_until=sent_until(row, vmta.levers, recorded.at),
        since=recorded.position,
        entered_at=recorded.at,
        retry=Retry(),
        wait=None,
    )


def sent_until(row: IpRow, levers: Levers, at: datetime) -> datetime | None:
    if levers.intake == "open":
        return None
    return at if row.vmta.levers.intake == "open" else row.sent_until


def standby(row: IpRow, recorded: Recorded[Event], vmta: Vmta, reason: Reason) -> IpRow:
    row = replace(row, requested=row.warmup == "auto", stage=0)
    return moved(row, recorded, vmta, Phase.STANDBY, reason)


def stopped(row: IpRow, stopped: IpStopped, recorded: Recorded[Event]) -> IpRow:
    zones = tuple(sorted(stopped.zones))
    row = replace(row, listed_by=zones, earlier=stopped.earlier, remedied=False)
    if row.phase is Phase.RETIRING:
        return moved(row, recorded, stopped.vmta, Phase.RETIRING)
    if stopped.retires:
        return moved(replace(row, how="listed"), recorded, stopped.vmta, Phase.RETIRING)
    return standby(row, recorded, stopped.vmta, "listed")
