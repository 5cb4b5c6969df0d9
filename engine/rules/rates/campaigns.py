"""Where MailWizz's count of a campaign and PowerMTA's accounting say different things of a rate.

Both count the same messages, the campaign's, by its name in ``X-Job``; so they are compared only
when accounting has counted nearly all of them.  Accounting sees what receivers answer at once and
what it is told by mail itself; MailWizz sees the bounces and reports in mailboxes that it reads.
Addresses are judged by accounting alone, for only that says through which address a message went.
"""

from collections.abc import Iterator

from engine.rules.rates import crossing
from engine.rules.rates.crossing import LINES
from engine.rules.rates.gates import counted
from engine.values.campaign import Campaign
from engine.values.crossing import Told
from engine.values.traffic import Counts

NEARLY_ALL = 0.8  # of what MailWizz handed over; our own judgement
_NOUN: dict[Told, str] = {"bounce": "hard bounces", "complaint": "complaints"}
_WHY: dict[Told, tuple[str, str]] = {
    "bounce": (
        "the others came back later by mail, which PowerMTA was not told of",
        "see whether MailWizz reads its bounce mailbox, for it goes on writing to them",
    ),
    "complaint": (
        "the others were reported to a mailbox that PowerMTA does not read",
        "see whether MailWizz reads the mailbox of the feedback loops",
    ),
}


def disagreements(one: Campaign, accounting: Counts) -> Iterator[str]:
    """Rates that one of both proves to be above the line, and the other has below it."""
    if not one.delivered or accounting.sent < one.delivered * NEARLY_ALL:
        return
    theirs: dict[Told, int] = {"bounce": one.hard, "complaint": one.complaints}
    for signal, number in theirs.items():
        line, (mine, of) = LINES[signal], counted(signal, accounting)
        bad, less = _proved(signal, number, one.delivered), mine <= of * line.threshold
        if bad and less:
            yield _said(one, signal, (number, one.delivered), (mine, of), _WHY[signal][0])
        elif _proved(signal, mine, of) and number <= one.delivered * line.threshold:
            yield _said(one, signal, (number, one.delivered), (mine, of), _WHY[signal][1])


def _proved(signal: Told, count: int, of: int) -> bool:
    return crossing.standing(LINES[signal], count, max(count, of), "ok") == "proved"


def _said(
    one: Campaign, signal: Told, theirs: tuple[int, int], mine: tuple[int, int], why: str
) -> str:
    return (
        f"campaign {one.uid}: MailWizz counts {_share(*theirs)} {_NOUN[signal]}, accounting"
        f" {_share(*mine)}; {why}"
    )


def _share(count: int, of: int) -> str:
    return f"{count:,} of {of:,} ({100 * count / of if of else 0:.2g} %)"
