"""Messages to people."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

DATA_MAX = 64  # bytes of a button's data (Bot API, InlineKeyboardButton)


class Button(NamedTuple):
    text: str
    data: str  # what the bot hears when it is pressed; at most DATA_MAX bytes


Buttons = Sequence[Sequence[Button]]  # in rows


class Reply(NamedTuple):
    """What a person gets for a message or a press."""

    html: str = ""
    buttons: Buttons = ()
    instead: bool = False  # of the message whose button was pressed
    flash: str | None = None  # over the chat, for a press; "" ends its wait alone
    picture: bytes = b""  # PNG; ``html`` stands beneath it


class Messenger(Protocol):
    """Messages to chats.  ``send`` alone is not safe to repeat: people may read it twice."""

    async def send(
        self,
        chat: str,
        text: str,
        *,
        silent: bool = False,
        reply_to: int | None = None,
        buttons: Buttons = (),
    ) -> int:
        """HTML; returns the message's number.  ``reply_to`` is a message of that chat, and may be
        deleted.  Raises MessengerFailed.
        """

    async def edit(self, chat: str, message: int, text: str, *, buttons: Buttons = ()) -> None:
        """Replace a message's text and buttons; an equal text is no failure.  Raises
        MessengerFailed.
        """


class Mailer(Protocol):
    async def mail(self, to: Sequence[str], subject: str, text: str) -> None:
        """One message, plain text, to all of them.  Raises MessengerFailed."""

    async def greet(self) -> None:
        """Reach the server and log in as for a mail, and send none.  Raises MessengerFailed."""


class MessengerFailed(Exception):
    """The message was not delivered, or nobody knows."""

    def __init__(self, why: str, *, gone: bool = False, retry_after_s: int = 0) -> None:
        super().__init__(why)
        self.gone = gone  # the chat, or the message to edit, is there no more
        self.retry_after_s = retry_after_s  # seconds of silence that it asks for
