"""Decisions about what a tenant expects to send, and about a morning's look at its capacity."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from engine.commands.tenant import JudgeCapacity, SetCapacity
from engine.events.tenant import CapacityJudged, CapacitySet
from engine.values.capacity import Planned, Rotation

ROTATION: Rotation = "advise"  # people sleep better when nothing starts or ends unasked
HELD = (
    "nothing moves after all: a review has begun, the tenant is suspended,"
    " or rotation is by hand now"
)


class Capacity(Struct, frozen=True):
    planned: tuple[Planned, ...] = ()
    rotation: Rotation = ROTATION
    judged_on: date | None = None


def evolve(state: Capacity, event: CapacitySet | CapacityJudged) -> Capacity:
    if isinstance(event, CapacitySet):
        return Capacity(event.planned, event.rotation, state.judged_on)
    return Capacity(state.planned, state.rotation, event.day)


def decide(
    state: Capacity, command: SetCapacity | JudgeCapacity, *, frozen: bool
) -> Sequence[CapacitySet | CapacityJudged]:
    if isinstance(command, JudgeCapacity):
        return _judge(state, command, frozen=frozen)
    planned = state.planned if command.planned is None else command.planned
    rotation = command.rotation or state.rotation
    if (planned, rotation) == (state.planned, state.rotation):
        return []
    return [CapacitySet(slug=command.slug, planned=planned, rotation=rotation)]


def _judge(state: Capacity, command: JudgeCapacity, *, frozen: bool) -> Sequence[CapacityJudged]:
    """Once a day.  Whoever looked may have heard less than this stream has: what it knows of a
    review, and of who rotates, holds.
    """
    if state.judged_on is not None and command.day <= state.judged_on:
        return []
    acts = state.rotation == "act" and not frozen
    held = not acts and (command.starts or command.retires)
    return [
        CapacityJudged(
            slug=command.slug,
            day=command.day,
            rotation=state.rotation,
            short=command.short,
            starts=command.starts if acts else None,
            retires=command.retires if acts else None,
            why=(*command.why, HELD) if held else command.why,
        )
    ]
