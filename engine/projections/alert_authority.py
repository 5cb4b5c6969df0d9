"""What people must hear of the engine standing down by itself; what a person says is no news."""

from engine.events import Event, Recorded
from engine.events.authority import AuthoritySet
from engine.projections.alert_change import NOTHING, Change

CAUSES = (AuthoritySet,)
NAMES = (DOWN,) = ("stood_down",)


def of(event: Event) -> tuple[tuple[str, str], ...]:
    match event:
        case AuthoritySet(over=over):
            return ((DOWN, over),)
        case _:
            return ()


def change(_: str, recorded: Recorded[Event]) -> Change:
    match recorded.event:
        case AuthoritySet(mode="act"):
            return Change(facts={"Now": "it acts again", "Next": ""}, clears=True)
        case AuthoritySet(unasked=True, over=over, why=why):
            facts = {
                "Over": over,
                "Why": why,
                "Effect": "nothing is touched there, stops neither; all is looked at, decided and"
                " told as before",
                "Next": "see which log is the right one (docs/operations.md, 'Backup and restore');"
                f' then PUT /api/v2/authority/{over} {{"mode": "act", "why": "…"}}',
            }
            title = "The engine only observes"
            return Change(fires=True, anew=True, severity="critical", title=title, facts=facts)
        case _:
            return NOTHING
