"""How much there is to send: "20000/day", "140000/week", "5000/day+10%/week"."""

import re
from typing import NamedTuple

_TEXT = re.compile(r"(?P<number>\d[\d_,]*)(/(?P<per>day|week))?((?P<grows>[+-]\d+(\.\d+)?)%/week)?")
GROWTH_MAX = 100.0  # percent a week; with more, eight weeks are past every ladder
PER_DAY_MAX = 1_000_000_000


class Volume(NamedTuple):
    per_day: int  # messages, in the first week
    growth: float = 0.0  # percent, from week to week

    def on(self, day: int) -> int:
        """Of a day counted from 1; each week is a step."""
        return int(self.per_day * (1 + self.growth / 100) ** ((day - 1) // 7))


def volume(text: str) -> Volume:
    """Raises ValueError."""
    found = _TEXT.fullmatch(text.replace(" ", ""))
    if not found:
        raise ValueError(
            f"{text!r} is no volume; write it as 20000/day, 140000/week or 5000/day+10%/week"
        )
    number = int(found["number"].replace(",", "").replace("_", ""))
    per_day, growth = number // 7 if found["per"] == "week" else number, float(found["grows"] or 0)
    if per_day > PER_DAY_MAX:
        raise ValueError(f"{text!r} is more than {PER_DAY_MAX:,} messages a day")
    if not -GROWTH_MAX <= growth <= GROWTH_MAX:
        raise ValueError(f"{text!r} grows by more than {GROWTH_MAX:.0f} % a week")
    return Volume(per_day, growth)
