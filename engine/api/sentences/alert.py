"""What became of alerts."""

from typing import assert_never

from engine.api.sentences.words import because, moment, several
from engine.events import Recorded
from engine.events.alert import (
    AlertAcknowledged,
    AlertEvent,
    AlertFired,
    AlertResolved,
    AlertSilenced,
    AlertTellingFailed,
    AlertTold,
)
from engine.ids import AlertId


def say(told: Recorded[AlertEvent]) -> str:
    match told.event:
        case AlertFired(alert=alert, severity=severity):
            return f"alert, {severity}: {subject(alert)}"
        case AlertTold(alert=alert, messages=messages) if messages:
            return f"people were told of the alert {subject(alert)}, in {_chats(messages)}"
        case AlertTold(alert=alert, mailed=True):
            return f"people were told of the alert {subject(alert)}, by mail"
        case AlertTold(alert=alert, lost=lost) if lost:
            return f"nobody was told of the alert {subject(alert)}: its chats are lost"
        case AlertTold(alert=alert):
            return f"nobody was told of the alert {subject(alert)}: no chat is set up for it"
        case AlertTellingFailed(alert=alert, messages=messages, why=why):
            reached = f"{_chats(messages)} reached" if messages else "no chat was reached"
            reached += ", and a mail was sent" if told.event.mailed else ""
            return f"telling of the alert {subject(alert)} failed{because(why)}; {reached}"
        case AlertAcknowledged(alert=alert):
            return f"{told.actor} has heard the alert {subject(alert)}"
        case AlertSilenced(alert=alert, until=until):
            if until is None:
                return f"{told.actor} wants to hear of the alert {subject(alert)} again"
            return f"{told.actor} silenced the alert {subject(alert)} until {moment(until)}"
        case AlertResolved(alert=alert):
            return f"the alert {subject(alert)} is over"
        case _:
            assert_never(told.event)


def subject(alert: AlertId) -> str:
    """ "acme/ip_listed/203.0.113.7#1" as people say it."""
    _, name, what = alert.split("#")[0].split("/", 2)
    return f"“{name.replace('_', ' ')}” about {what}"


def _chats(messages: dict[str, int]) -> str:
    return several(len(messages), "chat")
