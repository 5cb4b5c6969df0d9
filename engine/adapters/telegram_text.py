"""Words to and from Telegram: what is left of a message it cannot read, and what its noes mean."""

import re
from html import unescape

PLAIN_MAX = 4000  # Telegram's own limit is 4096, in units it does not document
_LINK = re.compile(r"<a\s+href=\"([^\"]*)\"\s*>(.*?)</a>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(
    r"</?(?:b|strong|i|em|u|ins|s|strike|del|code|pre|a|blockquote|span|tg-spoiler)(?:\s[^<>]*)?>",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(/[^\s@]*)@(\S*)")
_GONE = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "group chat was deactivated",
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
)
_UNREADABLE = ("can't parse entities", "message is too long", "message_too_long")


def plain(html: str) -> str:
    """The words without the tags; what only looks like one (``<me@example.com>``) stays."""
    words = unescape(_TAG.sub("", _LINK.sub(r"\2 (\1)", html))).strip()
    units = words.encode("utf-16-le")
    if len(units) <= 2 * PLAIN_MAX:
        return words
    return units[: 2 * PLAIN_MAX].decode("utf-16-le", "ignore") + "…"


def is_unchanged(refusal: str) -> bool:
    """An edit to the text that stands there already."""
    return "message is not modified" in refusal.lower()


def is_unreadable(refusal: str) -> bool:
    """The text is at fault, and would do without its tags and its tail."""
    return any(words in refusal.lower() for words in _UNREADABLE)


def is_late(refusal: str) -> bool:
    """An answer to a button that was pressed too long ago."""
    return "query is too old" in refusal.lower()


def is_gone(refusal: str) -> bool:
    """The chat, or the message to edit, is there no more."""
    return any(words in refusal.lower() for words in _GONE)


def redacted(text: str, token: str) -> str:
    """The token is part of every address the Bot API has, and so of an HTTP library's errors."""
    return text.replace(token, "<token>").replace(token.partition(":")[2], "<token>")


def addressed(text: str, username: str) -> str:
    """The text without the bot's own name after the command; "" if another bot is meant."""
    named = _NAMED.match(text)
    if named is None:
        return text
    command, whom = named.groups()
    return f"{command}{text[named.end() :]}" if whom.lower() == username.lower() else ""
