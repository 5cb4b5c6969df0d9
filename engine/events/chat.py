"""Chats that the engine is to write to, as they were found; they are the platform's own."""

from engine.events.base import Category, Fact


class ChatLost(Fact, frozen=True, kw_only=True, tag="chat.lost"):
    """It has thrown the bot out, or is no chat; it is tried again once a day."""

    chat: str
    why: str


class ChatFound(Fact, frozen=True, kw_only=True, tag="chat.found"):
    """A message reached it again."""

    chat: str


ChatEvent = ChatFound | ChatLost
CHAT: Category[ChatEvent] = Category("chat", ChatEvent)
