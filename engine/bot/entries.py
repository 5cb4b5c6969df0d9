"""Long answers as pages: cut between entries, never inside one."""

from collections.abc import Sequence

from engine.ports import Button, Buttons, Reply
from engine.ports.people import DATA_MAX
from engine.rules.chat_html import safe, shortened, units

PAGE_MAX = 3_000  # units, unless one entry is longer: what is still read on a phone
ENTRY_MAX = 700  # UTF-16 units of plain text
WORD_MAX = 80  # of a word that is said again because it means nothing here


def clipped(text: object, limit: int = ENTRY_MAX) -> str:
    """Plain text as HTML, and no longer than an entry may be."""
    return safe(shortened(str(text), limit))


def split(head: str, entries: Sequence[str], limit: int = PAGE_MAX) -> list[str]:
    """Pages of HTML, each beneath the same head; an entry stands whole on one of them."""
    found: list[str] = []
    page: list[str] = []
    room = limit - units(head)
    left = room
    for entry in entries:
        needs = units(entry) + 1
        if page and needs > left:
            found.append(_page(head, page))
            page, left = [], room
        page.append(entry)
        left -= needs
    return [*found, _page(head, page)]


def paged(
    line: str, number: int, head: str, entries: Sequence[str], buttons: Buttons = ()
) -> list[Reply]:
    """The page of that number, with buttons to its neighbours; a number beyond the last is the
    last, for there may have been more when the button was made.
    """
    pages = split(head, entries)
    last = len(pages)
    number = max(1, min(number, last))
    turns = _turns(line, number, last)
    html = pages[number - 1]
    if last > 1 and not turns:
        html += f"\n\npage 1 of {last}; the question is too long for buttons: the API has the rest"
    return [Reply(html, (*buttons, *turns))]


def _turns(line: str, number: int, last: int) -> Buttons:
    beside = ((number - 1, "Back"), (number + 1, "More"))
    row = [
        Button(f"{label}: {n} of {last}", f"page:{n}:{line}")
        for n, label in beside
        if 1 <= n <= last
    ]
    if not row or any(len(one.data.encode()) > DATA_MAX for one in row):
        return ()
    return (row,)


def _page(head: str, entries: Sequence[str]) -> str:
    return "\n".join([head, *entries] if head else entries)
