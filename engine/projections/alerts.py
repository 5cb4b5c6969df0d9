"""What people must know, and how far they have been told.

One view per tenant, alert and subject.  Each time it fires anew is an episode with a message of
its own; within one, the message is edited with every outcome.
"""

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.events import Event, Recorded
from engine.events.alert import AlertAcknowledged, AlertFired, AlertTellingFailed, AlertTold
from engine.ids import AlertId, TenantId
from engine.projections import alert_causes
from engine.projections.alert_change import Change
from engine.projections.projection import Projection
from engine.values.alert import Severity
from engine.values.retry import Work


class Alert(Struct, frozen=True, gc=False):
    key: str = ""  # "<tenant or ->/<name>/<subject>"
    tenant: TenantId | None = None
    name: str = ""
    subject: str = ""
    severity: Severity = "info"
    title: str = ""
    facts: dict[str, str] = {}  # label -> text, in the order they are read
    episode: int = 0  # 0: never fired
    firing: bool = False
    since: datetime | None = None
    recorded: bool = False  # this episode is in the log as fired
    acknowledged: bool = False
    text: str = ""  # digest of what was told last
    messages: dict[str, int] = {}  # chat -> message
    work: Work = Work()
    doubts: int = 0  # what led to it happened so often in a row

    @property
    def id(self) -> AlertId:
        return AlertId(f"{self.key}#{self.episode}")


def keys(recorded: Recorded[Any]) -> tuple[str, ...]:
    event = recorded.event
    if isinstance(event, _OWN):
        return (event.alert.rsplit("#", 1)[0],)
    return tuple(
        f"{recorded.tenant or '-'}/{name}/{subject}" for name, subject in alert_causes.of(event)
    )


def evolve(view: Alert, recorded: Recorded[Event]) -> Alert:
    event = recorded.event
    if isinstance(event, _OWN):
        return _told(view, event, recorded)
    change = alert_causes.change(view.facts, view.name, view.subject, recorded)
    return _changed(view, change, recorded)


def named(view: Alert, key: str) -> Alert:
    slug, name, subject = key.split("/", 2)
    tenant = None if slug == "-" else TenantId(slug)
    return replace(view, key=key, tenant=tenant, name=name, subject=subject)


def _changed(view: Alert, change: Change, recorded: Recorded[Event]) -> Alert:
    doubts = view.doubts + 1 if change.doubt else (0 if change.clears else view.doubts)
    view = replace(view, doubts=doubts)
    fires = change.fires and (not change.doubt or doubts >= alert_causes.DOUBTS_MAX)
    if fires and (not view.firing or change.anew):
        return replace(
            view,
            severity=change.severity,
            title=change.title,
            facts=change.facts,
            episode=view.episode + 1,
            firing=not change.over,
            since=recorded.at,
            recorded=False,
            acknowledged=False,
            text="",
            messages={},
            work=Work(recorded.position),
        )
    if not view.episode or not (view.firing or change.late):
        return view
    return replace(view, facts=view.facts | change.facts, firing=view.firing and not change.clears)


def _told(view: Alert, event: Any, recorded: Recorded[Event]) -> Alert:
    if event.alert != view.id:
        return view
    match event:
        case AlertFired():
            return replace(view, recorded=True)
        case AlertTold(text=text, messages=messages):
            done = Work(recorded.position)
            return replace(view, text=text, messages=view.messages | messages, work=done)
        case AlertTellingFailed(messages=messages):
            failed = view.work.failed(recorded.at)
            return replace(view, messages=view.messages | messages, work=failed)
        case AlertAcknowledged():
            return replace(view, acknowledged=True)
        case _:
            return view


_OWN = (AlertFired, AlertTold, AlertTellingFailed, AlertAcknowledged)

ALERTS = Projection(
    name="alerts",
    folds=(*_OWN, *alert_causes.CAUSES),
    keys=keys,
    initial=Alert(),
    evolve=evolve,
    named=named,
    tenant=lambda view: view.tenant,
    columns=lambda view: {
        "name": view.name,
        "severity": view.severity,
        "state": "firing" if view.firing else "over",
    },
)
