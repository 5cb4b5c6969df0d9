"""A plan as people write it: what makes it again."""

from typing import Any

from msgspec.structs import replace

from engine.rules.warmup import plans
from engine.rules.warmup.ladders import LADDERS
from engine.values.plan import Plan


def said(plan: Plan) -> dict[str, Any]:
    """The keys of an address's table that make this plan: a ladder by name where that does, else
    its caps.  Of a ramp that was made from an own table only the ramp is known.
    """
    return _by_name(plan) or _by_caps(plan)


def same(one: Plan, other: Plan) -> bool:
    """A ladder by name and a table that says the same are one plan."""
    return replace(one, name="") == replace(other, name="")


def _by_name(plan: Plan) -> dict[str, Any] | None:
    if plan.name not in LADDERS:
        return None
    for active in (None, plan.active_per_day):
        try:
            made = plans.named(plan.name, active, plan.interpolation)
        except plans.PlanError:
            continue
        if replace(made, day_rule=plan.day_rule) == plan:
            return {"ladder": plan.name, **_afterwards(active), **_rest(plan)}
    return None


def _by_caps(plan: Plan) -> dict[str, Any]:
    last = plan.active_per_day == plan.caps[-1]
    return {
        "caps": list(plan.caps),
        "stage_days": plan.stage_days,
        **_afterwards(None if last else plan.active_per_day),
        **_rest(plan),
    }


def _afterwards(active: int | None) -> dict[str, Any]:
    return {} if active is None else {"active_per_day": active}


def _rest(plan: Plan) -> dict[str, Any]:
    found = {"interpolation": plan.interpolation, "day_rule": plan.day_rule}
    return {name: text for name, text in found.items() if text not in ("step", "default")}
