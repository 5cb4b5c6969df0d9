"""Which cap was in force on a day, by what PowerMTA and MailWizz were told (DESIGN §4)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal, get_args

from msgspec import Struct

from engine.rules.days import midnight

By = Literal[
    "node",  # PowerMTA
    "server",  # MailWizz
    "pause",  # by results, whatever anybody was told
]
TOLD_MAX = 40  # of one stage; what is older says nothing any more


class Told(Struct, frozen=True, gc=False):
    by: By
    at: datetime
    cap: int | None  # messages a day; 0: nothing goes out; None: it limits nothing


def heard(told: Sequence[Told], new: Told) -> tuple[Told, ...]:
    """Only what says something else than before."""
    same = next((one.cap == new.cap for one in reversed(told) if one.by == new.by), False)
    return tuple(told) if same else (*told, new)[-TOLD_MAX:]


def since(told: Sequence[Told], begun: datetime) -> tuple[Told, ...]:
    """What was told from then on, and what stood at that moment."""
    last = {one.by: one for one in told if one.at < begun}
    return (*last.values(), *(one for one in told if one.at >= begun))


def in_force(told: Sequence[Told], begun: datetime, day: date, day_tz: str) -> int | None:
    """The lowest that anybody was told for ``day``, of a stage that began at ``begun``.  On its
    first day the cap of the stage before counts only while nobody was told another.

    None: nobody was told a cap, or nothing could go out for some part of the day.
    """
    morning, night = midnight(day, day_tz), midnight(day + timedelta(days=1), day_tz)
    start = max(morning, begun)
    caps: list[int] = []
    for by in get_args(By):
        theirs = [one for one in told if one.by == by and one.at < night]
        within = [one for one in theirs if one.at >= start]
        before = [one for one in theirs if one.at < start][-1:]
        replaced = within and begun >= morning and by != "pause"
        counting = within if replaced else [*before, *within]
        caps += [one.cap for one in counting if one.cap is not None]
    return min(caps, default=0) or None
