"""Alerts: people say that they have heard."""

from engine.api import present, writing
from engine.api.call import Answer, Body, Call
from engine.api.problems import Problem
from engine.commands.alert import AcknowledgeAlert
from engine.ids import AlertId
from engine.projections.alerts import ALERTS, Alert
from engine.runtime.command_handler import Asked


class Heard(Body, frozen=True, kw_only=True):
    alert: AlertId  # its id holds slashes, so it stands in the body


async def acknowledge(call: Call, body: Heard) -> Answer:
    """By its own tenant, or by the platform, whose key sees all."""
    view = _known(call, body.alert)
    command = Asked(AcknowledgeAlert(alert=view.id), view.tenant)
    position = await writing.ask(call, [command], view.tenant)
    await writing.seen(call, position)
    return Answer(present.alert(_known(call, body.alert)), 200, position)


def _known(call: Call, alert: AlertId) -> Alert:
    view = call.deps.views.of(ALERTS).get(alert.rsplit("#", 1)[0])
    theirs = view is not None and call.caller.tenant in (None, view.tenant)
    if view is None or not theirs or view.id != alert or not view.episode:
        why = f"there is no alert {alert!r}; GET /api/v2/alerts lists them"
        raise Problem("not-found", why, field="$.alert")
    return view
