"""What a look into a MailWizz installation found."""

from engine.api.sentences.words import names, several
from engine.events import Recorded
from engine.events.mailwizz import CampaignsCounted, MailwizzEvent


def say(told: Recorded[MailwizzEvent]) -> str:
    event = told.event
    if isinstance(event, CampaignsCounted):
        return _counted(event)
    if event.why:
        return f"MailWizz {event.instance} did not answer: {event.why}"
    said = {*event.rows, *event.several, *event.taken, *event.gone}
    missing = [ip for ip in event.ips if ip not in said]
    found = [f"{ip} is server {row.server_id}" for ip, row in event.rows.items()]
    parts = [
        f"MailWizz {event.instance} has {several(len(found), 'delivery server')} looked for"
        f"{': ' + names(found) if found else ''}",
        f"none with the hostname of {names(missing)}" if missing else "",
        f"more than one with the hostname of {names(event.several)}" if event.several else "",
        f"another address's has the hostname of {names(event.taken)}" if event.taken else "",
        f"the server of {names(event.gone)} is gone" if event.gone else "",
        f"its database took {event.slow_s} s to answer" if event.slow_s else "",
    ]
    return "; ".join(part for part in parts if part)


def _counted(event: CampaignsCounted) -> str:
    if event.why:
        return f"the campaigns of MailWizz {event.instance} could not be read: {event.why}"
    each = names(
        f"{uid} {one.delivered:,} delivered, {one.hard + one.soft + one.internal:,} bounced,"
        f" {one.complaints:,} complaints, {one.unsubscribes:,} unsubscribed"
        for uid, one in event.changed.items()
    )
    said = f"campaigns of MailWizz {event.instance} with other counts than before: {each}"
    beside = names(
        f"{uid} {one.sent:,} sent, {one.hard:,} bounced hard, {one.complaints:,} complaints"
        for uid, one in event.beside.items()
    )
    also = f"; accounting counts {beside}" if event.beside else ""
    return f"{said}{also}{''.join(f'; {one}' for one in event.differ)}"
