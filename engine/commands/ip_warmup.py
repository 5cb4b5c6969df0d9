"""What may be asked of a warm-up that is under way.

A command that moves the stage names the one it leads to, so that asked twice it moves once.
"""

from datetime import date, datetime
from typing import ClassVar

from engine.commands.base import Ask
from engine.ids import IpAddr
from engine.values.clocks import Clocks
from engine.values.evidence import Guards
from engine.values.results import Results


class HoldWarmup(Ask, frozen=True, kw_only=True, tag="ip.hold_warmup"):
    """No next stage until it is resumed; the cap stays."""

    ip: IpAddr
    reason: str = ""


class ResumeWarmup(Ask, frozen=True, kw_only=True, tag="ip.resume_warmup"):
    """End every hold, and a pause by results."""

    rises: ClassVar[bool] = True

    ip: IpAddr
    reason: str = ""


class StepBackStage(Ask, frozen=True, kw_only=True, tag="ip.step_back_stage"):
    ip: IpAddr
    stage: int  # the one before the present one
    reason: str = ""


class SkipStage(Ask, frozen=True, kw_only=True, tag="ip.skip_stage"):
    """The next stage now, whatever its days say; the guards hold, as ``guards`` says."""

    rises: ClassVar[bool] = True

    ip: IpAddr
    stage: int  # the one after the present one
    entered: date  # when the present one began, in the tenant's day_tz
    guards: Guards
    reason: str
    clocks: Clocks = Clocks()


class JudgeWarmup(Ask, frozen=True, kw_only=True, tag="ip.judge_warmup"):
    """Hold, step back, pause or go on, as the results of the stage say."""

    ip: IpAddr
    stage: int  # the one that was judged
    results: Results


class RewarmIp(Ask, frozen=True, kw_only=True, tag="ip.rewarm"):
    """It sent nothing for days; whoever carries it out fills in how far accounting was read."""

    ip: IpAddr
    since: date  # the last day on which it sent, or the day from which on it could
    idle_days: int
    last: date | None  # on which it sent; None: never since it started
    volume: int  # messages a day that it sustained before
    read: datetime | None = None  # until when that is known; None: it is not


IpWarmupCommand = HoldWarmup | ResumeWarmup | StepBackStage | SkipStage | JudgeWarmup | RewarmIp
