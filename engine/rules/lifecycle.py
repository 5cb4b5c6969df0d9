"""The life of an address as one table (DESIGN §4); its diagram is made from here."""

from typing import NamedTuple

from engine.values.phase import Phase, Reason


class Place(NamedTuple):
    """Where an address can be; ``reason`` belongs to STANDBY alone."""

    phase: Phase
    reason: Reason | None = None

    def __str__(self) -> str:
        return f"{self.phase.value} ({self.reason})" if self.reason else self.phase.value


NEW = Place(Phase.STANDBY, "new")
LISTED = Place(Phase.STANDBY, "listed")
QUARANTINED = Place(Phase.STANDBY, "quarantined")
MONITORED = Place(Phase.STANDBY, "monitoring")
WARMING = Place(Phase.WARMING)
ACTIVE = Place(Phase.ACTIVE)
RETIRING = Place(Phase.RETIRING)
RESTING = Place(Phase.RESTING)
STANDBY = (NEW, LISTED, QUARANTINED, MONITORED)
_BACK = (ACTIVE, MONITORED)  # and WARMING
PLACES = (*STANDBY, WARMING, ACTIVE, RETIRING, RESTING)


_REMOVED = "removal was asked for: closed, empty, and gone from its node; or an admin forces it"


class Transition(NamedTuple):
    source: Place | None  # None: not registered
    to: Place | None  # None: removed, as if it had never been registered
    when: str


TRANSITIONS = (
    Transition(None, NEW, "registered"),
    Transition(NEW, WARMING, "warm-up is asked for or automatic, and the guards hold"),
    Transition(WARMING, WARMING, "the stage's days are over"),
    Transition(WARMING, ACTIVE, "the last stage's days are over"),
    Transition(ACTIVE, WARMING, "it sent nothing for days, and its reputation fades"),
    Transition(WARMING, LISTED, "a listing is confirmed"),
    Transition(ACTIVE, LISTED, "a listing is confirmed"),
    Transition(RETIRING, RETIRING, "a step down, or a listing: intake closed, output paused"),
    Transition(MONITORED, LISTED, "a listing is confirmed"),
    *(Transition(one, QUARANTINED, "a person says so") for one in (NEW, LISTED, MONITORED)),
    Transition(WARMING, QUARANTINED, "a person says so"),
    Transition(ACTIVE, QUARANTINED, "a person says so"),
    Transition(QUARANTINED, MONITORED, "a person releases it"),
    Transition(WARMING, RETIRING, "asked for, or a list whose action is retire names it"),
    Transition(ACTIVE, RETIRING, "asked for, or a list whose action is retire names it"),
    Transition(RETIRING, RESTING, "the queue is empty, or the drain limit is over"),
    Transition(LISTED, WARMING, "clean in two looks 24 h apart, or released; the guards hold"),
    *(Transition(LISTED, one, "a stop by a list held in suspicion is released") for one in _BACK),
    Transition(LISTED, RESTING, "still listed after 14 days, or the third listing in 90 days"),
    Transition(RESTING, MONITORED, "after 30 days, once clean"),
    Transition(MONITORED, WARMING, "after 7 clean days, and the guards hold"),
    *(Transition(one, None, _REMOVED) for one in PLACES if one not in (WARMING, ACTIVE)),
    *(Transition(one, None, "an admin forces its removal") for one in (WARMING, ACTIVE)),
)

_ALLOWED = {(one.source, one.to) for one in TRANSITIONS}


def allowed(source: Place | None, to: Place | None) -> bool:
    return (source, to) in _ALLOWED


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    names = {place: str(place).replace(" (", "_").replace(")", "") for place in PLACES}
    lines = [
        f"    {names[one.source] if one.source else '[*]'} -->"
        f" {names[one.to] if one.to else '[*]'} : {one.when}"
        for one in TRANSITIONS
    ]
    return "\n".join(["stateDiagram-v2", *lines, ""])
