"""Which rates are too high, and how many events it takes to say so.

Bounces and complaints: the warning and the stop of Amazon SES's reputation page (5 and 10 %; 0.1 %,
and Gmail's 0.3 % that is never to be reached, support.google.com/a/answer/81126, read 2026-11-24).
Deferrals: 10 to 20 % at a provider within a day hold a warm-up by common practice.  Blocks: 20 %
suspends in Momentum.  Least counts, level of proof and what clears are our own judgement.
"""

from typing import NamedTuple

from engine.values.results import Kind, Signal
from engine.values.traffic import Counts

RULES_VERSION = 1  # raised with every change of what a judgement is made by
ALPHA = 0.01  # how improbable a count must be before it proves anything
DOUBT = 0.05  # how improbable it must be before an address waits with its next stage
WINDOW_DAYS = 7  # days with mail that bounces and complaints are counted over
MOOD_DAYS = 2  # and blocks, where people hear of them: one alone begins at nothing each midnight
CLEAR_SHARE = 0.8  # of a threshold: a hold ends below it
CLEAR_TIMES = 2  # days with mail in a row
COOL_DOWN_HOURS = 24  # between two steps back

# Providers that send one report for each complaint to whoever asks: Yahoo's CFL and Microsoft's
# JMRP.  Gmail and Apple send none, and counting their mail would hide trouble at the others.
REPORTING = frozenset({"yahoo", "microsoft"})


class Gate(NamedTuple):
    signal: Signal
    steps: tuple[tuple[float, Kind], ...]  # threshold and what is done above it, worst first
    count_min: int  # fewer events prove nothing
    of_min: int = 1
    last_day: bool = False  # it is about today's mood, and not about the list


BOUNCE = Gate("bounce", ((0.10, "pause"), (0.05, "step_back")), count_min=5)
COMPLAINT = Gate("complaint", ((0.003, "pause"), (0.001, "step_back")), count_min=2)
DEFERRAL = Gate("deferral", ((0.15, "hold"),), count_min=5, of_min=50, last_day=True)
BLOCK = Gate("block", ((0.20, "hold"),), count_min=5, last_day=True)
GATES = (BOUNCE, COMPLAINT, DEFERRAL, BLOCK)


def counted(signal: Signal, counts: Counts) -> tuple[int, int]:
    """So many of so many.  A bounce is a hard one: what a provider blocks says nothing of the
    list.  Complaints come late, so those of the last days are too few rather than too many.
    """
    match signal:
        case "bounce":
            return counts.hard, counts.sent
        case "complaint":
            return counts.complaints, max(counts.delivered, counts.complaints)
        case "deferral":
            return counts.deferred, counts.attempts
        case "block":
            return counts.block, counts.sent
