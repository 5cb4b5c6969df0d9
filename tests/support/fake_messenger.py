"""People's chats in memory: no clock, no thread, usable in virtual time."""

from msgspec import Struct
from msgspec.structs import replace

from engine.demo.telegram_html import visible
from engine.ports import Buttons, MessengerFailed


class Read(Struct, frozen=True):
    """A message as it reads now, and how often it was edited."""

    chat: str
    number: int
    text: str
    silent: bool = False
    edits: int = 0
    reply_to: int | None = None
    buttons: Buttons = ()


class FakeMessenger:
    """ports.Messenger.  ``down`` fails every call; chats in ``gone`` have thrown the bot out."""

    def __init__(self) -> None:
        self.messages: dict[tuple[str, int], Read] = {}
        self.gone: set[str] = set()
        self.down = ""
        self._last = 0

    async def send(
        self,
        chat: str,
        text: str,
        *,
        silent: bool = False,
        reply_to: int | None = None,
        buttons: Buttons = (),
    ) -> int:
        self._reach(chat, text)
        self._last += 1
        reply_to = reply_to if (chat, reply_to) in self.messages else None
        self.messages[chat, self._last] = Read(
            chat, self._last, text, silent, reply_to=reply_to, buttons=buttons
        )
        return self._last

    async def edit(self, chat: str, message: int, text: str, *, buttons: Buttons = ()) -> None:
        self._reach(chat, text)
        was = self.messages.get((chat, message))
        if was is None:
            raise MessengerFailed(f"message {message} of chat {chat} is gone", gone=True)
        if (was.text, was.buttons) != (text, buttons):
            edits = was.edits + 1
            self.messages[chat, message] = replace(was, text=text, edits=edits, buttons=buttons)

    def forget(self, chat: str, message: int) -> None:
        """Somebody deletes a message in the chat."""
        del self.messages[chat, message]

    def _reach(self, chat: str, text: str) -> None:
        if self.down:
            raise MessengerFailed(self.down)
        if chat in self.gone:
            raise MessengerFailed(f"chat {chat} is gone", gone=True)
        visible(text)  # what Telegram could not read is a bug of whoever wrote it
