"""An alert as people read it.  What is longer than a message is shortened inside the texts of
others, and says where the whole of it is; it is never cut where it happens to end.
"""

from engine.projections.alerts import FLAP, Alert
from engine.rules.chat_html import fits, safe, shortened

TEXTS = (900, 400, 200, 80)  # units for each fact, tried until all fits
TITLE_MAX, SUBJECT_MAX = 200, 300  # units
SHORTENED = "shortened; GET /api/v2/alerts has it whole"
_SIGN = {"critical": "🔴", "warning": "🟠", "info": "🔵"}


def message(view: Alert) -> str:
    for texts in TEXTS:
        html = _whole(view, texts)
        if fits(html):
            return html
    return _brief(view)


def resolution(view: Alert) -> str:
    lasted = view.over_at - view.since if view.over_at and view.since else None
    after = f" after {_lasted(int(lasted.total_seconds() // 60))}" if lasted is not None else ""
    return f"🟢 over{after}: {title(view)} · <b>{subject(view)}</b>{whose(view)}"


def _whole(view: Alert, texts: int) -> str:
    lines = [
        f"{sign(view)} <b>{view.severity.upper()} {title(view)}</b>{whose(view)}",
        *(fact(label, text, texts) for label, text in facts(view)),
        *([SHORTENED] if is_cut(view, texts) else []),
        f"since {since(view)} · <code>{safe(view.id)}</code>",
    ]
    return "\n".join(lines)


def _brief(view: Alert) -> str:
    return (
        f"{sign(view)} <b>{view.severity.upper()} {title(view)}</b>{whose(view)}"
        f"\nmore than a message holds: GET /api/v2/alerts"
        f"\nsince {since(view)} · <code>{safe(shortened(view.id, SUBJECT_MAX))}</code>"
    )


def facts(view: Alert) -> list[tuple[str, str]]:
    telling, until = view.telling, view.silenced_until
    more = {
        "Again": _again(view),
        "Heard": f"by {telling.acknowledged}" if telling.acknowledged else "",
        "Silent": f"until {until:%Y-%m-%d %H:%M}Z" if until and view.firing else "",
    }
    return [(label, text) for label, text in (*view.facts.items(), *more.items()) if text]


def is_cut(view: Alert, limit: int) -> bool:
    return any(shortened(text, limit) != text for _, text in facts(view))


def fact(label: str, text: str, limit: int) -> str:
    return f"{safe(label)}: {safe(shortened(text, limit))}"


def _again(view: Alert) -> str:
    often = "once" if view.again == 1 else f"{view.again} times"
    within = _lasted(int((view.lull or FLAP).total_seconds() // 60))
    return f"{often} in a row, within {within} of being over" if view.again else ""


def title(view: Alert) -> str:
    return safe(shortened(view.title, TITLE_MAX))


def subject(view: Alert) -> str:
    return safe(shortened(view.subject, SUBJECT_MAX))


def sign(view: Alert) -> str:
    return _SIGN[view.severity] if view.firing or view.severity == "info" else "🟢"


def worst(signs: set[str]) -> str:
    return next(one for one in (*_SIGN.values(), "🟢") if one in signs)


def whose(view: Alert) -> str:
    return f" · {safe(view.tenant)}" if view.tenant else ""


def since(view: Alert) -> str:
    return f"{view.since:%Y-%m-%d %H:%M}Z" if view.since else ""


def _lasted(minutes: int) -> str:
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    return " ".join(f"{number} {name}" for number, name in parts if number) or "a minute"
