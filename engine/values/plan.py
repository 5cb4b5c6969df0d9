"""A warm-up plan, as it is frozen into the event that starts a warm-up."""

from typing import Literal

from msgspec import Struct

Interpolation = Literal[
    "step",  # a stage is a cap that stays for its days
    "geometric",  # every day is a stage, by the same factor above the day before
]

DayRule = Literal[
    "default",  # a tenth of the cap was delivered, or nearly all that there was (DESIGN §4)
    "delivered_90",  # nine tenths of the cap were delivered, as SparkPost counts a day
]

OWN = "own"  # the name of a plan whose table a person gave


class Plan(Struct, frozen=True, gc=False, kw_only=True):
    """``caps`` rise, and none is under 1; ``rules/warmup`` makes plans and checks them."""

    name: str  # of a built-in ladder, or OWN
    caps: tuple[int, ...]  # messages a day, by stage
    stage_days: int = 7
    active_per_day: int  # messages a day afterwards
    interpolation: Interpolation = "step"
    day_rule: DayRule = "default"  # which days of a stage count, where traffic is counted

    @property
    def stages(self) -> int:
        return len(self.caps)
