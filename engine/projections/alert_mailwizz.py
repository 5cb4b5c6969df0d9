"""What people must hear of a MailWizz that cannot be read."""

from engine.events import Event, Recorded
from engine.events.mailwizz import CampaignsCounted, MailwizzLooked
from engine.projections.alert_change import NOTHING, Change

CAUSES = (CampaignsCounted,)  # beside those that others tell of too
DATABASE, API = "mailwizz_silent", "campaigns_unread"
_STANDS = "what was told and read before stands; it is asked again in a while"


def of(event: Event) -> tuple[tuple[str, str], ...]:
    match event:
        case MailwizzLooked(instance=instance):
            return ((DATABASE, instance),)
        case CampaignsCounted(instance=instance):
            return ((API, instance),)
        case _:
            return ()


def change(name: str, recorded: Recorded[Event]) -> Change | None:
    """None: the alert is none of these."""
    match name, recorded.event:
        case "mailwizz_silent", MailwizzLooked(instance=instance, why=why):
            return _unread(instance, why, "MailWizz's database cannot be read")
        case "campaigns_unread", CampaignsCounted(instance=instance, why=why):
            return _unread(instance, why, "MailWizz's campaigns cannot be read")
        case (("mailwizz_silent" | "campaigns_unread"), _):
            return NOTHING
        case _:
            return None


def _unread(instance: str, why: str, title: str) -> Change:
    """Told once, after several looks in a row."""
    if not why:
        return Change(facts={"Now": "it answers again"}, clears=True)
    facts = {"MailWizz": instance, "Why": why, "Now": _STANDS}
    return Change(fires=True, doubt=True, severity="warning", title=title, facts=facts)
