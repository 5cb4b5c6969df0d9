"""What came of a simulation, day by day."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from engine.app.whatif.fleet import Fleet
from engine.app.whatif.mail import Sent
from engine.events import Event, Recorded
from engine.ids import IpAddr, TenantId
from engine.projections.ip_row import IpRow
from engine.rules import timing
from engine.values.levers import PerDay
from engine.values.phase import Phase, Reason


class Day(NamedTuple):
    """One address as one of its tenant's days ended."""

    ip: IpAddr
    tenant: TenantId
    day: int  # from 1
    date: date
    phase: Phase
    reason: Reason | None
    stage: int  # 0: it does not warm up
    cap: int  # that the node was told; 0: nothing may go out
    sent: Sent
    why: str  # it does not go on; "": nothing holds it

    @property
    def place(self) -> str:
        return f"{self.phase.value} ({self.reason})" if self.reason else self.phase.value


class Result(NamedTuple):
    fleet: Fleet
    weeks: int
    seed: int
    days: Sequence[Day]  # by day, and then in the fleet's order
    story: Sequence[Recorded[Event]]  # the whole log


def cap(row: IpRow) -> int:
    told = row.told
    if told is None or told.intake == "closed":
        return 0
    return told.output.cap if isinstance(told.output, PerDay) else 0


def why(row: IpRow) -> str:
    """What keeps it from going on, for people."""
    if row.phase is Phase.STANDBY and row.reason == "listed":
        names = ", ".join(row.listed_by)
        if row.earlier + 1 >= timing.REMEDY_FROM and not row.remedied:
            return f"listed by {names} again: a person must say cause and remedy"
        return f"listed by {names}"
    if row.phase is not Phase.WARMING:
        return ""
    return "; ".join(
        f"{'paused' if one.paused else 'held'} by {one.by} since {one.since:%Y-%m-%d}"
        for one in row.holds
    )
