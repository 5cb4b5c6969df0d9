"""Messages to people."""

from typing import Protocol


class Messenger(Protocol):
    """Messages to chats.  ``send`` alone is not safe to repeat: people may read it twice."""

    async def send(self, chat: str, text: str, *, silent: bool = False) -> int:
        """HTML; returns the message's number.  Raises MessengerFailed."""

    async def edit(self, chat: str, message: int, text: str) -> None:
        """Replace a message's text; an equal text is no failure.  Raises MessengerFailed."""


class MessengerFailed(Exception):
    """The message was not delivered, or nobody knows."""

    def __init__(self, why: str, *, gone: bool = False) -> None:
        super().__init__(why)
        self.gone = gone  # the chat, or the message to edit, is there no more
