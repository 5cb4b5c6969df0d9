"""The chats behind the simulated Bot API: messages as people see them, and what people write."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from msgspec import Struct
from msgspec.structs import replace

from engine.demo import telegram_wire as wire
from engine.demo.telegram_photo import photo_of
from engine.demo.telegram_wire import Form, Said, bad

CONFLICT = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is"
    " running"
)
Json = dict[str, object]


class Message(Struct, frozen=True):
    """A message as its readers see it: the text it came with, and each it was edited to."""

    chat: int
    message_id: int
    first: str
    edits: tuple[str, ...] = ()
    html: str = ""  # the latest text as it came, with tags
    markup: str = ""  # its buttons, as they came
    silent: bool = False
    preview: bool = True  # of the first link in it
    reply_to: int | None = None  # a message that still stands in the chat
    picture: bytes = b""  # PNG; the text stands beneath
    topic: int = 0  # of a forum; 0: none

    @property
    def text(self) -> str:
        """As it reads now."""
        return self.edits[-1] if self.edits else self.first


class Chats:
    """``known`` None: every chat knows the bot; one in ``blocked`` has thrown it out."""

    def __init__(self, me: int, username: str) -> None:
        self.transcript: list[Message] = []
        self.known: set[int] | None = None
        self.blocked: set[int] = set()
        self.moved: dict[int, int] = {}  # a group that became a supergroup has a new number
        self.commands: dict[str, str] = {}  # that everybody is shown
        self.menus: dict[int, dict[str, str]] = {}  # that a chat is shown instead
        self._bot = wire.user_json(me, is_bot=True, username=username)
        self._updates: dict[int, Json] = {}
        self._queries: set[str] = set()
        self.flashes: list[str] = []  # what came up over a chat after a press
        self._numbers = 0
        self._poll = 0  # which getUpdates is the latest
        self._news = asyncio.Event()
        self.methods: dict[str, Callable[[Form], Awaitable[object]]] = {
            "getMe": self._get_me,
            "getUpdates": self._get_updates,
            "sendMessage": self._send_message,
            "sendPhoto": self._send_photo,
            "editMessageText": self._edit_message_text,
            "deleteWebhook": self._delete_webhook,
            "setMyCommands": self._set_my_commands,
            "deleteMyCommands": self._delete_my_commands,
            "answerCallbackQuery": self._answer_callback_query,
        }

    def say(self, chat: int, user: int, text: str, topic: int = 0) -> None:
        """A person writes to the bot."""
        message = self._envelope(self._next(), chat, wire.user_json(user), topic) | {"text": text}
        if text.startswith("/"):
            length = len(text.split()[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        self._put("message", message)

    def move(self, chat: int, to: int) -> None:
        """A group becomes a supergroup: under its old number it says so, and is gone."""
        self.moved[chat] = to
        gone = self._envelope(self._next(), chat, wire.user_json(1087968824))
        self._put("message", gone | {"migrate_to_chat_id": to})

    def post(self, kind: str, what: Json) -> None:
        """An update as it comes, whatever it holds."""
        self._put(kind, what)

    def press(self, chat: int, user: int, message_id: int, data: str) -> None:
        """A person presses a button under a message."""
        query = str(self._next())
        self._queries.add(query)
        what: Json = {"id": query, "from": wire.user_json(user), "chat_instance": str(chat)}
        message = self._json(self.transcript[self._find(chat, message_id)])
        self._put("callback_query", what | {"message": message, "data": data})

    def forget_presses(self) -> None:
        """They were made too long ago to be answered."""
        self._queries.clear()

    def remove(self, chat: int, message_id: int) -> None:
        """A person deletes one of the bot's messages."""
        del self.transcript[self._find(chat, message_id)]

    def interrupt(self) -> None:
        """End the poll under way, as a second poller with the same token does."""
        self._poll += 1
        self._wake()

    async def _get_me(self, _: Form) -> object:
        return self._bot | {"can_join_groups": True, "supports_inline_queries": False}

    async def _delete_webhook(self, _: Form) -> object:
        return True

    async def _get_updates(self, form: Form) -> object:
        limit, offset = wire.number(form, "limit", 100), wire.number(form, "offset", 0)
        if not 1 <= limit <= 100:
            raise bad("limit must be between 1 and 100")
        self._updates = {at: one for at, one in self._updates.items() if at >= offset}
        wanted = form.get("allowed_updates") or ["message", "callback_query"]
        end = time.monotonic() + wire.number(form, "timeout", 0)
        self.interrupt()
        mine = self._poll
        while self._poll == mine:
            found = [one for one in self._updates.values() if not one.keys().isdisjoint(wanted)]
            if found or not await self._news_before(end):
                return found[:limit]
        raise Said(409, CONFLICT)

    async def _send_message(self, form: Form) -> object:
        chat = self._reach(form)
        text = wire.text_of(form, too_long="message is too long")
        message = Message(
            chat,
            self._next(),
            text,
            html=str(form["text"]),
            markup=wire.keyboard_of(form),
            silent=wire.flag(form, "disable_notification"),
            preview=not form.get("link_preview_options", {}).get("is_disabled"),
            reply_to=self._answered(chat, form.get("reply_parameters", {})),
            topic=wire.number(form, "message_thread_id", 0),
        )
        self.transcript.append(message)
        return self._json(message)

    def _answered(self, chat: int, form: Form) -> int | None:
        if "message_id" not in form:
            return None
        number = wire.number(form, "message_id")
        if any((one.chat, one.message_id) == (chat, number) for one in self.transcript):
            return number
        if wire.flag(form, "allow_sending_without_reply"):
            return None
        raise bad("message to be replied not found")

    async def _send_photo(self, form: Form) -> object:
        chat, picture = self._reach(form), photo_of(form)
        caption, html = wire.caption_of(form), str(form.get("caption", ""))
        topic = wire.number(form, "message_thread_id", 0)
        message = Message(chat, self._next(), caption, html=html, picture=picture, topic=topic)
        self.transcript.append(message)
        return self._json(message)

    async def _edit_message_text(self, form: Form) -> object:
        chat = self._reach(form)
        at = self._find(chat, wire.number(form, "message_id"))
        text, markup = wire.text_of(form, too_long="MESSAGE_TOO_LONG"), wire.keyboard_of(form)
        was = self.transcript[at]
        if (was.html, was.markup) == (form["text"], markup):
            raise bad(
                "message is not modified: specified new message content and reply markup are"
                " exactly the same as a current content and reply markup of the message"
            )
        edits = (*was.edits, text)
        self.transcript[at] = replace(was, edits=edits, html=str(form["text"]), markup=markup)
        return self._json(self.transcript[at]) | {"edit_date": int(time.time())}

    async def _set_my_commands(self, form: Form) -> object:
        commands, scope = wire.check_commands(form), form.get("scope", {"type": "default"})
        if scope.get("type") == "chat":
            self.menus[self._reach(scope)] = commands
        else:
            self.commands = commands
        return True

    async def _delete_my_commands(self, _: Form) -> object:
        self.commands = {}
        return True

    async def _answer_callback_query(self, form: Form) -> object:
        if len(str(form.get("text", ""))) > 200:
            raise bad("MESSAGE_TOO_LONG")
        query = str(form.get("callback_query_id", ""))
        if query not in self._queries:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        self._queries.remove(query)
        self.flashes.append(str(form.get("text", "")))
        return True

    def _reach(self, form: Form) -> int:
        chat = wire.chat_of(form)
        if chat in self.blocked:
            who = "the supergroup chat" if chat < 0 else "the user"
            done = "bot was kicked from" if chat < 0 else "bot was blocked by"
            raise Said(403, f"Forbidden: {done} {who}")
        if chat in self.moved:
            why = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Said(400, why, migrate_to_chat_id=self.moved[chat])
        if self.known is not None and chat not in self.known:
            raise bad("chat not found")
        return chat

    def _find(self, chat: int, message_id: int) -> int:
        for at, one in enumerate(self.transcript):
            if (one.chat, one.message_id) == (chat, message_id):
                return at
        raise bad("message to edit not found")

    def _json(self, message: Message) -> Json:
        number, chat = message.message_id, message.chat
        return self._envelope(number, chat, self._bot, message.topic) | {"text": message.text}

    def _envelope(self, number: int, chat: int, sender: Json, topic: int = 0) -> Json:
        date, where = int(time.time()), wire.chat_json(chat)
        envelope: Json = {"message_id": number, "date": date, "chat": where, "from": sender}
        return envelope | wire.topic_json(topic)

    def _put(self, kind: str, what: Json) -> None:
        number = self._next()
        self._updates[number] = {"update_id": number, kind: what}
        self._wake()

    async def _news_before(self, end: float) -> bool:
        try:
            async with asyncio.timeout(end - time.monotonic()):
                await self._news.wait()
        except TimeoutError:
            return False
        return True

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    def _next(self) -> int:
        self._numbers += 1
        return self._numbers
