"""Alerts: people say that they have heard, or want to hear no more for a while."""

from datetime import timedelta
from typing import Annotated

from msgspec import Meta

from engine.api import present, writing
from engine.api.call import Answer, Body, Call
from engine.api.problems import Problem
from engine.commands.alert import AcknowledgeAlert, AlertCommand, SilenceAlert
from engine.ids import AlertId
from engine.projections.alerts import ALERTS, Alert
from engine.runtime.command_handler import Asked

MINUTES_MAX = 30 * 24 * 60


class Heard(Body, frozen=True, kw_only=True):
    alert: AlertId  # its id holds slashes, so it stands in the body


class Silence(Body, frozen=True, kw_only=True):
    alert: AlertId
    minutes: Annotated[int, Meta(ge=0, le=MINUTES_MAX)]  # from now on; 0: it is heard again


async def acknowledge(call: Call, body: Heard) -> Answer:
    """By its own tenant, or by the platform, whose key sees all."""
    return await _asked(call, AcknowledgeAlert(alert=_known(call, body.alert).id))


async def silence(call: Call, body: Silence) -> Answer:
    """It goes on firing, and says so in the message that stands; nothing new is sent."""
    alert = _known(call, body.alert).id
    until = call.deps.clock.now() + timedelta(minutes=body.minutes) if body.minutes else None
    return await _asked(call, SilenceAlert(alert=alert, until=until))


async def _asked(call: Call, command: AlertCommand) -> Answer:
    view = _known(call, command.alert)
    position = await writing.ask(call, [Asked(command, view.tenant)], view.tenant)
    await writing.seen(call, position)
    return Answer(present.alert(_known(call, command.alert)), 200, position)


def _known(call: Call, alert: AlertId) -> Alert:
    view = call.deps.views.of(ALERTS).get(alert.rsplit("#", 1)[0])
    theirs = view is not None and call.caller.tenant in (None, view.tenant)
    if view is None or not theirs or view.id != alert or not view.episode:
        why = f"there is no alert {alert!r}; GET /api/v2/alerts lists them"
        raise Problem("not-found", why, field="$.alert")
    return view
