"""When people hear of a rate (DESIGN §11: bounces 5 %, complaints 0.1 %, the API's errors 1 %;
blocks where they hold a warm-up too).

Here every count is looked at, many times a day, and not whole days once as for a warm-up; so it
takes more to prove a rate.  What only crosses the line is still shown, for what it is.
"""

from typing import NamedTuple

from engine.rules.rates import binomial
from engine.rules.rates.gates import BLOCK, CLEAR_SHARE
from engine.values.crossing import Crossing, Told

ALPHA = 0.001  # how improbable a count must be before it proves a rate that is looked at so often


class Line(NamedTuple):
    threshold: float  # as a share of 1
    count_min: int  # fewer prove nothing
    of_min: int = 20  # of fewer the first is above every line


LINES: dict[Told, Line] = {
    "bounce": Line(0.05, 5),
    "complaint": Line(0.001, 2),
    "block": Line(BLOCK.steps[0][0], BLOCK.count_min),
}
API = Line(0.01, 5, of_min=100)


def standing(line: Line, count: int, of: int, before: Crossing) -> Crossing:
    """A rate that stood above its line is over it until it is clearly below, and one that was
    proved stays proved so long.
    """
    if count >= line.count_min and chance(line, count, of) <= ALPHA:
        return "proved"
    clear = count < of * line.threshold * CLEAR_SHARE or not count
    if before != "ok" and not clear:
        return before
    return "crossed" if of >= line.of_min and count > of * line.threshold else "ok"


def chance(line: Line, count: int, of: int) -> float:
    """Of so many or more, if the true rate were the line."""
    return binomial.at_least(count, of, line.threshold)
