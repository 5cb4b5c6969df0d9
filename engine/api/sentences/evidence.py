"""What a transition was decided on, in words."""

from engine.api.sentences.words import names, several
from engine.values.evidence import Days, Evidence, Guards


def evidence(given: Evidence) -> str:
    match given:
        case Guards():
            return _guards(given)
        case Days(first=first, counted=counted, needed=needed):
            days = several(counted, "day")
            return f"{days} counted since {first}, {needed} were needed (node told in time)"


def _guards(held: Guards) -> str:
    lists = several(len(held.proved), "proved list is", "proved lists are")
    unproved = f", {names(held.unproved)} counting for nothing" if held.unproved else ""
    spf = "SPF not checked"
    if held.spf_looks:
        spf = f"SPF of {names(held.spf_looks)} lets it send"
    return f"{held.hostname} points back to it; {lists} clean{unproved}; {spf}"
