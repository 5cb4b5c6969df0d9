"""Records each alert once, and tells people of it until they have heard the latest."""

import hashlib
from datetime import datetime
from html import escape

from engine.commands.alert import FireAlert
from engine.effects import Dispatch, TellPeople
from engine.projections.alerts import ALERTS, Alert
from engine.reactors.reactor import Agenda, Reactor, Want, agenda

_SIGN = {"critical": "🔴", "warning": "🟠", "info": "🔵"}


def react(view: Alert, now: datetime) -> Agenda:
    if not view.episode:
        return Agenda()
    alert, tenant = view.id, view.tenant
    if not view.recorded:
        fire = FireAlert(alert=alert, tenant=tenant, severity=view.severity)
        return Agenda((Dispatch(tenant=tenant, command=fire, cycle=view.work.since),))
    text = message(view)
    if view.text == digest(text):
        return Agenda()
    retry, cycle = view.work.retry, view.work.since
    tell = TellPeople(
        tenant=tenant,
        alert=alert,
        severity=view.severity,
        text=text,
        messages=view.messages,
        cycle=cycle,
        attempt=retry.attempt,
    )
    return agenda([Want(tell, retry.at)], now)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def message(view: Alert) -> str:
    """HTML as Telegram reads it; only < > & are special there."""
    who = f" · {escape(view.tenant, quote=False)}" if view.tenant else ""
    sign = _SIGN[view.severity] if view.firing or view.severity == "info" else "🟢"
    since = f"{view.since:%Y-%m-%d %H:%M}Z" if view.since else ""
    lines = [
        f"{sign} <b>{view.severity.upper()} {escape(view.title, quote=False)}</b>{who}",
        *(
            f"{escape(label, quote=False)}: {escape(text, quote=False)}"
            for label, text in view.facts.items()
            if text
        ),
        f"since {since} · <code>{escape(view.id, quote=False)}</code>",
    ]
    return "\n".join(lines)


ALERT_REACTOR = Reactor(name="alerts", reads=ALERTS, react=react)
