"""Rates that are proved to be too high, and higher than they were before.

The thresholds are those of a warm-up.  Every count is looked at several times, so it takes as much
to prove one as where people hear of a rate.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from engine.rules.rates import binomial
from engine.rules.rates.crossing import ALPHA
from engine.rules.rates.gates import BLOCK, BOUNCE, DEFERRAL, Gate, counted
from engine.values.traffic import Counts

Refusal = Literal["bounce", "block", "deferral"]
_GATES: tuple[tuple[Refusal, Gate], ...] = (
    ("bounce", BOUNCE),
    ("block", BLOCK),
    ("deferral", DEFERRAL),
)


class Risen(NamedTuple):
    signal: Refusal
    before: tuple[int, int]  # so many of so many
    after: tuple[int, int]


def risen(before: Counts, after: Counts) -> Iterator[Risen]:
    """Where nothing was counted before, nothing can have risen."""
    for signal, gate in _GATES:
        was, now = counted(signal, before), counted(signal, after)
        if _proved(gate, was, now):
            yield Risen(signal, was, now)


def _proved(gate: Gate, was: tuple[int, int], now: tuple[int, int]) -> bool:
    """Against the highest rate that what was counted before leaves possible."""
    count, of = now
    if count < gate.count_min or of < gate.of_min:
        return False
    line = max(gate.steps[-1][0], binomial.upper(*was, ALPHA))
    return binomial.at_least(count, of, line) <= ALPHA
