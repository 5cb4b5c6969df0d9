"""What a transition was decided on, in words."""

from engine.api.sentences.words import names, several
from engine.values.evidence import Days, Evidence, Guards

_COUNTED = {
    "told": "node told in time, for its traffic is not counted",
    "delivered": "by what was delivered",
}
_WAITED = ", as far as it was accounted for half an hour after midnight"


def evidence(given: Evidence) -> str:
    match given:
        case Guards():
            return _guards(given)
        case Days(first=first, counted=counted, needed=needed, counted_by=by):
            days = several(counted, "day")
            upto = _WAITED if given.accounting == "waited" else ""
            return f"{days} counted since {first}, {needed} were needed ({_COUNTED[by]}{upto})"


def _guards(held: Guards) -> str:
    lists = several(len(held.proved), "proved list is", "proved lists are")
    unproved = f", {names(held.unproved)} counting for nothing" if held.unproved else ""
    spf = "SPF not checked"
    if held.spf_looks:
        spf = f"SPF of {names(held.spf_looks)} lets it send"
    before = "" if held.sustained is None else f"; it sent {held.sustained:,} a day before"
    return f"{held.hostname} points back to it; {lists} clean{unproved}; {spf}{before}"
