"""What people must hear where MailWizz and accounting count a campaign differently."""

from engine.events import Event, Recorded
from engine.events.mailwizz import CampaignsCounted
from engine.projections.alert_change import NOTHING, Change

CAUSES = (CampaignsCounted,)
DIFFER = "campaigns_differ"
NAMES = (DIFFER,)
SHOWN = 3


def of(event: Event) -> tuple[tuple[str, str], ...]:
    return ((DIFFER, event.instance),) if isinstance(event, CampaignsCounted) else ()


def change(_: str, recorded: Recorded[Event]) -> Change:
    event = recorded.event
    if not isinstance(event, CampaignsCounted) or event.why:
        return NOTHING
    if not event.differ:
        return Change(
            facts={"Now": "both say the same again, of what was sent lately"}, clears=True
        )
    more = len(event.differ) - SHOWN
    seen = (*event.differ[:SHOWN], *([f"{more} more"] if more > 0 else []))
    facts = {
        "MailWizz": event.instance,
        "Seen": "; ".join(seen),
        "Effect": "none: addresses are judged by accounting alone",
        "Next": "find why one of both does not see them (GET /api/v2/tenants/…/campaigns)",
    }
    title = "MailWizz and accounting count a campaign differently"
    return Change(fires=True, severity="warning", title=title, facts=facts)
