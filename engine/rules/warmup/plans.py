"""Plans for a warm-up: by name, as a ramp, or from a table that a person gives.

The guards on own tables are our own judgement: the steepest published ones (3AVA, SendGrid by
hand) rise five-fold between two figures, and iPost starts highest, with 500 to 1,000 a day.
"""

from collections.abc import Sequence
from itertools import pairwise

from engine.rules.meant import meant
from engine.rules.warmup import ramp
from engine.rules.warmup.ladders import DEFAULT, LADDERS
from engine.values.plan import OWN, Interpolation, Plan

FIRST_MAX = 1_000  # messages on the first day of an own table
CAP_MAX = 100_000_000  # messages a day; SendGrid's last figure is 62,477,328
STAGES_MAX = 120
STAGE_DAYS = 7  # of an own table
STAGE_DAYS_MAX = 30


class PlanError(ValueError):
    """What is wrong with a plan, and at which stage."""

    def __init__(self, why: str, field: str, stage: int | None = None) -> None:
        super().__init__(f"stage {stage}: {why}" if stage else why)
        self.field = field  # of the request, such as "caps"
        self.stage = stage  # from 1


def named(
    name: str, active_per_day: int | None = None, interpolation: Interpolation = "step"
) -> Plan:
    """A built-in ladder; ``active_per_day`` under its last figure ends it there."""
    if name not in LADDERS:
        raise PlanError(f"there is no ladder {name!r}{meant(name, list(LADDERS))}", "ladder")
    ladder = LADDERS[name]
    return _made(name, ladder.caps, ladder.stage_days, active_per_day, interpolation)


def own(
    caps: Sequence[int],
    stage_days: int = STAGE_DAYS,
    active_per_day: int | None = None,
    interpolation: Interpolation = "step",
) -> Plan:
    """A table that a person gives: checked stage by stage.  Raises PlanError."""
    _check(caps)
    if not 1 <= stage_days <= STAGE_DAYS_MAX:
        raise PlanError(f"a stage lasts 1 to {STAGE_DAYS_MAX} days", "stage_days")
    return _made(OWN, caps, stage_days, active_per_day, interpolation)


def _check(caps: Sequence[int]) -> None:
    if not caps:
        raise PlanError("a ladder has at least one stage", "caps")
    if len(caps) > STAGES_MAX:
        raise PlanError(f"a ladder has at most {STAGES_MAX} stages, not {len(caps)}", "caps")
    for stage, cap in enumerate(caps, 1):
        if cap < 1:
            why = f"{cap} a day is no cap; the least is 1 (to send nothing, pause the address)"
            raise PlanError(why, "caps", stage)
        if cap > CAP_MAX:
            raise PlanError(f"{cap:,} a day is more than {CAP_MAX:,}", "caps", stage)
    if caps[0] > FIRST_MAX:
        why = f"a cold address starts with at most {FIRST_MAX:,} a day, not {caps[0]:,}"
        raise PlanError(why, "caps", 1)
    for stage, (before, after) in enumerate(pairwise(caps), 2):
        if after < before:
            raise PlanError(f"{after:,} a day falls below the {before:,} before", "caps", stage)
        if ramp.jumps(before, after):
            why = f"{after:,} a day is more than {ramp.STEP_MAX} times the {before:,} before"
            raise PlanError(why, "caps", stage)


def _made(
    name: str,
    caps: Sequence[int],
    stage_days: int,
    active_per_day: int | None,
    interpolation: Interpolation,
) -> Plan:
    active = caps[-1] if active_per_day is None else active_per_day
    kept = tuple(cap for cap in caps if cap <= active)
    if not kept:
        why = f"{active:,} a day is less than the {caps[0]:,} of the first stage"
        raise PlanError(why, "active_per_day")
    if active > CAP_MAX or ramp.jumps(kept[-1], active):
        why = f"{active:,} a day is more than {ramp.STEP_MAX} times the {kept[-1]:,} before"
        raise PlanError(why, "active_per_day")
    if interpolation == "geometric":
        days = len(kept) * stage_days
        kept, stage_days = _ramp(kept, days), 1
    return Plan(
        name=name,
        caps=kept,
        stage_days=stage_days,
        active_per_day=active,
        interpolation=interpolation,
    )


def _ramp(caps: tuple[int, ...], days: int) -> tuple[int, ...]:
    """From the first cap to the last in as many days as the steps take."""
    if days > STAGES_MAX:
        why = f"a ramp has a stage for each day, and {days} days are more than {STAGES_MAX}"
        raise PlanError(why, "interpolation")
    return ramp.geometric(caps[0], caps[-1], days) if days > 1 else caps


DEFAULT_PLAN = named(DEFAULT)
