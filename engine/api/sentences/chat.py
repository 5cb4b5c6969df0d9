"""The chats that people are told in: who hears in them, and what became of them."""

from typing import assert_never

from engine.api.sentences.words import because
from engine.events import Recorded
from engine.events.chat import ChatEvent, ChatFound, ChatLost, ChatRemoved, ChatRouted
from engine.rules import quiet_hours


def say(told: Recorded[ChatEvent]) -> str:
    match told.event:
        case ChatLost(chat=chat, why=why):
            return f"chat {chat} takes no messages any more{because(why)}"
        case ChatFound(chat=chat):
            return f"chat {chat} takes messages again"
        case ChatRouted(chat=chat, severity=severity, quiet=quiet):
            silent = f"; without a sound {quiet_hours.written(quiet)} {quiet.tz}" if quiet else ""
            return f"chat {chat} hears of {_whose(told)}: {severity} and above{silent}"
        case ChatRemoved(chat=chat):
            return f"chat {chat} hears no more of {_whose(told)}"
        case _:
            assert_never(told.event)


def _whose(told: Recorded[ChatEvent]) -> str:
    """The platform's chat hears of every tenant too."""
    return told.tenant or "everything, as the platform does"
