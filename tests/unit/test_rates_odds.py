"""How often the gates stop a good sender, and how often they miss a bad one.

Monte Carlo with fixed seeds over whole warm-ups on the default ladder, judged once a day as the
engine does, at each provider and over all of them.  The senders are those of our own calculation
below (healthy: 1.5 % hard bounces and 0.03 % complaints; SES asks for
less than 2 % and 0.1 %).  The shares of the providers are a consumer list's as ESPs publish them:
Gmail about half, then Microsoft, Yahoo and Apple.  Only two of them report complaints.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from math import log
from random import Random
from typing import NamedTuple

import pytest

from engine.rules.rates.judge import judged
from engine.rules.warmup.plans import DEFAULT_PLAN
from engine.values.results import Kind, Standing
from engine.values.traffic import Counts
from tests.support.spec import DAY_1

SHARES = {"gmail": 50, "microsoft": 20, "yahoo": 15, "apple": 5, "other": 10}  # percent
CAPS = [cap for cap in DEFAULT_PLAN.caps for _ in range(DEFAULT_PLAN.stage_days)]


class Sender(NamedTuple):
    bounce: float
    complaint: float
    deferral: float = 0.02


HEALTHY = Sender(0.015, 0.0003)


def binomial(random: Random, n: int, p: float) -> int:
    """By the gaps between the hits, which are geometric."""
    hits, at = -1, 0
    while at <= n:
        hits += 1
        at += 1 + int(log(1.0 - random.random()) / log(1.0 - p))
    return hits


def traffic(random: Random, sender: Sender, cap: int) -> dict[str, Counts]:
    return {name: _at(random, sender, cap * share // 100) for name, share in SHARES.items()}


def _at(random: Random, sender: Sender, sent: int) -> Counts:
    hard = binomial(random, sent, sender.bounce)
    return Counts(
        delivered=sent - hard,
        hard=hard,
        deferred=binomial(random, sent, sender.deferral),
        complaints=binomial(random, sent - hard, sender.complaint),
    )


def verdicts(random: Random, sender: Sender) -> Iterator[Kind]:
    """Day after day on the ladder, until something is done about it."""
    days: dict[date, dict[str, Counts]] = {}
    held = False
    for n, cap in enumerate(CAPS):
        now: datetime = DAY_1 + timedelta(days=n + 1)
        days[now.date() - timedelta(days=1)] = traffic(random, sender, cap)
        found = judged(days, Standing(held=held), now, now.date())
        assert found is not None
        held = found.kind == "hold"
        yield found.kind


class Odds(NamedTuple):
    """Shares of warm-ups to which it happened at least once."""

    stopped: float  # stepped back or paused
    held: float


def odds(sender: Sender, *, seed: int, warm_ups: int) -> Odds:
    random, stopped, held = Random(seed), 0, 0
    for _ in range(warm_ups):
        seen = set[Kind]()
        for kind in verdicts(random, sender):
            seen.add(kind)
            if kind in ("step_back", "pause"):
                stopped += 1
                break
        held += "hold" in seen
    return Odds(stopped / warm_ups, held / warm_ups)


def test_a_healthy_sender_is_stopped_in_at_most_two_of_a_hundred_warm_ups() -> None:
    """And hardly ever held: that costs days, and the ladder is to be climbed to the day."""
    healthy = odds(HEALTHY, seed=8, warm_ups=300)
    assert healthy.stopped <= 0.02
    assert healthy.held <= 0.05


@pytest.mark.parametrize(
    "bad",
    [
        Sender(0.015, 0.003),
        Sender(0.015, 0.008),
        Sender(0.08, 0.0003),
        Sender(0.15, 0.0003),
    ],
)
def test_a_bad_sender_is_caught_in_at_least_ninety_nine_of_a_hundred(bad: Sender) -> None:
    assert odds(bad, seed=8, warm_ups=200).stopped >= 0.99
