"""People's chats over Telegram's Bot API.

Importing aiogram takes seconds: this module is imported only where Telegram is configured.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, NoReturn, TypeVar

from aiogram import Bot, exceptions
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.exceptions import AiogramError, TelegramBadRequest
from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageText,
    SendMessage,
    SendPhoto,
    TelegramMethod,
)
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyParameters,
)
from aiogram.utils.token import TokenValidationError

from engine.adapters import telegram_poll
from engine.adapters.telegram_heard import heard
from engine.adapters.telegram_poll import Handler, Heard, Trouble
from engine.adapters.telegram_text import (
    is_gone,
    is_late,
    is_unchanged,
    is_unreadable,
    plain,
    redacted,
)
from engine.errors import StartRefused
from engine.ports import Buttons, MessengerFailed

API_BASE = "https://api.telegram.org"
ANSWER_SECONDS = 10.0
PATIENCE_SECONDS = 15.0  # of silence that Telegram may ask for, for one message
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

T = TypeVar("T")


class _To(NamedTuple):
    chat: str | int
    topic: int | None


class _Updates(TelegramMethod[list[dict[str, Any]]]):
    """getUpdates, read by telegram_heard."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int
    timeout: int
    allowed_updates: tuple[str, ...] = ("message", "callback_query")


class TelegramMessenger:
    """ports.Messenger, and an ear for what people write to the bot."""

    def __init__(
        self,
        token: str,
        *,
        api_base: str = API_BASE,
        patience: float = PATIENCE_SECONDS,
        answer_within: float = ANSWER_SECONDS,
    ) -> None:
        try:
            self._bot = Bot(token, session=_session(api_base, answer_within))
        except TokenValidationError:
            raise StartRefused(
                "the Telegram token is none: expected <number>:<letters> as @BotFather gave it;"
                " look into the file that telegram.token_file names"
            ) from None
        self._token = token
        self._patience = patience
        self._answer_within = answer_within
        self._moved: dict[str, int] = {}  # a group that became a supergroup has a new number
        self._greeted: Sequence[int] = ()

    async def send(
        self,
        chat: str,
        text: str,
        *,
        silent: bool = False,
        reply_to: int | None = None,
        buttons: Buttons = (),
    ) -> int:
        def method(to: _To, words: str, mode: ParseMode | None) -> SendMessage:
            return SendMessage(
                chat_id=to.chat,
                message_thread_id=to.topic,
                text=words,
                parse_mode=mode,
                disable_notification=silent,
                link_preview_options=NO_PREVIEW,
                reply_markup=_keyboard(buttons),
                reply_parameters=_reply_to(reply_to),
            )

        return (await self._tell(chat, text, method)).message_id

    async def show(self, chat: str, png: bytes, text: str) -> None:
        """A picture, and HTML beneath it.  Raises MessengerFailed."""

        def method(to: _To, words: str, mode: ParseMode | None) -> SendPhoto:
            return SendPhoto(
                chat_id=to.chat,
                message_thread_id=to.topic,
                photo=BufferedInputFile(png, "picture.png"),
                caption=words,
                parse_mode=mode,
            )

        await self._tell(chat, text, method)

    async def edit(self, chat: str, message: int, text: str, *, buttons: Buttons = ()) -> None:
        def method(to: _To, words: str, mode: ParseMode | None) -> EditMessageText:
            return EditMessageText(
                chat_id=to.chat,
                message_id=message,
                text=words,
                parse_mode=mode,
                link_preview_options=NO_PREVIEW,
                reply_markup=_keyboard(buttons),
            )

        try:
            await self._tell(chat, text, method)
        except _Unchanged:
            return

    async def answer_press(self, query: str, text: str) -> None:
        """What flashes up over the chat; one that comes too late is no failure.  Raises
        MessengerFailed.
        """
        try:
            await self._bot(AnswerCallbackQuery(callback_query_id=query, text=text or None))
        except TelegramBadRequest as error:
            if not is_late(error.message):
                raise self._failed("telegram", error) from None
        except AiogramError as error:
            raise self._failed("telegram", error) from None

    async def poll(
        self, handler: Handler, *, commands: Mapping[str, str], trouble: Trouble
    ) -> NoReturn:
        """Hear and answer people until it is cancelled."""
        await telegram_poll.poll(self, handler, commands, trouble)

    async def greet(self, commands: Mapping[str, str], chats: Sequence[int] = ()) -> str:
        """Show the commands in these chats alone, (): in all; returns the bot's name.  Raises
        MessengerFailed.
        """
        self._greeted = chats
        listed = [BotCommand(command=name, description=what) for name, what in commands.items()]
        try:
            me = await self._bot.get_me()
            await self._bot.delete_webhook()  # polling is refused while one is set
            if chats:
                await self._bot.delete_my_commands()  # strangers learn nothing of them
            else:
                await self._bot.set_my_commands(listed)
            for chat in chats:
                await self._list_in(chat, listed)
        except AiogramError as error:
            raise self._failed("telegram", error) from None
        return me.username or ""

    async def _list_in(self, chat: int, commands: list[BotCommand]) -> None:
        """A chat that does not know the bot yet has no menu until the next start; one that moved
        while nobody was told anything is found here.
        """
        for _ in range(2):
            scope = BotCommandScopeChat(chat_id=self._moved.get(str(chat), chat))
            try:
                await self._bot.set_my_commands(commands, scope=scope)
            except exceptions.TelegramMigrateToChat as error:
                self._moved[str(chat)] = error.migrate_to_chat_id
                continue
            except (TelegramBadRequest, exceptions.TelegramForbiddenError):
                return
            return

    async def updates(self, start: int, seconds: int) -> list[Heard]:
        """From ``start`` on, waiting for one if there is none.  Raises MessengerFailed."""
        try:
            found = await self._bot(
                _Updates(offset=start, timeout=seconds),
                request_timeout=int(seconds + self._answer_within),
            )
        except AiogramError as error:
            raise self._failed("telegram", error) from None
        return [self._followed(heard(update)) for update in found]

    def _followed(self, one: Heard) -> Heard:
        """Under the number that a group had before it moved, by which it is known; but for one that
        is known by its new number already.
        """
        if one.moved_to:
            self._moved[str(one.chat)] = one.moved_to
        if one.chat in self._greeted:
            return one
        old = next((chat for chat, now in self._moved.items() if now == one.chat), None)
        return one if old is None else one._replace(chat=int(old))

    async def close(self) -> None:
        await self._bot.session.close()

    async def _tell(
        self,
        chat: str,
        text: str,
        method: Callable[[_To, str, ParseMode | None], TelegramMethod[T]],
    ) -> T:
        """Waits where Telegram says so, follows a chat that moved, and falls back to plain text."""
        where, _, topic = chat.partition("/")
        words, left = text, self._patience
        mode: ParseMode | None = ParseMode.HTML
        while True:
            try:
                to = _To(self._moved.get(where, where), int(topic) if topic else None)
                return await self._bot(method(to, words, mode))
            except exceptions.TelegramRetryAfter as error:
                left -= error.retry_after
                if left < 0:
                    raise self._failed(chat, error) from None
                await asyncio.sleep(error.retry_after)
            except exceptions.TelegramMigrateToChat as error:
                if where in self._moved:
                    raise self._failed(chat, error) from None
                self._moved[where] = error.migrate_to_chat_id
            except TelegramBadRequest as error:
                if is_unchanged(error.message):
                    raise _Unchanged from None
                if mode is None or not is_unreadable(error.message):
                    raise self._failed(chat, error) from None
                words, mode = plain(text), None
            except AiogramError as error:
                raise self._failed(chat, error) from None

    def _failed(self, where: str, error: AiogramError) -> MessengerFailed:
        gone = isinstance(error, exceptions.TelegramForbiddenError) or (
            isinstance(error, TelegramBadRequest) and is_gone(error.message)
        )
        asked = error.retry_after if isinstance(error, exceptions.TelegramRetryAfter) else 0
        why = redacted(f"{where}: {_told(error)}", self._token)
        return MessengerFailed(why, gone=gone, retry_after_s=asked)


class _Unchanged(Exception):
    """The text to edit to stands there already."""


def _session(api_base: str, answer_within: float) -> AiohttpSession:
    api = TelegramAPIServer.from_base(api_base.rstrip("/"))
    return AiohttpSession(api=api, timeout=answer_within)


def _reply_to(message: int | None) -> ReplyParameters | None:
    if message is None:
        return None
    return ReplyParameters(message_id=message, allow_sending_without_reply=True)


def _keyboard(buttons: Buttons) -> InlineKeyboardMarkup | None:
    if not buttons:
        return None
    rows = [
        [InlineKeyboardButton(text=one.text, callback_data=one.data) for one in row]
        for row in buttons
    ]
    return InlineKeyboardMarkup(inline_keyboard=rows)


def _told(error: AiogramError) -> str:
    match error:
        case exceptions.TelegramUnauthorizedError() | exceptions.TelegramNotFound():
            return "Telegram does not know the bot's token; put a valid one into its file"
        case exceptions.TelegramConflictError():
            return (
                "another program asks for this bot's messages; stop it, or give the engine a bot"
                " of its own"
            )
        case exceptions.TelegramRetryAfter():
            return f"Telegram asks for {error.retry_after} s of silence, more than there is time"
        case exceptions.TelegramForbiddenError():
            return f"{error.message}; let the bot in again, or take the chat out"
        case exceptions.TelegramServerError():
            return f"Telegram is out of order: {error.message}"
        case exceptions.TelegramNetworkError():
            return f"Telegram did not answer: {error.message}"
        case exceptions.ClientDecodeError():
            return (
                "what answered is no Bot API: Telegram is out of order, or, if it lasts,"
                " telegram.api_base or a proxy on the way is wrong"
            )
        case exceptions.TelegramAPIError():
            return error.message
        case _:
            return str(error)
