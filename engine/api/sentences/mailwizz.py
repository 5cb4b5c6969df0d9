"""What a look into a MailWizz installation found."""

from engine.api.sentences.words import names, several
from engine.events import Recorded
from engine.events.mailwizz import MailwizzEvent


def say(told: Recorded[MailwizzEvent]) -> str:
    event = told.event
    if event.why:
        return f"MailWizz {event.instance} did not answer: {event.why}"
    missing = [ip for ip in event.ips if ip not in event.rows and ip not in event.several]
    found = [f"{ip} is server {row.server_id}" for ip, row in event.rows.items()]
    parts = [
        f"MailWizz {event.instance} has {several(len(found), 'delivery server')} looked for"
        f"{': ' + names(found) if found else ''}",
        f"none with the hostname of {names(missing)}" if missing else "",
        f"more than one with the hostname of {names(event.several)}" if event.several else "",
    ]
    return "; ".join(part for part in parts if part)
