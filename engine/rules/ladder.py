"""What the stages of a plan allow (DESIGN §4)."""

from engine.rules.warmup.plans import DEFAULT_PLAN
from engine.values.levers import Levers, PerDay
from engine.values.plan import Plan

LADDER = DEFAULT_PLAN.caps  # messages per day, by stage
STAGE_DAYS = DEFAULT_PLAN.stage_days
ACTIVE_PER_DAY = DEFAULT_PLAN.active_per_day


def levers(stage: int, plan: Plan = DEFAULT_PLAN) -> Levers:
    """For a stage counted from 1, up to ``plan.stages``."""
    return Levers("open", PerDay(plan.caps[stage - 1]))


def clamped(stage: int, plan: Plan, limit: int | None) -> bool:
    """Its tenant's quota leaves it less than its stage would.  Such a stage does not end: what was
    never sent at its cap proves nothing for the next one.
    """
    return limit is not None and 1 <= stage <= plan.stages and limit < plan.caps[stage - 1]


def active(plan: Plan = DEFAULT_PLAN) -> Levers:
    return Levers("open", PerDay(plan.active_per_day))
