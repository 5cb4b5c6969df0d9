"""When a node is looked at after a rollout, and what speaks against the new configuration.

A configuration that loads may still be wrong: PowerMTA that dies over it later, a VMTA that
somebody else's reload took away, hosts that refuse what it says.  A silent node tells nothing, and
mail is judged by what accounting has counted so far, as a warm-up is.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from engine.rules.rates.risen import risen
from engine.values.rollout import Evidence, Watch
from engine.values.traffic import Counts
from engine.values.vmta import Running

PARTS = (0.1, 0.3, 0.6, 1.0)  # of the watch are over when a look is due; trouble comes early
DOWN_LOOKS = 2  # in a row: one may meet a restart that an operator makes
STARTS_MAX = 2  # different times at which PowerMTA says it began: it was restarted once
ERRORS_FACTOR = 2  # queues with errors may double, as they do when a receiver is away,
ERRORS_FEW = 5  # and so many more are nothing
_MAIL = {"bounce": "bounced hard", "block": "were blocked", "deferral": "were put off"}


def next_look(watch: Watch) -> datetime:
    """A look that told nothing is repeated, even after the watch's time."""
    part = PARTS[min(watch.looks, len(PARTS) - 1)]
    return watch.work.retry.at or watch.since + watch.over * part


def is_last(looks: int) -> bool:
    return looks >= len(PARTS)


def down(why: str) -> Evidence:
    return Evidence("down", found=why)


def evidence(
    expected: Collection[Running],
    running: Sequence[Running],
    starts: Collection[str],
    *,
    failing: tuple[int | None, int | None],
    mail: tuple[Counts, Counts] = (Counts(), Counts()),
) -> Iterator[Evidence]:
    """``failing``: queues of these VMTAs that show an error, at the first look and now: PowerMTA
    waits minutes for a connection, so the first look still shows how it was.  None: not told.
    ``mail``: as it went before the rollout, and as it goes since."""
    found = {one.vmta: one for one in running}
    for one in expected:
        now = found.get(one.vmta)
        if now is None:
            yield Evidence("missing", one.vmta, said(one))
        elif now != one:
            yield Evidence("other", one.vmta, said(one), said(now))
    if len(starts) > STARTS_MAX:
        yield Evidence("restarts", found=", ".join(sorted(starts)))
    before, after = failing
    if before is not None and after is not None and _risen(before, after):
        yield Evidence("errors", planned=str(before), found=str(after))
    for rate in risen(*mail):
        yield Evidence(rate.signal, planned=_share(rate.before), found=_share(rate.after))


def _risen(before: int, after: int) -> bool:
    return after > max(before * ERRORS_FACTOR, before + ERRORS_FEW)


def _share(of: tuple[int, int]) -> str:
    return f"{of[0]:,} of {of[1]:,}"


def said(one: Running) -> str:
    return f"{one.ip} {one.hostname} {one.rate or 'without limit'}"


def in_words(one: Evidence) -> str:
    match one.sign:
        case "down":
            return f"PowerMTA does not run: {one.found}"
        case "restarts":
            return f"PowerMTA starts again and again: {one.found}"
        case "missing":
            return f"{one.vmta} is not defined, planned was {one.planned}"
        case "other":
            return f"{one.vmta} is {one.found}, planned was {one.planned}"
        case "errors":
            return f"{one.found} queues show an error, {one.planned} did at first"
        case "bounce" | "block" | "deferral":
            return f"{one.found} messages {_MAIL[one.sign]} since, and {one.planned} before"
