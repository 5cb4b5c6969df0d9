"""Chats that the engine writes to: who hears in which, and how they were found.

``chat-<number>/<tenant>``, and ``chat-<number>/`` of the platform, hold what people decided;
``chat-<number>`` holds what was seen of the chat, whoever hears in it, and is the platform's own.
"""

from engine.events.base import Category, Fact
from engine.values.alert import Quiet, Severity


class ChatLost(Fact, frozen=True, kw_only=True, tag="chat.lost"):
    """It has thrown the bot out, or is no chat; it is tried again once a day."""

    chat: str
    why: str


class ChatFound(Fact, frozen=True, kw_only=True, tag="chat.found"):
    """A message reached it again."""

    chat: str


class ChatRouted(Fact, frozen=True, kw_only=True, tag="chat.routed"):
    """From now on it hears of the tenant whose event this is, and may ask about it; the platform's
    hears of everything.  Again when something of it was changed.
    """

    chat: str
    severity: Severity  # this and what is more urgent
    quiet: Quiet | None = None


class ChatRemoved(Fact, frozen=True, kw_only=True, tag="chat.removed"):
    """It hears no more of the tenant whose event this is, or of the platform's."""

    chat: str


ChatEvent = ChatFound | ChatLost | ChatRemoved | ChatRouted
CHAT: Category[ChatEvent] = Category("chat", ChatEvent)
