"""What people must hear of a MailWizz that cannot be read."""

from engine.events import Event, Recorded
from engine.events.mailwizz import CampaignsCounted, MailwizzLooked
from engine.projections.alert_change import NOTHING, Change

CAUSES = (MailwizzLooked, CampaignsCounted)
NAMES = DATABASE, SLOW, API = "mailwizz_silent", "mailwizz_slow", "campaigns_unread"
_STANDS = "what was told and read before stands; it is asked again in a while"


def of(event: Event) -> tuple[tuple[str, str], ...]:
    match event:
        case MailwizzLooked(instance=instance):
            return (DATABASE, instance), (SLOW, instance)
        case CampaignsCounted(instance=instance):
            return ((API, instance),)
        case _:
            return ()


def change(name: str, recorded: Recorded[Event]) -> Change:
    match name, recorded.event:
        case "mailwizz_silent", MailwizzLooked(instance=instance, why=why):
            return _unread(instance, why, "MailWizz's database cannot be read")
        case "mailwizz_slow", MailwizzLooked() as looked:
            return _slow(looked)
        case "campaigns_unread", CampaignsCounted(instance=instance, why=why):
            return _unread(instance, why, "MailWizz's campaigns cannot be read")
        case _:
            return NOTHING


def _slow(looked: MailwizzLooked) -> Change:
    """One that does not answer at all is told of as silent, and says nothing of its speed."""
    if looked.why:
        return NOTHING
    if not looked.slow_s:
        return Change(facts={"Now": "it answers quickly again"}, clears=True)
    facts = {
        "MailWizz": looked.instance,
        "Seen": f"its database took {looked.slow_s} s to read a small table and the time",
        "Effect": "caps and stops reach it late; PowerMTA's hold anyway",
        "Next": "see to its load, its disk and its locks (SHOW FULL PROCESSLIST)",
    }
    title = "MailWizz's database is slow"
    return Change(fires=True, doubt=True, severity="warning", title=title, facts=facts)


def _unread(instance: str, why: str, title: str) -> Change:
    """Told once, after several looks in a row."""
    if not why:
        return Change(facts={"Now": "it answers again"}, clears=True)
    facts = {"MailWizz": instance, "Why": why, "Now": _STANDS}
    return Change(fires=True, doubt=True, severity="warning", title=title, facts=facts)
