"""What people wrote or pressed, out of the Bot API's updates (core.telegram.org/bots/api, Update,
read November 2026).

Only what the bot needs is read: a message of a kind that is newer than a library would else make
every poll fail until Telegram forgets it, a day later.
"""

from typing import Any

import msgspec
from msgspec import Struct, field

from engine.adapters.telegram_poll import Heard, Press


class _Numbered(Struct, frozen=True):
    id: int


class _Message(Struct, frozen=True):
    chat: _Numbered
    message_id: int
    from_: _Numbered | None = field(name="from", default=None)  # a channel's is nobody's
    text: str = ""
    is_topic_message: bool = False
    message_thread_id: int = 0  # of an answer, too, where there are no topics
    migrate_to_chat_id: int = 0


class _Query(Struct, frozen=True):
    id: str
    from_: _Numbered = field(name="from")
    message: _Message | None = None
    data: str = ""


class _Update(Struct, frozen=True):
    update_id: int
    message: _Message | None = None
    callback_query: _Query | None = None


class _Odd(Struct, frozen=True):
    update_id: int


def heard(update: dict[str, Any]) -> Heard:
    """What is not understood is heard as nothing, of nobody."""
    try:
        read = msgspec.convert(update, _Update)
    except msgspec.ValidationError:
        return Heard(msgspec.convert(update, _Odd).update_id, 0, 0, "")
    query, message = read.callback_query, read.message
    if query is not None and query.message is not None:
        beneath = query.message
        press = Press(query.id, beneath.message_id, query.data)
        chat, user = beneath.chat.id, query.from_.id
        return Heard(read.update_id, chat, user, "", press=press, topic=_topic(beneath))
    if message is None:
        return Heard(read.update_id, 0, 0, "")
    return Heard(
        read.update_id,
        message.chat.id,
        message.from_.id if message.from_ is not None else 0,
        message.text,
        message.message_id,
        topic=_topic(message),
        moved_to=message.migrate_to_chat_id,
    )


def _topic(message: _Message) -> int:
    return message.message_thread_id if message.is_topic_message else 0
