"""HTML as Telegram's Bot API reads it, and how long it counts a message.

Only < > & are special there, and the tags written here are <b> and <code>.  A message holds 4,096
UTF-16 units once tags and entities are read (core.telegram.org/bots/api, sendMessage and
MessageEntity, seen November 2026).
"""

import re
from html import escape, unescape

ROOM = 3_800  # units; what Telegram counts is documented too loosely to use all of it
_TAG = re.compile(r"</?(?:b|code)>")


def safe(text: object) -> str:
    return escape(str(text), quote=False)


def plain(html: str) -> str:
    """The words alone."""
    return unescape(_TAG.sub("", html))


def units(html: str) -> int:
    return len(plain(html).encode("utf-16-le")) // 2


def fits(html: str) -> bool:
    return units(html) <= ROOM


def shortened(text: str, limit: int) -> str:
    """Plain text of at most ``limit`` UTF-16 units; none of its letters is cut."""
    whole = text.encode("utf-16-le")
    if len(whole) <= 2 * limit:
        return text
    return whole[: 2 * (limit - 1)].decode("utf-16-le", "ignore") + "…"
