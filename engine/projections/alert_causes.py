"""Which events people must hear of, and in what words.

Each family of alerts says which events are its CAUSES, and is asked about no others.
"""

from typing import Any, Protocol

from engine.events import Event, Fact, Recorded
from engine.projections import (
    alert_authority,
    alert_campaigns,
    alert_capacity,
    alert_deeds,
    alert_domain,
    alert_engine,
    alert_keys,
    alert_limits,
    alert_lists,
    alert_mailwizz,
    alert_node,
    alert_pauses,
    alert_rates,
    alert_removal,
    alert_rollout,
    alert_warmup,
)
from engine.projections.alert_change import Change


class Family(Protocol):
    @property
    def CAUSES(self) -> tuple[type[Fact], ...]: ...  # all that ``of`` has an answer for

    def of(self, event: Any, /) -> tuple[tuple[str, str], ...]: ...


class Beside(Family, Protocol):
    """A family whose alerts need to know no more than the event."""

    @property
    def NAMES(self) -> tuple[str, ...]: ...  # of its alerts

    def change(self, name: str, recorded: Recorded[Event], /) -> Change: ...


BESIDE: tuple[Beside, ...] = (
    *(alert_domain, alert_warmup, alert_node, alert_rollout, alert_limits, alert_mailwizz),
    *(alert_capacity, alert_keys, alert_engine, alert_campaigns, alert_rates, alert_pauses),
    alert_authority,
)
FAMILIES: tuple[Family, ...] = (alert_deeds, alert_lists, *BESIDE, alert_removal)
CAUSES: tuple[type[Fact], ...] = tuple(
    dict.fromkeys(cause for family in FAMILIES for cause in family.CAUSES)
)
_ASKED = {
    cause: tuple(family.of for family in FAMILIES if cause in family.CAUSES) for cause in CAUSES
}
_CHANGES = {name: family.change for family in BESIDE for name in family.NAMES}
DOUBTS_MAX = 3  # unanswered looks in a row, and then people hear exactly what is unknown


def of(event: Any) -> tuple[tuple[str, str], ...]:
    """The alerts an event may concern: (name, subject)."""
    return tuple([one for of_family in _ASKED.get(type(event), ()) for one in of_family(event)])


def change(facts: dict[str, str], name: str, subject: str, recorded: Recorded[Event]) -> Change:
    """What an event changes in the alert of this name."""
    if (of_family := _CHANGES.get(name)) is not None:
        return of_family(name, recorded)
    if name in alert_lists.NAMES:
        return alert_lists.change(facts, name, recorded)
    if name == alert_domain.WRONG:
        return alert_domain.wrong(subject, recorded)
    return alert_deeds.change(facts, name, subject, recorded)
