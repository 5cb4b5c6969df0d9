"""What became of alerts."""

from typing import assert_never

from engine.api.sentences.words import because, several
from engine.events import Recorded
from engine.events.alert import (
    AlertAcknowledged,
    AlertEvent,
    AlertFired,
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
        case AlertTold(alert=alert):
            return f"nobody was told of the alert {subject(alert)}: no chat is set up for it"
        case AlertTellingFailed(alert=alert, messages=messages, why=why):
            reached = f"{_chats(messages)} reached" if messages else "nobody was reached"
            return f"telling of the alert {subject(alert)} failed{because(why)}; {reached}"
        case AlertAcknowledged(alert=alert):
            return f"{told.actor} has heard the alert {subject(alert)}"
        case _:
            assert_never(told.event)


def subject(alert: AlertId) -> str:
    """ "acme/ip_listed/203.0.113.7#1" as people say it."""
    _, name, what = alert.split("#")[0].split("/", 2)
    return f"“{name.replace('_', ' ')}” about {what}"


def _chats(messages: dict[str, int]) -> str:
    return several(len(messages), "chat")
