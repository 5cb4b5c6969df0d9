"""What became of the chats that people are told in."""

from typing import assert_never

from engine.api.sentences.words import because
from engine.events import Recorded
from engine.events.chat import ChatEvent, ChatFound, ChatLost


def say(told: Recorded[ChatEvent]) -> str:
    match told.event:
        case ChatLost(chat=chat, why=why):
            return f"chat {chat} takes no messages any more{because(why)}"
        case ChatFound(chat=chat):
            return f"chat {chat} takes messages again"
        case _:
            assert_never(told.event)
