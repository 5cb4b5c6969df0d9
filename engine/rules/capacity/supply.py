"""What the addresses of a tenant can carry, day by day, if every day of a warm-up counts."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from msgspec import Struct

from engine.rules import timing
from engine.rules.warmup.plans import DEFAULT_PLAN
from engine.values.phase import Phase, Reason
from engine.values.plan import Plan


class Address(Struct, frozen=True, gc=False, kw_only=True):
    """One address, as far as it can carry mail."""

    purpose: str
    phase: Phase = Phase.STANDBY
    reason: Reason | None = "new"  # of STANDBY
    plan: Plan = DEFAULT_PLAN
    stage: int = 0  # of WARMING
    since: date  # it is where it is, at its stage
    cap: int = 0  # messages a day; 0: nothing may go out
    open: bool = False  # new mail may come in
    held: bool = False  # no next stage comes by itself
    asked: bool = False  # it starts to warm up once the guards hold
    auto: bool = True  # it need not be asked
    step: int = 0  # of RETIRING
    paused: bool = False  # by a person, who knows until when

    @property
    def reserve(self) -> bool:
        """It stands by until somebody asks for it."""
        waits = self.phase is Phase.STANDBY and self.reason in ("new", "monitoring")
        return waits and not self.asked and not self.paused


def capacity(
    addresses: Iterable[Address], today: date, days: int, *, quota: int | None, frozen: bool
) -> tuple[int, ...]:
    """Messages on each of ``days`` days from ``today`` on.  ``frozen``: no cap rises, as in a
    review.
    """
    sums = [0] * days
    for one, number in Counter(addresses).items():  # many are alike
        for n, cap in enumerate(course(one, today, days, frozen=frozen)):
            sums[n] += number * cap
    return tuple(sums if quota is None else (min(quota, one) for one in sums))


def course(one: Address, today: date, days: int, *, frozen: bool = False) -> tuple[int, ...]:
    """Messages on each day that one address can take in, whatever its tenant's quota is."""
    match one.phase:
        case _ if one.paused:
            return (0,) * days
        case Phase.ACTIVE if one.cap:
            return (one.plan.active_per_day,) * days
        case Phase.WARMING if one.cap and one.stage:
            if one.held or frozen:
                return (one.plan.caps[one.stage - 1],) * days
            ends = max(one.since + timedelta(days=one.plan.stage_days), today + timedelta(days=1))
            return _climbing(one.plan, one.stage, (ends - today).days, days)
        case Phase.RETIRING if one.open:
            left = timing.RETIRE_STEPS - one.step
            return tuple(one.cap * max(0, left - n) // left for n in range(days))
        case Phase.STANDBY if one.asked and not frozen and one.reason in ("new", "monitoring"):
            starts = max(0, (_earliest(one) - today).days)
            rest = _climbing(one.plan, 1, one.plan.stage_days, max(0, days - starts))
            return ((0,) * starts + rest)[:days]
        case _:
            return (0,) * days


def _earliest(one: Address) -> date:
    """As far as the guards hold."""
    return one.since + timing.MONITORING if one.reason == "monitoring" else one.since


def _climbing(plan: Plan, stage: int, left: int, days: int) -> tuple[int, ...]:
    """At ``stage`` for ``left`` days more, and then up."""
    caps = [plan.caps[stage - 1]] * left
    for cap in plan.caps[stage:]:
        caps += [cap] * plan.stage_days
    return tuple((caps + [plan.active_per_day] * max(0, days - len(caps)))[:days])


def lead_days(plan: Plan) -> int:
    """From its start until an address carries all that it ever will."""
    return plan.stages * plan.stage_days
