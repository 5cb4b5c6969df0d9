"""Records each alert and its end once, and tells people of it until they have heard the latest.

What it tells goes in rounds: that it fires, every four hours that it still does, and that it is
over.  Each is a message of its own; between them the message is edited.
"""

import hashlib
from datetime import datetime
from functools import partial

from engine.commands.alert import FireAlert, ResolveAlert
from engine.effects import Dispatch, TellPeople
from engine.projections.alerts import ALERTS, Alert
from engine.reactors.alert_text import message, resolution
from engine.reactors.reactor import Agenda, Reactor, Want, agenda
from engine.values.tuning import Tuning


def alerts(tuning: Tuning) -> Reactor[Alert]:
    return Reactor(name="alerts", reads=ALERTS, react=partial(_react, tuning))


def _react(tuning: Tuning, view: Alert, now: datetime) -> Agenda:
    if not view.episode:
        return Agenda()
    telling, tenant = view.telling, view.tenant
    if not telling.recorded:
        fire = FireAlert(alert=view.id, tenant=tenant, severity=view.severity)
        return Agenda((Dispatch(tenant=tenant, command=fire, cycle=telling.work.since),))
    over = _over(view)
    if over is not None and over <= now:
        end = ResolveAlert(alert=view.id)
        return Agenda((Dispatch(tenant=tenant, command=end, cycle=telling.work.since),))
    told = _tell(tuning, view, now)
    return Agenda(told.effects, _earlier(told.wake_at, over))


def _over(view: Alert) -> datetime | None:
    """When its end is believed; None: it fires, or has ended, or only informs."""
    if not view.lasts or view.firing or view.telling.resolved or view.over_at is None:
        return None
    return view.over_at + view.lull


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)


def _tell(tuning: Tuning, view: Alert, now: datetime) -> Agenda:
    telling = view.telling
    turn, look_again = _round(tuning, view, now)
    text = message(view)
    if not turn or (turn == telling.round and telling.text == digest(text)):
        return Agenda(wake_at=look_again)
    tell = TellPeople(
        tenant=view.tenant,
        alert=view.id,
        severity=view.severity,
        text=text,
        messages=telling.messages,
        round=turn,
        heard=telling.heard,
        beneath=telling.beneath,
        reply=resolution(view) if turn == "resolved" else "",
        mailed=telling.mailed,
        unreached_since=telling.unreached_since,
        cycle=telling.work.since,
        attempt=telling.work.retry.attempt,
    )
    asked = agenda([Want(tell, telling.work.retry.at)], now)
    return Agenda(asked.effects, _earlier(asked.wake_at, look_again))


def _round(tuning: Tuning, view: Alert, now: datetime) -> tuple[str, datetime | None]:
    """What is to be told by now ("" = nothing), and when that may change without an event."""
    telling, silenced = view.telling, view.silenced_until
    if telling.resolved:
        quiet = telling.round == "resolved" and not telling.wanted
        return "" if quiet else "resolved", None
    if silenced is not None and now < silenced:
        return telling.round, silenced
    if not telling.round:
        return "fired", None
    again = _repeats_at(tuning, view)
    if again is None or now < again:
        return telling.round, again
    return f"repeat-{telling.rounds}", None


def _repeats_at(tuning: Tuning, view: Alert) -> datetime | None:
    """None: never.  Nobody is reminded of what only informs, or of what he says he has heard."""
    telling = view.telling
    loud = view.firing and view.severity != "info" and not telling.acknowledged
    if not (loud and telling.wanted and telling.said_at and tuning.alert_repeat):
        return None
    return telling.said_at + tuning.alert_repeat


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
