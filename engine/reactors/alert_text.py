"""An alert, or several, as people read them: HTML in which only < > & are special.

Telegram takes 4096 UTF-16 units once tags and entities are read; what does not fit is shortened
inside the texts of others, or left to be asked for, and never cut where it happens to end.
"""

import re
from collections.abc import Sequence
from html import escape, unescape

from engine.projections.alerts import Alert

UNITS_MAX = 3800
LINES_MAX = 40  # alerts named in one message
_TEXTS = (900, 400, 200, 80)  # units for each fact, tried until all fits
_TAG = re.compile(r"</?(?:b|code)>")
_SIGN = {"critical": "🔴", "warning": "🟠", "info": "🔵"}


def message(view: Alert) -> str:
    for texts in _TEXTS:
        html = _whole(view, texts)
        if units(html) <= UNITS_MAX:
            return html
    return _brief(view)


def together(views: Sequence[Alert]) -> str:
    """Several of one cause say once what they have in common; others are a list."""
    if len(views) == 1:
        return message(views[0])
    ordered = sorted(views, key=lambda view: (view.since is None, view.since, view.key))
    alike = len({(view.tenant, view.name) for view in ordered}) == 1
    said = _group(ordered) if alike else ""
    return said if said and units(said) <= UNITS_MAX else _list(ordered)


def resolution(view: Alert) -> str:
    lasted = view.over_at - view.since if view.over_at and view.since else None
    after = f" after {_lasted(int(lasted.total_seconds() // 60))}" if lasted is not None else ""
    return f"🟢 over{after}: {_text(view.title)} · <b>{_text(view.subject)}</b>{_who(view)}"


def plain(html: str) -> str:
    """The words alone, for mail."""
    return unescape(_TAG.sub("", html))


def units(html: str) -> int:
    """At least as many as Telegram counts, for its tags count too."""
    return len(html.encode("utf-16-le")) // 2


def _whole(view: Alert, texts: int) -> str:
    lines = [
        f"{_sign(view)} <b>{view.severity.upper()} {_text(view.title)}</b>{_who(view)}",
        *(f"{_text(label)}: {_text(_short(text, texts))}" for label, text in _facts(view)),
        f"since {_since(view)} · <code>{_text(view.id)}</code>",
    ]
    return "\n".join(lines)


def _brief(view: Alert) -> str:
    return (
        f"{_sign(view)} <b>{view.severity.upper()} {_text(_short(view.title, 200))}</b>{_who(view)}"
        f"\nmore than a message holds: GET /api/v2/alerts"
        f"\nsince {_since(view)} · <code>{_text(_short(view.id, 300))}</code>"
    )


def _group(views: Sequence[Alert]) -> str:
    first = views[0]
    common = [
        (label, text)
        for label, text in _facts(first)
        if all((label, text) in _facts(view) for view in views)
    ]
    lines = [
        f"{_worst(views)} <b>{first.severity.upper()} {_text(first.title)}: {len(views)}</b>"
        f"{_who(first)}",
        *(f"{_text(label)}: {_text(_short(text, _TEXTS[1]))}" for label, text in common),
        *(_member(view, common) for view in views),
        f"since {_since(first)} · <code>{_text(first.key.rsplit('/', 1)[0])}</code>",
    ]
    return "\n".join(lines)


def _member(view: Alert, common: Sequence[tuple[str, str]]) -> str:
    own = "; ".join(
        f"{_text(label)}: {_text(_short(text, _TEXTS[2]))}"
        for label, text in _facts(view)
        if (label, text) not in common and text != view.subject
    )
    return f"{_sign(view)} <b>{_text(view.subject)}</b>{'. ' if own else ''}{own}"


def _list(views: Sequence[Alert]) -> str:
    lines = [f"{_worst(views)} <b>{len(views)} alerts</b>"]
    for view in views[:LINES_MAX]:
        title, subject = _short(view.title, 40), _short(view.subject, 40)
        lines.append(f"{_sign(view)} {_text(title)} · {_text(subject)}{_who(view)}")
    if more := len(views) - LINES_MAX:
        lines += [f"and {more} more"] if more > 0 else []
    return "\n".join([*lines, "all of them: GET /api/v2/alerts"])


def _facts(view: Alert) -> list[tuple[str, str]]:
    telling, until = view.telling, view.silenced_until
    more = {
        "Heard": f"by {telling.acknowledged}" if telling.acknowledged else "",
        "Silent": f"until {until:%Y-%m-%d %H:%M}Z" if until and view.firing else "",
    }
    return [(label, text) for label, text in (*view.facts.items(), *more.items()) if text]


def _sign(view: Alert) -> str:
    return _SIGN[view.severity] if view.firing or view.severity == "info" else "🟢"


def _worst(views: Sequence[Alert]) -> str:
    signs = {_sign(view) for view in views}
    return next(sign for sign in (*_SIGN.values(), "🟢") if sign in signs)


def _who(view: Alert) -> str:
    return f" · {_text(view.tenant)}" if view.tenant else ""


def _since(view: Alert) -> str:
    return f"{view.since:%Y-%m-%d %H:%M}Z" if view.since else ""


def _lasted(minutes: int) -> str:
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    return " ".join(f"{number} {name}" for number, name in parts if number) or "a minute"


def _text(words: str) -> str:
    return escape(words, quote=False)


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
