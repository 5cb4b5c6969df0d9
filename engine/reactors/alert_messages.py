"""Several alerts as few messages: each stands whole in exactly one, and none is cut.

Those of one cause say once what they have in common.  Where that would be too many messages, or
the causes differ, a message only names its alerts.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from engine.projections.alerts import Alert
from engine.reactors.alert_text import (
    SHORTENED,
    TEXTS,
    fact,
    facts,
    is_cut,
    message,
    sign,
    since,
    subject,
    title,
    whose,
    worst,
)
from engine.rules.chat_html import ROOM, safe, units

HELD_MAX = 250  # alerts in one message, and weighed at once; nobody reads more
FRESH = 2_800  # units of a new message where one does not hold all, for outcomes make them longer
Fact = tuple[str, str]


class Part(NamedTuple):
    """One message."""

    views: tuple[Alert, ...]
    html: str
    named: bool = False  # it only names them


def split(views: Sequence[Alert], *, named: bool = False) -> Iterator[Part]:
    """Messages that hold them all, the oldest alert first.  Each is weighed and written when it is
    asked for, so that others may have the loop between two of thousands.
    """
    left, form = _ordered(views), _form_of(views, named)
    room = ROOM if _is_one(form, left) else FRESH
    while left:
        window = left[:HELD_MAX]
        written = form(window)
        chunk = _first(written, window, room)
        yield written.part(chunk)
        left = left[len(chunk) :]


def digest(views: Sequence[Alert]) -> Iterator[Part]:
    """As few messages as may be: more than one only name them."""
    named = not _is_one(_form_of(views, named=False), _ordered(views))
    return split(views, named=named)


def beside(there: Sequence[Alert], more: Sequence[Alert], *, named: bool) -> Part | None:
    """The message that holds ``there``, with as many of ``more`` as still fit; None: those that
    are there have outgrown it by themselves.
    """
    joining = _ordered(more)[: max(0, HELD_MAX - len(there))]
    together = [*_ordered(there), *joining]
    form = _form_of(together, named)(together)
    whole = form.part(_ordered(together))
    if units(whole.html) <= ROOM:
        return whole
    first = _first(form, together, ROOM)
    return form.part(_ordered(first)) if len(first) >= len(there) else None


def lines(said: Sequence[str]) -> list[str]:
    """Short lines of HTML as messages."""
    found: list[list[str]] = [[]]
    left = ROOM
    for line in said:
        needs = units(line) + 1
        if needs > left and found[-1]:
            found.append([])
            left = ROOM
        found[-1].append(line)
        left -= needs
    return ["\n".join(one) for one in found]


class _Form(NamedTuple):
    """How a message is written.  Its length is at most ``frame`` and what each alert ``adds`` to
    the one before it.
    """

    frame: int
    adds: Callable[[Alert, Alert | None], int]
    html: Callable[[Sequence[Alert]], str]
    named: bool = False

    def part(self, views: Sequence[Alert]) -> Part:
        html = message(views[0]) if len(views) == 1 else self.html(views)
        return Part(tuple(views), html, self.named and len(views) > 1)


def _form_of(views: Sequence[Alert], named: bool) -> Callable[[Sequence[Alert]], _Form]:
    """Of messages that hold some of them."""
    alike = len({(view.tenant, view.name) for view in views}) == 1
    return _grouped if alike and not named else _listed


def _is_one(form: Callable[[Sequence[Alert]], _Form], views: Sequence[Alert]) -> bool:
    """They fit into one message."""
    return len(views) <= HELD_MAX and len(_first(form(views), views, ROOM)) == len(views)


def _first(form: _Form, views: Sequence[Alert], room: int) -> list[Alert]:
    """As many as fit, and one at least."""
    length, before = form.frame, None
    for number, view in enumerate(views):
        length += form.adds(view, before)
        if before is not None and length > room:
            return list(views[:number])
        before = view
    return list(views)


def _ordered(views: Sequence[Alert]) -> list[Alert]:
    return sorted(views, key=lambda view: (view.since is None, view.since, view.key))


# --- of one cause ---------------------------------------------------------------------------------


def _grouped(views: Sequence[Alert]) -> _Form:
    common = _common(views)
    tops = max(units(_head(view, len(views))) for view in views)
    feet = max(map(units, map(_foot, views)))
    shared = units("\n".join([*_facts(common), SHORTENED]))
    return _Form(tops + shared + feet + 5, lambda view, _: units(_member(view, common)) + 1, _group)


def _group(views: Sequence[Alert]) -> str:
    common = _common(views)
    signs = {sign(view) for view in views}
    lines = [
        f"{worst(signs)} {_head(views[0], len(views))}",
        *_facts(common),
        *(_member(view, common) for view in views),
        *([SHORTENED] if any(is_cut(view, TEXTS[0]) for view in views) else []),
        _foot(views[0]),
    ]
    return "\n".join(lines)


def _common(views: Sequence[Alert]) -> list[Fact]:
    first, *others = (facts(view) for view in views)
    in_all = set(first).intersection(*others)
    return [one for one in first if one in in_all]


def _facts(of: Sequence[Fact]) -> list[str]:
    return [fact(label, text, TEXTS[0]) for label, text in of]


def _head(first: Alert, number: int) -> str:
    return f"<b>{first.severity.upper()} {title(first)}: {number}</b>{whose(first)}"


def _foot(first: Alert) -> str:
    return f"since {since(first)} · <code>{safe(first.key.rsplit('/', 1)[0])}</code>"


def _member(view: Alert, common: Sequence[Fact]) -> str:
    own = [one for one in facts(view) if one not in common and one[1] != view.subject]
    return f"{sign(view)} <b>{subject(view)}</b>{'. ' if own else ''}{'; '.join(_facts(own))}"


# --- by name alone --------------------------------------------------------------------------------

_ALL_OF_THEM = "all of them: /alerts, GET /api/v2/alerts"


def _listed(views: Sequence[Alert]) -> _Form:
    frame = units(_top(views)) + units(_ALL_OF_THEM) + 1
    return _Form(frame, _named_after, _list, named=True)


def _list(views: Sequence[Alert]) -> str:
    """Those of one cause in one line, where the oldest of them stands."""
    by: dict[str, list[str]] = {}
    for view in views:
        by.setdefault(_cause(view), []).append(_name(view))
    return "\n".join([_top(views), *(f"{c}: {', '.join(n)}" for c, n in by.items()), _ALL_OF_THEM])


def _named_after(view: Alert, before: Alert | None) -> int:
    goes_on = before is not None and (before.tenant, before.title) == (view.tenant, view.title)
    return units(_name(view)) + 2 + (0 if goes_on else units(_cause(view)) + 1)


def _top(views: Sequence[Alert]) -> str:
    return f"{worst({sign(view) for view in views})} <b>{len(views)} alerts</b>"


def _cause(view: Alert) -> str:
    return f"{title(view)}{whose(view)}"


def _name(view: Alert) -> str:
    return f"{sign(view)} {subject(view)}"
