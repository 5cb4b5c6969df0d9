"""Where on its plan an address starts: at the bottom, or higher when it has sent before."""

from typing import NamedTuple

from engine.values.levers import Output, PerDay, Unlimited
from engine.values.plan import Plan

RETURN_PERCENT = 25  # of the last sustained volume: where a listed address starts again

# SendGrid and MailWizz forget an address after 30 idle days; the
# finer steps follow Suped's table.  No mailbox provider publishes a clock.
FREE_DAYS = 7
PARTIAL_DAYS = 14
PARTIAL_PERCENT = 50  # of the last sustained volume
SHORT_DAYS = 30
IDLE_STEPS = (FREE_DAYS + 1, PARTIAL_DAYS + 1, SHORT_DAYS + 1)  # where less is left of it


class Idle(NamedTuple):
    """What so many idle days leave of a warm-up."""

    percent: int  # of the last sustained volume; 0: the whole ladder again
    why: str


def idle(days: int) -> Idle:
    """``days`` without sending, from 0."""
    if days <= FREE_DAYS:
        return Idle(100, f"idle for {days} days: it goes on as it was")
    if days <= PARTIAL_DAYS:
        return Idle(PARTIAL_PERCENT, f"idle for {days} days: half of what it sent")
    if days <= SHORT_DAYS:
        return Idle(RETURN_PERCENT, f"idle for {days} days: a quarter of what it sent")
    return Idle(0, f"idle for {days} days: the whole ladder again")


def sustained(told: Output, plan: Plan, delivered: int | None = None) -> int:
    """Messages a day: what was ``delivered``, where that was counted, and never more than the node
    was last told; 0: nothing.
    """
    allowed = _allowed(told, plan)
    return allowed if delivered is None else min(delivered, allowed)


def _allowed(told: Output, plan: Plan) -> int:
    if isinstance(told, Unlimited):
        return plan.caps[-1] * 100 // RETURN_PERCENT
    return told.cap if isinstance(told, PerDay) else 0


def stage_within(volume: int, percent: int, plan: Plan) -> int:
    """The highest stage whose cap is at most so much of ``volume`` a day; never below 1."""
    return max(1, sum(cap * 100 <= volume * percent for cap in plan.caps))


def after_listing(volume: int, plan: Plan, idle_days: int = 0) -> int:
    """A quarter of what it sent, or less if its idle days say so."""
    percent = min(RETURN_PERCENT, idle(idle_days).percent)
    return stage_within(volume, percent, plan)


def after_idling(volume: int, idle_days: int, plan: Plan) -> int:
    """Of an address in good standing that sent ``volume`` a day before."""
    return stage_within(volume, idle(idle_days).percent, plan)
