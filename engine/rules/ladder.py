"""The default warm-up ladder, and where on it an address starts (DESIGN §4)."""

from engine.values.levers import Levers, Output, PerDay, Unlimited

LADDER = (50, 200, 500, 1_500, 5_000, 10_000)  # messages per day, by stage
STAGE_DAYS = 7
ACTIVE_PER_DAY = 10_000
RETURN_PERCENT = 25  # of the last sustained volume: where a listed address starts again


def levers(stage: int) -> Levers:
    """For a stage counted from 1, up to ``len(LADDER)``."""
    return Levers("open", PerDay(LADDER[stage - 1]))


def active() -> Levers:
    return Levers("open", PerDay(ACTIVE_PER_DAY))


def return_stage(told: Output | None) -> int:
    """The highest stage whose cap is at most a quarter of what was last told; never below 1."""
    if isinstance(told, Unlimited):
        return len(LADDER)
    sustained = told.cap if isinstance(told, PerDay) else 0
    fitting = [cap for cap in LADDER if cap * 100 <= sustained * RETURN_PERCENT]
    return max(1, len(fitting))
