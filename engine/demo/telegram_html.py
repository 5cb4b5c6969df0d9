"""Telegram's HTML, read as strictly as Telegram reads it: people's chats show what this returns."""

import re
from html import unescape

_TAG = re.compile(
    r"<(/?)([a-z0-9-]*)((?:\s+[a-z-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+))?)*)\s*>", re.I
)
_ATTRIBUTE = re.compile(r"([a-z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.I)
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#[0-9]{1,7}|#x[0-9a-f]{1,6});", re.I)
_NAME = re.compile(r"<?/?([^\s<>]*)")
_PLAIN_TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "a"}
_TAGS = _PLAIN_TAGS | {"span", "tg-spoiler", "tg-emoji", "blockquote"}


class CannotParse(Exception):
    """What Telegram says after "Bad Request: can't parse entities: "."""


def visible(html: str) -> str:
    """The text without its tags, as it is counted and shown; raises CannotParse."""
    shown: list[str] = []
    opened: list[str] = []
    at = 0
    while (start := html.find("<", at)) >= 0:
        shown.append(html[at:start])
        at = _tag(html, start, opened)
    shown.append(html[at:])
    if opened:
        raise CannotParse(f'Can\'t find end tag corresponding to start tag "{opened[-1]}"')
    return _ENTITY.sub(lambda found: unescape(found.group()), "".join(shown)).strip()


def _tag(html: str, start: int, opened: list[str]) -> int:
    """Opens or closes the tag at ``start``; returns where the text goes on."""
    where = len(html[:start].encode())
    found = _TAG.match(html, start)
    if found is None:
        raise CannotParse(_misread(html[start:], where))
    name = found[2].lower()
    if found[1]:
        _close(name, where, opened)
        return found.end()
    if name not in _TAGS:
        raise CannotParse(f'Unsupported start tag "{name}" at byte offset {where}')
    _require(name, found[3], where)
    opened.append(name)
    return found.end()


def _close(name: str, where: int, opened: list[str]) -> None:
    if not opened:
        raise CannotParse(f"Unexpected end tag at byte offset {where}")
    expected = opened.pop()
    if name not in ("", expected):
        raise CannotParse(
            f'Unmatched end tag at byte offset {where}, expected "</{expected}>", found "</{name}>"'
        )


def _require(name: str, attributes: str, where: int) -> None:
    given = {a.lower(): b or c or d for a, b, c, d in _ATTRIBUTE.findall(attributes)}
    if name == "span" and given.get("class") != "tg-spoiler":
        raise CannotParse(f'Tag "span" must have class "tg-spoiler" at byte offset {where}')
    if name == "tg-emoji" and not given.get("emoji-id", "").isdigit():
        raise CannotParse("Invalid custom emoji identifier specified")


def _misread(rest: str, where: int) -> str:
    """Such as ``<someone@example.com>`` in a diagnostic text that nobody escaped."""
    if ">" not in rest:
        return f"Unclosed start tag at byte offset {where}"
    name = _NAME.match(rest)
    return f'Unsupported start tag "{name[1] if name else ""}" at byte offset {where}'
