"""A plan for people and for programs to read."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from engine.app.fleet_file import FleetFile
from engine.cli import tables
from engine.cli.wrapping import screen, wrapped
from engine.rules.fleet import ladder_said
from engine.rules.fleet.plan import Change, Does, Plan, Step
from engine.values.plan import Plan as Ladder

LONG = 8  # of what a list holds so many are shown
SIGNS: Mapping[Does, str] = {"create": "+", "change": "~", "remove": "-"}


def lines(plan: Plan) -> Iterator[str]:
    for one in plan.steps:
        yield title(one)
        for line in tables.pairs((change.field, _moved(one, change)) for change in one.changes):
            yield f"    {line}"
    if plan.steps:
        yield ""
    if plan.kept:
        yield "Not in the file, and kept:"
        for what, found in groupby(plan.kept, key=lambda one: one.what):
            names = ", ".join(one.name for one in found)
            yield from wrapped(f"{what}: {names}", "  ", screen(), "    ")
        yield ""
    yield summary(plan.steps)


def title(step: Step) -> str:
    whose = f" ({step.tenant})" if step.tenant else ""
    return f"{SIGNS[step.does]} {step.what} {step.name}{whose}"


def summary(steps: Sequence[Step]) -> str:
    if not steps:
        return "Nothing to do: the fleet is what the file says."
    counts = {does: sum(1 for one in steps if one.does == does) for does in SIGNS}
    return (
        f"{counts['create']} to create, {counts['change']} to change, {counts['remove']} to remove"
    )


def as_json(plan: Plan, file: FleetFile) -> dict[str, Any]:
    return {
        "position": plan.position,
        "steps": [step(one) for one in plan.steps],
        "kept": [one._asdict() for one in plan.kept],
        "refused": [file.said(one) for one in plan.refused],
    }


def step(step: Step) -> dict[str, Any]:
    found = [
        {"field": c.field, "was": plain(c.was), "wanted": plain(c.wanted)} for c in step.changes
    ]
    return {
        "does": step.does,
        "what": step.what,
        "name": step.name,
        "tenant": step.tenant or None,
        "changes": found,
    }


def plain(value: Any) -> Any:
    """A ladder as it is written in the file."""
    return ladder_said.said(value) if isinstance(value, Ladder) else value


def _moved(step: Step, change: Change) -> str:
    was, wanted = (_field(change.field, one) for one in (change.was, change.wanted))
    return wanted if step.does == "create" else f"{was} -> {wanted}"


def _field(name: str, value: Any) -> str:
    """A port is no quantity, nor is a number that names something."""
    return (
        str(value) if name in ("port", "server_id") and value is not None else _shown(plain(value))
    )


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_shown(one)}" for name, one in value.items()) or "none"
    if isinstance(value, list | tuple):
        cut = len(value) > LONG
        shown = [*map(_shown, value[: LONG - 2]), f"... {_shown(value[-1])}"] if cut else value
        return ", ".join(map(_shown, shown)) or "none"
    return tables.plain(value) if value != "" else "none"
