"""Telegram's number of a chat: what is known of it, and cannot be taken over as a name can."""

import re

BITS = 52  # of a number, at most (Telegram Bot API, "Chat", 2026-03)
_WRITTEN = re.compile(r"-?[1-9][0-9]{0,15}")


def parse_chat(text: str) -> str:
    """A group's begins with a minus.  Raises ValueError."""
    if not _WRITTEN.fullmatch(text) or abs(int(text)) >= 2**BITS:
        raise ValueError(f"{text[:50]!r} is not the number of a chat, such as -1001234")
    return text
