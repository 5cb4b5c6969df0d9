"""How messages that stand in a chat are to read once alerts in them have changed."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from engine.ports import Buttons
from engine.projections.alerts import Alert
from engine.reactors.alert_buttons import buttons_of_all
from engine.reactors.alert_messages import Part, beside
from engine.runtime.real import turn


class Edit(NamedTuple):
    number: int
    part: Part
    buttons: Buttons
    under: int  # the message with the buttons of what this one holds


async def edits(chat: str, there: Sequence[Alert], changed: Collection[str]) -> list[Edit]:
    """Of all messages that concern those with the keys ``changed``, which are among ``there``.  One
    that no part holds has to leave its message, for it has no room left.
    """
    held = _by(there, lambda view: view.telling.messages[chat])
    numbers = {view.telling.messages[chat] for view in there if view.key in changed}
    parts: dict[int, Part | None] = {}
    for number in numbers:
        parts[number] = _part(chat, held[number], changed)
        await turn()
    staying = {view.key for part in parts.values() if part for view in part.views}
    beneath = _by(
        (view for view in there if view.key in staying or view.key not in changed),
        lambda view: _under(chat, view),
    )
    for number in {_under(chat, view) for view in there if view.key in changed} - numbers:
        parts[number] = _part(chat, held.get(number, ()), ())
    return [
        Edit(number, part, _buttons(beneath.get(number, ())), _under(chat, held[number][0]))
        for number, part in parts.items()
        if part is not None
    ]


def gathered(chat: str, number: int, there: Sequence[Alert], more: Sequence[Alert]) -> Edit | None:
    """The message of that number, with as many more as it has room for; None: it has none."""
    members = [view for view in there if view.telling.messages[chat] == number]
    part = beside(members, more, named=_named(chat, members))
    if part is None or len(part.views) < len(members) + len(more):
        part = beside(members, more, named=True)
    if part is None or len(part.views) == len(members):
        return None
    came = {view.key for view in part.views} & {view.key for view in more}
    before = (view for view in there if _under(chat, view) == number)
    after = [*before, *(view for view in more if view.key in came)]
    return Edit(number, part, _buttons(after), number)


def _part(chat: str, held: Sequence[Alert], changed: Collection[str]) -> Part | None:
    stays = [view for view in held if view.key not in changed]
    may_go = [view for view in held if view.key in changed]
    return beside(stays, may_go, named=_named(chat, held)) if held else None


def _named(chat: str, held: Sequence[Alert]) -> bool:
    return any(chat in view.telling.named for view in held)


def _under(chat: str, view: Alert) -> int:
    return view.telling.under.get(chat, view.telling.messages[chat])


def _buttons(views: Sequence[Alert]) -> Buttons:
    return buttons_of_all(views) if views else ()


def _by(views: Iterable[Alert], number: Callable[[Alert], int]) -> dict[int, list[Alert]]:
    found: dict[int, list[Alert]] = {}
    for view in views:
        found.setdefault(number(view), []).append(view)
    return found
